package io.havip.deliver;

import io.havip.webhook.Webhook;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * Calls of webhooks over HTTP. Nothing that is answered is shown to anybody but its status, and
 * redirections are not followed, so that a webhook is no way to read what only this host can reach.
 */
final class Calls implements AutoCloseable {
  private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(5);

  /** For one that answers late, everything behind it waits. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);

  private final Clock clock;
  private final boolean mayCallThisHost;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECTED_WITHIN)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  Calls(Clock clock, boolean mayCallThisHost) {
    this.clock = clock;
    this.mayCallThisHost = mayCallThisHost;
  }

  /**
   * Calls a webhook.
   *
   * @param id of the message; the same when it is sent again
   * @return what was wrong, for people; nothing when it was accepted with a status 200 to 299
   */
  Optional<String> call(Webhook webhook, String id, String body) throws InterruptedException {
    Instant now = clock.instant();
    URI uri = URI.create(webhook.url().value());
    try {
      checkHost(uri.getHost());
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .timeout(ANSWERED_WITHIN)
              .header("Content-Type", "application/json")
              .header("User-Agent", "HAVIP")
              .header("webhook-id", id)
              .header("webhook-timestamp", Long.toString(now.getEpochSecond()))
              .header("webhook-signature", Signature.of(webhook.secret(), id, now, body))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      response.body().close();
      int status = response.statusCode();
      return status / 100 == 2
          ? Optional.empty()
          : Optional.of("it answered with the status " + status);
    } catch (HttpTimeoutException e) {
      return Optional.of("it did not answer within " + ANSWERED_WITHIN.toSeconds() + " s");
    } catch (UnknownHostException e) {
      return Optional.of("the host " + uri.getHost() + " is not known");
    } catch (IOException e) {
      return Optional.of("it cannot be reached: " + reason(e));
    } catch (IllegalArgumentException e) {
      return Optional.of("it cannot be called: " + e.getMessage());
    }
  }

  /** What is looked up here is what the client connects to: the platform remembers it for 30 s. */
  private void checkHost(String host) throws IOException {
    if (mayCallThisHost) {
      return;
    }
    for (InetAddress address : InetAddress.getAllByName(host)) {
      if (address.isLoopbackAddress()
          || address.isLinkLocalAddress()
          || address.isAnyLocalAddress()
          || address.isMulticastAddress()
          || NetworkInterface.getByInetAddress(address) != null) {
        throw new IOException(
            "it is HAVIP's own host, which webhooks may not call unless the server is configured"
                + " so");
      }
    }
  }

  private static String reason(IOException e) {
    Throwable cause = e;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Gives up what is under way. */
  @Override
  public void close() {
    http.shutdownNow();
  }
}
