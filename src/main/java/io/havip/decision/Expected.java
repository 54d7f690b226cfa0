package io.havip.decision;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import java.util.Set;

/**
 * In which version a resource must be for a change to be made, so that nobody overwrites what they
 * have not seen (RFC 9110, section 13.1.1).
 */
public sealed interface Expected {
  static Expected any() {
    return new AnyVersion();
  }

  /** Whichever it is in. */
  record AnyVersion() implements Expected {}

  /** One of these; none at all when the caller named only versions that no resource ever has. */
  record OneOf(Set<Long> versions) implements Expected {
    public OneOf {
      versions = Set.copyOf(versions);
    }
  }

  /**
   * Checks the version that a resource is in.
   *
   * @throws Refused with {@code VERSION_MISMATCH}
   */
  default void check(long version) {
    switch (this) {
      case AnyVersion _ -> {}
      case OneOf(Set<Long> versions) -> {
        if (!versions.contains(version)) {
          throw Refused.field(
              "If-Match",
              ErrorCode.VERSION_MISMATCH,
              "this is version "
                  + version
                  + " now, not the one you named; look at what changed, then try again with the new"
                  + " ETag");
        }
      }
    }
  }
}
