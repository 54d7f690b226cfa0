package io.havip.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Standard output in UTF-8, whatever the locale says; remembers why writing failed. */
public final class StandardOutput extends FilterOutputStream {
  /** What a shell shows for a program that SIGPIPE ended. */
  private static final int BROKEN_PIPE = 128 + 13;

  private @Nullable IOException failure;

  public StandardOutput() {
    super(new FileOutputStream(FileDescriptor.out));
  }

  /** A writer to it that flushes at the end of each line. */
  public PrintWriter writer() {
    return new PrintWriter(new OutputStreamWriter(this, UTF_8), true);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * The exit code of a command when its output was lost: a reader that has gone (`| head`) is no
   * news, everything else is told.
   *
   * @param exitCode the code when nothing was lost
   */
  public int exitCode(int exitCode, PrintWriter err) {
    String reason = failure == null ? null : failure.getMessage();
    if (reason == null) {
      return exitCode;
    }
    if (reason.contains("Broken pipe")) {
      return BROKEN_PIPE;
    }
    err.println("havip: cannot write the output: " + reason);
    return ExitCode.FAILED.number();
  }
}
