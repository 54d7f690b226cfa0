package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidNullException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says in the API's words what is wrong with a body. */
final class JsonProblems {
  private JsonProblems() {}

  static Refused refusal(JacksonException e) {
    String field = path(e);
    return switch (e) {
      case UnrecognizedPropertyException unknown ->
          Refused.field(
              field,
              ErrorCode.UNKNOWN_FIELD,
              "there is no field '" + unknown.getPropertyName() + "' here; leave it out");
      case InvalidNullException _ -> required(field);
      case InvalidFormatException format when format.getCause() != null ->
          invalid(field, format.getOriginalMessage());
      case InvalidFormatException format when format.getTargetType().isEnum() ->
          invalid(field, "give one of " + values(format.getTargetType()));
      case MismatchedInputException mismatch when field.isEmpty() ->
          Refused.of(ErrorCode.INVALID_BODY, "send " + expected(mismatch) + " as the body");
      case MismatchedInputException mismatch
          when mismatch.getOriginalMessage().startsWith("Missing required creator property") ->
          required(field);
      case MismatchedInputException mismatch -> invalid(field, "give " + expected(mismatch));
      case DatabindException _ when !field.isEmpty() ->
          invalid(field, "this value cannot be read; see openapi.yaml");
      case StreamReadException _ -> broken(e);
      default -> broken(e);
    };
  }

  private static Refused broken(JacksonException e) {
    return Refused.of(
        ErrorCode.INVALID_BODY,
        "the body is no JSON that can be read: "
            + e.getOriginalMessage().lines().findFirst().orElse(""));
  }

  private static Refused required(String field) {
    return Refused.field(field, ErrorCode.INVALID_FIELD, "give a value; it is required");
  }

  private static Refused invalid(String field, String message) {
    return Refused.field(field, ErrorCode.INVALID_FIELD, message);
  }

  private static String expected(MismatchedInputException e) {
    Class<?> type = e.getTargetType();
    if (type == null || type.isRecord()) {
      return "a JSON object";
    }
    if (Iterable.class.isAssignableFrom(type)) {
      return "a list";
    }
    if (type == int.class || type == long.class) {
      return "a whole number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    return type.isEnum() ? "one of " + values(type) : "a string";
  }

  private static String values(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(value -> value.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /** Like {@code nics[0].mac}. */
  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      if (name == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(name);
      }
    }
    return path.toString();
  }
}
