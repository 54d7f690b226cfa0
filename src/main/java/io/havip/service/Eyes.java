package io.havip.service;

import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.Seen;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What can be seen of the fabric, for whoever explains it. */
public interface Eyes {
  /** Whether the fabric took what it was last asked to. */
  boolean isInSync();

  /** The server that sees the fabric in this one's place; its name is empty when nobody does. */
  Optional<String> elsewhere();

  /** The last look, if there was one. */
  Optional<Seen> seen();

  /**
   * Asks everybody whether the addresses are theirs, and waits for the answers for some
   * milliseconds.
   *
   * @return absent when the fabric cannot ask
   */
  Optional<List<Answer>> ask(Collection<AskedAddress> addresses) throws InterruptedException;
}
