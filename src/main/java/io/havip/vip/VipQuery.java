package io.havip.vip;

import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.net.Ipv4Address;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which of an account's VIPs are wanted, and in which order; what is left out does not matter.
 *
 * @param vmId bound to it
 * @param text is somewhere in the name, remark, id or address, in whatever case
 */
public record VipQuery(
    @Nullable VipType type,
    @Nullable VipState state,
    @Nullable VpcId vpcId,
    @Nullable NetworkId networkId,
    @Nullable VmId vmId,
    @Nullable Ipv4Address address,
    @Nullable String text,
    Sort sort,
    boolean descending) {

  /** What to sort by; VIPs that are equal in it are in the order of their ids. */
  public enum Sort {
    /** The order in which they were made. */
    ID,
    /** By code points. */
    NAME,
    CREATED_AT,
    ADDRESS,
    /** By the state's name. */
    STATE
  }

  /** Every VIP, in the order in which they were made. */
  public static final VipQuery ALL =
      new VipQuery(null, null, null, null, null, null, null, Sort.ID, false);

  /**
   * A place in a sorted list: behind the VIP with this id, as it was when the page ended.
   *
   * @param key what was sorted by: a number in decimal digits, or a text; empty for the id
   */
  public record Place(VipId id, String key) {}

  /** The place behind a VIP. */
  public Place behind(Vip vip) {
    return new Place(
        vip.id(),
        switch (sort) {
          case ID -> "";
          case NAME -> vip.name();
          case CREATED_AT -> Long.toString(micros(vip.createdAt()));
          case ADDRESS -> Long.toString(vip.address().toLong());
          case STATE -> vip.state().name().toLowerCase(Locale.ROOT);
        });
  }

  /**
   * Reads a place back.
   *
   * @throws IllegalArgumentException when it cannot be one in this order
   */
  public Place place(String id, String key) {
    boolean isOne =
        switch (sort) {
          case ID -> key.isEmpty();
          case NAME, STATE -> true;
          case CREATED_AT, ADDRESS -> Long.parseLong(key) >= 0;
        };
    if (!isOne) {
      throw new IllegalArgumentException("'" + key + "' is no place in this order");
    }
    return new Place(new VipId(id), key);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
