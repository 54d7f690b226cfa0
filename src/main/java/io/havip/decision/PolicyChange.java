package io.havip.decision;

import io.havip.inventory.NetworkPolicy;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * New values for some settings of a network's policy.
 *
 * @param settings the settings that change; the others stay as they are
 * @param values the new values; only those of {@code settings} count
 */
public record PolicyChange(Set<Setting> settings, NetworkPolicy values) {
  /** Changes nothing; a new network has the default policy. */
  public static final PolicyChange NOTHING = new PolicyChange(Set.of(), NetworkPolicy.DEFAULT);

  /** The settings of a policy, named as the components of {@link NetworkPolicy} are. */
  public enum Setting {
    GATEWAY_MAC("gatewayMac"),
    RESERVED_VRIDS("reservedVrids"),
    TRUSTED_PORTS("trustedPorts"),
    JUDGES_TRUSTED_PORTS("judgesTrustedPorts"),
    MEMBER_RANGES("memberRanges"),
    OTHER_TRAFFIC("otherTraffic"),
    IPSEC("ipsec");

    private final String field;

    Setting(String field) {
      this.field = field;
    }

    /** The setting's name in the API. */
    public String field() {
      return field;
    }

    /** The setting's option in the commands. */
    String option() {
      return "--" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private Object of(NetworkPolicy policy) {
      return switch (this) {
        case GATEWAY_MAC -> policy.gatewayMac() == null ? "" : policy.gatewayMac();
        case RESERVED_VRIDS -> policy.reservedVrids();
        case TRUSTED_PORTS -> policy.trustedPorts();
        case JUDGES_TRUSTED_PORTS -> policy.judgesTrustedPorts();
        case MEMBER_RANGES -> policy.memberRanges();
        case OTHER_TRAFFIC -> policy.otherTraffic();
        case IPSEC -> policy.ipsec();
      };
    }
  }

  public PolicyChange {
    settings = Set.copyOf(settings);
  }

  /** The policy after the change. */
  NetworkPolicy appliedTo(NetworkPolicy before) {
    return new NetworkPolicy(
        (has(Setting.GATEWAY_MAC) ? values : before).gatewayMac(),
        (has(Setting.RESERVED_VRIDS) ? values : before).reservedVrids(),
        (has(Setting.TRUSTED_PORTS) ? values : before).trustedPorts(),
        (has(Setting.JUDGES_TRUSTED_PORTS) ? values : before).judgesTrustedPorts(),
        (has(Setting.MEMBER_RANGES) ? values : before).memberRanges(),
        (has(Setting.OTHER_TRAFFIC) ? values : before).otherTraffic(),
        (has(Setting.IPSEC) ? values : before).ipsec());
  }

  /** The settings whose value differs between two policies. */
  static Set<Setting> differences(NetworkPolicy before, NetworkPolicy after) {
    Set<Setting> different = EnumSet.noneOf(Setting.class);
    for (Setting setting : Setting.values()) {
      if (!Objects.equals(setting.of(before), setting.of(after))) {
        different.add(setting);
      }
    }
    return different;
  }

  private boolean has(Setting setting) {
    return settings.contains(setting);
  }
}
