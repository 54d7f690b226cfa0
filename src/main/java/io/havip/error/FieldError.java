package io.havip.error;

/**
 * What is wrong with one field of a request.
 *
 * @param field the path in the request's JSON, like {@code nics[0].mac}
 * @param message what is wrong and what to do about it
 */
public record FieldError(String field, ErrorCode code, String message) {}
