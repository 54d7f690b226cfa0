package io.havip.server;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.havip.json.Json;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/**
 * The file that keeps what the fabric was last told to enforce. It is there whole or not at all.
 */
final class DesiredFile {
  private final Path file;

  private DesiredFile(Path file) {
    this.file = file;
  }

  static DesiredFile in(Path dataDir) {
    return new DesiredFile(dataDir.resolve("fabric.json"));
  }

  private record Content(
      Collection<Segment> segments, Collection<Port> ports, Collection<Grant> grants) {}

  /** Writes it; on disk when this returns. */
  void write(Desired desired) throws IOException {
    byte[] json =
        Json.MAPPER.writeValueAsBytes(
            new Content(
                desired.segments().values(), desired.ports().values(), desired.grants().values()));
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel = FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer rest = ByteBuffer.wrap(json);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    Files.move(draft, file, ATOMIC_MOVE);
    // A new name is on disk when its directory is: fsync(2).
    try (FileChannel directory = FileChannel.open(file.resolveSibling(""), READ)) {
      directory.force(true);
    }
  }

  /**
   * Reads it back; nothing when it was never written.
   *
   * @throws CannotStartException when it is there and cannot be understood
   */
  Optional<Desired> read() throws CannotStartException {
    try {
      Content content = Json.MAPPER.readValue(Files.readAllBytes(file), Content.class);
      return Optional.of(
          new Desired(
              content.segments().stream()
                  .collect(Collectors.toMap(Segment::id, Function.identity())),
              content.ports().stream().collect(Collectors.toMap(Port::id, Function.identity())),
              content.grants().stream().collect(Collectors.toMap(Grant::id, Function.identity()))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JacksonException | IllegalStateException e) {
      throw new CannotStartException(
          "cannot read what was enforced last from %s; start the server, which brings it up and saves it anew: %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
