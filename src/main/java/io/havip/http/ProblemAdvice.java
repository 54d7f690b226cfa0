package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.error.StoreUnavailable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;

/** Makes a problem of everything that stops a request. */
@RestControllerAdvice
final class ProblemAdvice {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<Problem> refused(Refused refused) {
    return Problem.of(refused).response();
  }

  @ExceptionHandler
  ResponseEntity<Problem> unreadable(HttpMessageNotReadableException e) {
    Throwable cause = e.getCause();
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof BodyLimit.Exceeded) {
        return BodyLimit.problem().response();
      }
    }
    return cause instanceof JacksonException json
        ? Problem.of(JsonProblems.refusal(json)).response()
        : Problem.of(ErrorCode.INVALID_BODY, "send a JSON object as the body").response();
  }

  /** An id in the path that can be nobody's is not found; a parameter of the query is wrong. */
  @ExceptionHandler
  ResponseEntity<Problem> mismatch(MethodArgumentTypeMismatchException e) {
    Object value = e.getValue();
    if (e.getParameter().hasParameterAnnotation(PathVariable.class)) {
      return Problem.of(ErrorCode.NOT_FOUND, value + " does not exist").response();
    }
    String message =
        e.getParameter().getParameterType() == int.class
            ? "'" + value + "' is no whole number that can be had here; give one like 100"
            : "'" + value + "' is no value for " + e.getName() + "; see openapi.yaml";
    return Problem.of(Refused.field(e.getName(), ErrorCode.INVALID_FIELD, message)).response();
  }

  @ExceptionHandler
  ResponseEntity<Problem> badQuery(InvalidParameterException e) {
    return TomcatProblems.malformed().response();
  }

  @ExceptionHandler
  ResponseEntity<Problem> noRoute(NoResourceFoundException e) {
    return Problem.of(ErrorCode.NOT_FOUND, "there is nothing here; /openapi.yaml lists what is")
        .response();
  }

  @ExceptionHandler
  ResponseEntity<Problem> wrongMethod(HttpRequestMethodNotSupportedException e) {
    return Problem.of(
            ErrorCode.METHOD_NOT_ALLOWED,
            e.getMethod() + " is not possible here; use one of " + e.getSupportedHttpMethods())
        .response(e.getHeaders());
  }

  @ExceptionHandler
  ResponseEntity<Problem> wrongContentType(HttpMediaTypeNotSupportedException e) {
    return Problem.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "send the body as application/json")
        .response(e.getHeaders());
  }

  @ExceptionHandler
  ResponseEntity<Problem> wrongAccept(HttpMediaTypeNotAcceptableException e) {
    return Problem.of(ErrorCode.NOT_ACCEPTABLE, "accept " + supported(e.getSupportedMediaTypes()))
        .response(HttpHeaders.EMPTY);
  }

  private static String supported(List<MediaType> types) {
    return types.isEmpty()
        ? MediaType.APPLICATION_JSON_VALUE
        : types.stream().map(MediaType::toString).collect(Collectors.joining(" or "));
  }

  @ExceptionHandler
  ResponseEntity<Problem> storeUnavailable(StoreUnavailable e) {
    LOG.error("A request failed: {}; {}", e.getMessage(), String.valueOf(e.getCause()));
    return Problem.of(e).response();
  }

  @ExceptionHandler
  ResponseEntity<Problem> broken(Exception e) {
    LOG.error("A request failed", e);
    return Problem.of(
            ErrorCode.INTERNAL, "HAVIP failed; nothing is known to have changed, its log says more")
        .response();
  }
}
