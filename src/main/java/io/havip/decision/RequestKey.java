package io.havip.decision;

/**
 * What a caller marks a request with, so that its repetition is known as one.
 *
 * @param value 1 to 255 printable ASCII characters; behind them, for a part of the request, a line
 *     break and the part's name
 * @param requestHash SHA-256 of what was asked for, in hexadecimal digits
 */
public record RequestKey(String value, String requestHash) {
  /** The key of one part of the request, which may be granted while others are refused. */
  public RequestKey part(String name) {
    return new RequestKey(value + "\n" + name, requestHash);
  }
}
