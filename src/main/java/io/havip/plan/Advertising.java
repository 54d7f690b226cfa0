package io.havip.plan;

import java.time.Duration;
import java.util.Optional;

/**
 * What is known of a VM's advertisements of a VIP.
 *
 * @param isSeen whether the fabric can look into advertisements; if not, nothing is known
 * @param interval of those that were heard a moment ago
 */
public record Advertising(boolean isSeen, Optional<Duration> interval) {
  public static final Advertising UNKNOWN = new Advertising(false, Optional.empty());

  /** Whether it advertises; absent when nothing is known. */
  public Optional<Boolean> isHeard() {
    return isSeen ? Optional.of(interval.isPresent()) : Optional.empty();
  }
}
