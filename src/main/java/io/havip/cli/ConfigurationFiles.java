package io.havip.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.keepalived.parse.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files of configurations on this machine. */
final class ConfigurationFiles {
  private static final int BYTES_MAX = 1 << 18;

  private ConfigurationFiles() {}

  static SourceFile read(String name) throws CommandFailedException {
    try {
      Path path = Path.of(name);
      if (!Files.isDirectory(path) && Files.size(path) > BYTES_MAX) {
        throw failed(name, "it has more than " + BYTES_MAX + " bytes");
      }
      return new SourceFile(name, text(Files.readAllBytes(path)));
    } catch (NoSuchFileException e) {
      throw failed(name, "there is no such file");
    } catch (IOException | InvalidPathException e) {
      throw failed(name, String.valueOf(e.getMessage()));
    }
  }

  /** keepalived reads bytes; what is no UTF-8 is in a comment most of the time. */
  private static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, ISO_8859_1);
    }
  }

  private static CommandFailedException failed(String name, String why) {
    return new CommandFailedException(
        ExitCode.WRONG_USAGE, "cannot read " + Text.printable(name) + ": " + Text.printable(why));
  }
}
