package io.havip.store;

import io.havip.decision.Decision;
import java.util.Optional;
import java.util.function.Function;

/** Keeps every resource, event and observation. */
public interface Store extends AutoCloseable {

  /** Answers from one consistent moment. */
  <T> T read(Function<? super Reader, ? extends T> query);

  /**
   * Decides and writes, as if no other write ran at the same time, here or on another server. The
   * decision is durable when this returns. A decision without changes leaves the revision alone.
   *
   * @throws io.havip.error.Refused what the decision threw, or because the changes break uniqueness
   *     after all; nothing is written then
   */
  <T> Decision<T> write(Function<? super Reader, Decision<T>> decide);

  /** Calls after each commit. */
  void onCommit(CommitListener listener);

  /** What other servers of the same store need; absent where there cannot be any. */
  default Optional<Peers> peers() {
    return Optional.empty();
  }

  @Override
  void close();
}
