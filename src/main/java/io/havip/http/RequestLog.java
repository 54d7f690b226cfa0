package io.havip.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Gives each request an id, which every line of the log that it causes has, and notes at its end
 * what it was and how long it took, in the log and for /metrics. A client may choose the id, so
 * that it can find its request in the server's log.
 */
final class RequestLog extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

  private static final String HEADER = "X-Request-Id";
  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** The name that logback.xml knows it by. */
  private static final String ID = "request";

  /** Methods of requests that change nothing; there may be many of them. */
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");

  private final MeterRegistry meters;

  RequestLog(MeterRegistry meters) {
    this.meters = meters;
  }

  /** The id of the request that this thread is at work for. */
  static @Nullable String currentId() {
    return MDC.get(ID);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String id =
        Optional.ofNullable(request.getHeader(HEADER))
            .filter(chosen -> SANE_ID.matcher(chosen).matches())
            .orElseGet(RequestLog::newId);
    response.setHeader(HEADER, id);
    long start = System.nanoTime();
    int status = HttpStatus.INTERNAL_SERVER_ERROR.value();
    try (var _ = MDC.putCloseable(ID, id)) {
      try {
        chain.doFilter(request, response);
        status = response.getStatus();
      } finally {
        note(request, response, status, Duration.ofNanos(System.nanoTime() - start));
      }
    }
  }

  private static String newId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private void note(
      HttpServletRequest request, HttpServletResponse response, int status, Duration took) {
    LOG.atLevel(level(request, status))
        .log(
            "{} {} {} {} ms",
            request.getMethod(),
            request.getRequestURI(),
            status,
            took.toMillis());
    String type = response.getContentType();
    // How long somebody followed is no latency.
    if (type == null || !type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)) {
      Timer.builder("havip.http.requests")
          .description("Requests by route; those for no route have the route 'none'")
          .tags(
              "method", METHODS.contains(request.getMethod()) ? request.getMethod() : "other",
              "route", route(request),
              "status", Integer.toString(status))
          .register(meters)
          .record(took);
    }
  }

  private static Level level(HttpServletRequest request, int status) {
    if (status >= HttpStatus.INTERNAL_SERVER_ERROR.value()) {
      return Level.WARN;
    }
    boolean isFrequent =
        READING.contains(request.getMethod()) || route(request).equals(ChassisRoutes.PATH);
    return isFrequent ? Level.DEBUG : Level.INFO;
  }

  /** As openapi.yaml has it, and never as it was asked for: there are only so many. */
  private static String route(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
                instanceof String pattern
            && !pattern.contains("*")
        ? pattern
        : "none";
  }
}
