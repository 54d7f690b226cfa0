package io.havip.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps every other server away from a database file, until it is closed or the process ends,
 * however it ends.
 */
final class DatabaseLock implements AutoCloseable {
  /**
   * What this process has locked. The operating system locks for a process as a whole, and forgets
   * the lock when the process closes the file anywhere (fcntl(2), "Advisory record locking"), so it
   * must not even be opened twice.
   */
  private static final Set<Path> LOCKED_HERE = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private DatabaseLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a file beside the database.
   *
   * @throws IllegalStateException when another server has it
   * @throws UncheckedIOException when there is no such directory, or no permission
   */
  static DatabaseLock take(Path database) {
    Path file = database.resolveSibling(database.getFileName() + ".lock").toAbsolutePath();
    if (!LOCKED_HERE.add(file)) {
      throw taken(database);
    }
    try {
      return new DatabaseLock(file, open(database, file));
    } catch (IOException e) {
      LOCKED_HERE.remove(file);
      throw new UncheckedIOException("cannot lock " + database, e);
    } catch (RuntimeException e) {
      LOCKED_HERE.remove(file);
      throw e;
    }
  }

  private static FileChannel open(Path database, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      throw taken(database);
    }
    return channel;
  }

  private static IllegalStateException taken(Path database) {
    return new IllegalStateException(
        "another HAVIP server has the database " + database + " open; stop that one first");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + file, e);
    } finally {
      LOCKED_HERE.remove(file);
    }
  }
}
