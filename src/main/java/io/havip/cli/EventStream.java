package io.havip.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Optional;

/**
 * Server-Sent Events (WHATWG HTML, section 9.2). The server says something at least every 15 s; one
 * that is silent for {@link #SILENCE_MAX} is taken for lost.
 */
final class EventStream implements AutoCloseable {
  private static final Duration SILENCE_MAX = Duration.ofSeconds(45);
  private static final Duration CHECK_PERIOD = Duration.ofSeconds(5);

  private final InputStream body;
  private final BufferedReader lines;
  private volatile long heardAtNanos = System.nanoTime();

  /**
   * What the server sent.
   *
   * @param id of the event, empty where there is none
   * @param kind empty for an event of HAVIP's
   * @param data empty when only the id is told
   */
  record Message(String id, String kind, String data) {}

  EventStream(InputStream body) {
    this.body = body;
    this.lines = new BufferedReader(new InputStreamReader(body, UTF_8));
    Thread.ofPlatform().daemon().name("event-stream-watch").start(this::closeWhenSilent);
  }

  /** Waits for the next message; nothing when the stream has ended, however it did. */
  Optional<Message> next() {
    String id = "";
    String kind = "";
    StringBuilder data = new StringBuilder();
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heardAtNanos = System.nanoTime();
        if (line.isEmpty() && !(id.isEmpty() && data.isEmpty())) {
          return Optional.of(new Message(id, kind, data.toString()));
        } else if (line.startsWith("id:")) {
          id = line.substring("id:".length()).strip();
        } else if (line.startsWith("event:")) {
          kind = line.substring("event:".length()).strip();
        } else if (line.startsWith("data:")) {
          data.append(line.substring("data:".length()).strip());
        }
      }
    } catch (IOException e) {
      // As good as its end: who follows connects again.
    }
    return Optional.empty();
  }

  private void closeWhenSilent() {
    try {
      while (System.nanoTime() - heardAtNanos < SILENCE_MAX.toNanos()) {
        Thread.sleep(CHECK_PERIOD);
      }
      close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      // Nobody reads it any more.
    }
  }
}
