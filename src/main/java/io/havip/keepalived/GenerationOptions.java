package io.havip.keepalived;

import io.havip.vrrp.VrrpVersion;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a generated keepalived.conf leaves to its users; the same for all VMs of a VIP.
 *
 * @param version V3 unless old keepalived must be understood
 * @param advertInterval version 3: 10 ms to 40.95 s in steps of 10 ms; version 2: 1 to 255 s in
 *     whole seconds. The others notice a dead holder after three to four of them
 * @param checkScript the path of a program whose failure makes the VM give the VIP up; it must be
 *     writable by root alone
 * @param preempt whether a preferred VM takes the VIP back when it returns
 * @param vmac whether the VIP has the VRID's MAC address 00-00-5E-00-01-{VRID} (RFC 9568, section
 *     7.3) instead of the VM's own; the network must let it pass
 */
public record GenerationOptions(
    VrrpVersion version,
    Duration advertInterval,
    @Nullable String checkScript,
    boolean preempt,
    boolean vmac) {
  private static final Duration STEP_V3 = Duration.ofMillis(10);
  private static final long STEPS_MAX_V3 = 4095;
  private static final Duration STEP_V2 = Duration.ofSeconds(1);
  private static final long STEPS_MAX_V2 = 255;

  /** Nothing that needs quoting in keepalived.conf, and no way up. */
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._-]*[A-Za-z0-9_-]){1,20}");

  private static final int PATH_MAX = 255;

  // Behind the others, which its making reads.
  public static final GenerationOptions DEFAULT =
      new GenerationOptions(VrrpVersion.V3, Duration.ofSeconds(1), null, false, false);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException with what is wrong and what to write instead
   */
  public GenerationOptions {
    checkInterval(version, advertInterval);
    if (checkScript != null) {
      checkPath(checkScript);
    }
  }

  /** Refuses an interval that this version of VRRP cannot express. */
  public static void checkInterval(VrrpVersion version, Duration interval) {
    boolean fits =
        switch (version) {
          case V2 -> isMultiple(interval, STEP_V2, STEPS_MAX_V2);
          case V3 -> isMultiple(interval, STEP_V3, STEPS_MAX_V3);
        };
    if (!fits) {
      throw new IllegalArgumentException(
          switch (version) {
            case V2 -> "an interval of VRRP 2 is 1 to 255 whole seconds";
            case V3 -> "an interval is 0.01 to 40.95 seconds in steps of 0.01";
          });
    }
  }

  /** Refuses what is no plain absolute path. */
  public static void checkPath(String path) {
    if (path.length() > PATH_MAX || !PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "give an absolute path of letters, digits, dots, underscores and hyphens,"
              + " like /etc/keepalived/check.sh");
    }
  }

  private static boolean isMultiple(Duration interval, Duration step, long most) {
    return interval.compareTo(step) >= 0
        && interval.compareTo(step.multipliedBy(most)) <= 0
        && step.multipliedBy(interval.dividedBy(step)).equals(interval);
  }
}
