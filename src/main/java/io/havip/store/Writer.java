package io.havip.store;

import io.havip.decision.Decision;
import io.havip.error.Refused;
import io.havip.error.StoreUnavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of this server that writes.
 *
 * <p>Making a commit durable takes far longer than writing a change, so the thread commits together
 * whatever has queued up while it was busy with the commit before: the more callers wait, the fewer
 * commits each of them costs, and a single caller waits for nobody. A refusal undoes its own change
 * and no other. Callers learn the outcome, good or bad, only when the commit is durable, because a
 * refusal may rest on a change of the same commit.
 *
 * <p>When a commit or a savepoint fails, nobody can say what the connection is worth (SQLite, for
 * one, gives up the whole transaction by itself when the disk is full), so everybody in it fails
 * and the next commit begins with a new connection. Before the commit that means that nothing was
 * changed. When the commit itself fails, the database may have carried it out and only the answer
 * got lost; its callers are told that nobody knows.
 */
final class Writer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

  /** Changes per commit; more would make the first wait for long without gaining much. */
  private static final int TOGETHER_MAX = 32;

  /** Changes that may queue up; who comes then waits to be let in. */
  private static final int QUEUE_MAX = 1_024;

  private final DataSource database;
  private final WriteTransaction.Outlet outlet;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition queued = lock.newCondition();
  private final Condition roomMade = lock.newCondition();
  private final Queue<Request<?>> queue = new ArrayDeque<>();
  private boolean closing;
  private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();

  /** Of the writing thread alone; absent before the first commit and after a failed one. */
  private @Nullable WriteTransaction transaction;

  /**
   * A change that somebody waits for.
   *
   * @param outcome completed when the change is durable, or is not going to be
   */
  private record Request<T>(
      Function<? super Reader, Decision<T>> decide, CompletableFuture<Decision<T>> outcome) {

    /** Writes, and returns what remains to be done when the commit is durable. */
    Runnable writeIn(WriteTransaction transaction) throws SQLException {
      try {
        Decision<T> decision = transaction.write(decide);
        return () -> outcome.complete(decision);
      } catch (RuntimeException | Error e) {
        return () -> outcome.completeExceptionally(e);
      }
    }
  }

  /**
   * Waits for changes.
   *
   * @param outlet is told of each commit that changed something
   */
  Writer(DataSource database, WriteTransaction.Outlet outlet) {
    this.database = database;
    this.outlet = outlet;
    this.thread = Thread.ofPlatform().name("store-writer").start(this::run);
  }

  /**
   * Decides and writes, and returns when the change is durable.
   *
   * @throws Refused as the decision did
   * @throws StoreUnavailable when the database failed
   * @throws IllegalStateException when the writer is closed
   */
  <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a decision cannot wait for another one");
    }
    Request<T> request = new Request<>(decide, new CompletableFuture<>());
    enqueue(request);
    try {
      return request.outcome().join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private void enqueue(Request<?> request) {
    lock.lock();
    try {
      while (queue.size() >= QUEUE_MAX && !closing) {
        roomMade.awaitUninterruptibly();
      }
      if (closing) {
        throw new IllegalStateException("the store is closed");
      }
      queue.add(request);
      queued.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    List<Request<?>> together = dequeue();
    while (!together.isEmpty()) {
      commit(together);
      together = dequeue();
    }
    abandon();
  }

  /** Waits for requests; none are left when the writer is closed. */
  private List<Request<?>> dequeue() {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        queued.awaitUninterruptibly();
      }
      List<Request<?>> together = new ArrayList<>();
      while (together.size() < TOGETHER_MAX && !queue.isEmpty()) {
        together.add(queue.remove());
      }
      roomMade.signalAll();
      return together;
    } finally {
      lock.unlock();
    }
  }

  void onCommit(CommitListener listener) {
    listeners.add(listener);
  }

  private void commit(List<Request<?>> together) {
    long start = System.nanoTime();
    List<Runnable> answers = new ArrayList<>();
    boolean committing = false;
    try {
      WriteTransaction transaction = transaction();
      for (Request<?> request : together) {
        answers.add(request.writeIn(transaction));
      }
      committing = true;
      transaction.commit();
    } catch (SQLException | RuntimeException | Error e) {
      LOG.error("{} changes could not be committed", together.size(), e);
      abandon();
      StoreUnavailable failure =
          committing ? StoreUnavailable.outcomeUnknown(e) : StoreUnavailable.nothingChanged(e);
      together.forEach(request -> request.outcome().completeExceptionally(failure));
      return;
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    listeners.forEach(listener -> listener.committed(together.size(), took));
    answers.forEach(Runnable::run);
  }

  private WriteTransaction transaction() throws SQLException {
    if (transaction != null && !transaction.isAlive()) {
      abandon();
    }
    if (transaction == null) {
      transaction = WriteTransaction.open(database, outlet);
    }
    return transaction;
  }

  private void abandon() {
    if (transaction != null) {
      try {
        transaction.close();
      } catch (SQLException e) {
        LOG.warn("a connection could not be closed", e);
      }
      transaction = null;
    }
  }

  /** Finishes what is queued, and refuses what comes. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      queued.signal();
      roomMade.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
