package io.havip.keepalived.check;

import java.math.BigDecimal;
import java.util.Map;

/** What keepalived 2.2 takes as values of keywords, as its {@code --config-test} says. */
final class Values {
  /**
   * A number.
   *
   * @param isWhole whether it has no fraction
   */
  record Range(double min, double max, boolean isWhole) {
    static Range whole(long min, long max) {
      return new Range((double) min, (double) max, true);
    }

    static Range decimal(double min, double max) {
      return new Range(min, max, false);
    }

    @Override
    public String toString() {
      return isWhole
          ? Math.round(min) + " to " + Math.round(max)
          : shortest(min) + " to " + shortest(max);
    }

    private static String shortest(double value) {
      return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }
  }

  private static final long SECONDS_MAX = 4294;
  private static final double FINE_SECONDS_MAX = 4294.967295;

  private static final Map<String, Range> GLOBAL =
      Map.ofEntries(
          Map.entry("vrrp_version", Range.whole(2, 3)),
          Map.entry("vrrp_garp_interval", Range.decimal(0.000001, FINE_SECONDS_MAX)),
          Map.entry("vrrp_gna_interval", Range.decimal(0.000001, FINE_SECONDS_MAX)),
          Map.entry("vrrp_startup_delay", Range.decimal(0.001, FINE_SECONDS_MAX)),
          Map.entry("vrrp_garp_master_delay", Range.whole(0, SECONDS_MAX)),
          Map.entry("vrrp_garp_lower_prio_delay", Range.whole(0, SECONDS_MAX)),
          Map.entry("vrrp_garp_master_refresh", Range.whole(0, Integer.MAX_VALUE)),
          Map.entry("vrrp_garp_master_repeat", Range.whole(1, Integer.MAX_VALUE)),
          Map.entry("vrrp_garp_master_refresh_repeat", Range.whole(1, Integer.MAX_VALUE)),
          Map.entry("vrrp_garp_lower_prio_repeat", Range.whole(0, Integer.MAX_VALUE)),
          Map.entry("vrrp_priority", Range.whole(-20, 19)));

  private static final Map<String, Range> INSTANCE =
      Map.ofEntries(
          Map.entry("version", Range.whole(2, 3)),
          Map.entry("virtual_router_id", Range.whole(1, 255)),
          Map.entry("priority", Range.whole(1, 255)),
          Map.entry("advert_int", Range.decimal(0.01, 255)),
          Map.entry("preempt_delay", Range.decimal(0, 1000)),
          Map.entry("garp_master_delay", Range.whole(0, SECONDS_MAX)),
          Map.entry("garp_lower_prio_delay", Range.whole(0, SECONDS_MAX)),
          Map.entry("garp_master_refresh", Range.whole(0, Integer.MAX_VALUE)),
          Map.entry("garp_master_repeat", Range.whole(1, Integer.MAX_VALUE)),
          Map.entry("garp_master_refresh_repeat", Range.whole(1, Integer.MAX_VALUE)),
          Map.entry("garp_lower_prio_repeat", Range.whole(0, Integer.MAX_VALUE)),
          Map.entry("unicast_ttl", Range.whole(0, 255)));

  private static final Map<String, Range> SCRIPT =
      Map.of(
          "interval", Range.whole(1, SECONDS_MAX),
          "timeout", Range.whole(1, SECONDS_MAX),
          "weight", Range.whole(-253, 253),
          "rise", Range.whole(1, Integer.MAX_VALUE),
          "fall", Range.whole(1, Integer.MAX_VALUE));

  /** The numbers that keywords take, by block. */
  static final Map<String, Map<String, Range>> NUMBERS =
      Map.of("global_defs", GLOBAL, "vrrp_instance", INSTANCE, "vrrp_script", SCRIPT);

  /** How many values keywords take that take always as many; behind them nothing is read. */
  static final Map<String, Map<String, Integer>> COUNTS =
      Map.of(
          "global_defs",
          Map.of("router_id", 1, "enable_script_security", 0, "vrrp_version", 1),
          "vrrp_instance",
          Map.ofEntries(
              Map.entry("state", 1),
              Map.entry("interface", 1),
              Map.entry("virtual_router_id", 1),
              Map.entry("priority", 1),
              Map.entry("advert_int", 1),
              Map.entry("unicast_src_ip", 1),
              Map.entry("mcast_src_ip", 1),
              Map.entry("version", 1),
              Map.entry("preempt_delay", 1),
              Map.entry("garp_master_delay", 1),
              Map.entry("garp_master_refresh", 1),
              Map.entry("garp_master_repeat", 1),
              Map.entry("garp_master_refresh_repeat", 1),
              Map.entry("nopreempt", 0),
              Map.entry("preempt", 0),
              Map.entry("dont_track_primary", 0),
              Map.entry("accept", 0),
              Map.entry("no_accept", 0)),
          "authentication",
          Map.of("auth_type", 1, "auth_pass", 1),
          "vrrp_script",
          Map.of("interval", 1, "timeout", 1, "rise", 1, "fall", 1, "init_fail", 0));

  private Values() {}
}
