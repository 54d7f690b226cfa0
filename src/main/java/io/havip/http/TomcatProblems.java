package io.havip.http;

import io.havip.error.ErrorCode;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/**
 * Makes a problem of what Tomcat refuses before any of our code sees it, such as a target that is
 * no URI (RFC 3986), and of what nobody else has caught.
 */
final class TomcatProblems extends ErrorReportValve {
  private static final Logger LOG = LoggerFactory.getLogger(TomcatProblems.class);

  static Problem malformed() {
    return Problem.of(
        ErrorCode.MALFORMED_REQUEST,
        "the request cannot be read; check its length, and that path and query are percent-encoded"
            + " UTF-8");
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable thrown) {
    if (response.getStatus() < HttpStatus.BAD_REQUEST.value()
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    try {
      problem(response.getStatus(), thrown).writeTo(response.getResponse());
      response.finishResponse();
    } catch (IOException e) {
      LOG.debug("Nobody waits for the answer", e);
    }
  }

  private static Problem problem(int status, @Nullable Throwable thrown) {
    if (thrown instanceof InvalidParameterException) {
      return malformed();
    }
    return switch (HttpStatus.valueOf(status)) {
      case METHOD_NOT_ALLOWED, NOT_IMPLEMENTED ->
          Problem.of(ErrorCode.METHOD_NOT_ALLOWED, "there is no such method here");
      case CONTENT_TOO_LARGE -> BodyLimit.problem();
      case HttpStatus other when other.is4xxClientError() -> malformed();
      default -> {
        LOG.error("A request failed with status {}", status, thrown);
        yield Problem.of(ErrorCode.INTERNAL, "HAVIP failed; its log says more");
      }
    };
  }
}
