package io.havip.reconcile;

import io.havip.decision.Decision;
import io.havip.error.Superseded;
import io.havip.store.CommitListener;
import io.havip.store.Reader;
import io.havip.store.Store;
import java.util.function.Function;

/**
 * The store as a leader writes to it: not after another began to lead. Writes are one after another
 * on all servers, and to begin to lead is one of them.
 */
record FencedStore(Store store, Lease lease) implements Store {
  @Override
  public <T> T read(Function<? super Reader, ? extends T> query) {
    return store.read(query);
  }

  @Override
  public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
    return store.write(reader -> {
      if (reader.leader().generation() != lease.generation()) {
        throw new Superseded();
      }
      return decide.apply(reader);
    });
  }

  @Override
  public void onCommit(CommitListener listener) {
    store.onCommit(listener);
  }

  @Override
  public void close() {
    store.close();
  }
}
