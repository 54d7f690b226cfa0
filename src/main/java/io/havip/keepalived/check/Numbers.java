package io.havip.keepalived.check;

import io.havip.net.Ipv4Address;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads values as keepalived does. */
final class Numbers {
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,10}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]{1,12}\\.?|\\.[0-9])[0-9]{0,12}");

  private Numbers() {}

  static Optional<Integer> whole(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    long value = Long.parseLong(text);
    return value == (int) value ? Optional.of((int) value) : Optional.empty();
  }

  static Optional<Double> decimal(String text) {
    return DECIMAL.matcher(text).matches()
        ? Optional.of(Double.parseDouble(text))
        : Optional.empty();
  }

  static Optional<Ipv4Address> address(String text) {
    try {
      return Optional.of(Ipv4Address.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
