package io.havip.keepalived.check;

import io.havip.keepalived.parse.Place;
import org.jspecify.annotations.Nullable;

/**
 * A mistake.
 *
 * @param endColumn the column behind what is wrong
 * @param message what is wrong here
 * @param fix the line or lines as they should be; nothing where only a person knows
 */
public record Finding(
    FindingCode code,
    Severity severity,
    Place place,
    int endColumn,
    String message,
    @Nullable String fix) {
  public String why() {
    return code.why();
  }
}
