package io.havip.fabric.linux;

import io.havip.fabric.linux.NftListing.Said;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.plan.Segment;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sender addresses of HAVIP's ARP questions.
 *
 * <p>An ARP request from 0.0.0.0 is a probe, which a host that is about to use the address takes
 * for a conflict (RFC 5227, section 2.1.1). So a question has a sender, and is sent once from each
 * of:
 *
 * <ul>
 *   <li>{@link #DUMMY}, which no host has. A Linux guest answers it unless {@code arp_ignore} is 2,
 *       or {@code rp_filter} is on and the guest has no route there through the NIC.
 *   <li>the address of the network itself (10.0.0.0 of 10.0.0.0/24), which a guest with an address
 *       of the network answers with any of these settings, from Linux 5.14 on. HAVIP gives it to no
 *       NIC and no VIP. Where others are on the segment, one of them may have it all the same (the
 *       CIDR is part of a larger network): there it is asked for first, from {@link #DUMMY}, and
 *       not used once a host has answered.
 * </ul>
 *
 * <p>Safe for use by several threads.
 */
final class QuestionSenders {
  /** The IPv4 dummy address of RFC 7600, never a host's. */
  static final Ipv4Address DUMMY = Ipv4Address.parse("192.0.0.8");

  private static final int LONGEST_PREFIX = 30;
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(1);
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);

  /** How a segment is asked, and what it answered. */
  interface Wire {
    /**
     * Asks all hosts of a segment for an address, from {@link #DUMMY}.
     *
     * @return false when the segment has no bridge that is up
     */
    boolean ask(int segment, Ipv4Address address) throws IOException;

    /** How often each host has answered so far. */
    Map<Said, Long> answers() throws IOException;
  }

  /** Whether a network's address is a host's. */
  private static final class Check {
    boolean isFree;
    boolean isUsed;
    @Nullable Map<Said, Long> before;
    long askedAtNanos;
  }

  private record Place(int segment, Ipv4Address address) {}

  private final Wire wire;
  private final LongSupplier nanoTime;
  private final Map<Place, Check> checks = new HashMap<>();

  QuestionSenders(Wire wire, LongSupplier nanoTime) {
    this.wire = wire;
    this.nanoTime = nanoTime;
  }

  /** The addresses from which to ask on a segment now; at least one. */
  List<Ipv4Address> of(@Nullable Segment segment) throws IOException {
    Cidr cidr = segment == null ? null : segment.cidr();
    if (segment == null || cidr == null || cidr.prefixLength() > LONGEST_PREFIX) {
      return List.of(DUMMY);
    }
    boolean isOurs = segment.uplink() == null; // then only HAVIP's ports are on it
    return isOurs || isFree(new Place(segment.number(), cidr.network()))
        ? List.of(DUMMY, cidr.network())
        : List.of(DUMMY);
  }

  private synchronized boolean isFree(Place place) throws IOException {
    Check check = checks.computeIfAbsent(place, _ -> new Check());
    long sinceAsked = nanoTime.getAsLong() - check.askedAtNanos;
    Map<Said, Long> before = check.before;
    if (before == null) {
      ask(place, check);
    } else if (!check.isUsed && sinceAsked >= ANSWERED_WITHIN.toNanos()) {
      Map<Said, Long> now = wire.answers();
      check.isUsed =
          now.entrySet().stream()
              .filter(entry -> entry.getKey().address().equals(place.address()))
              .anyMatch(entry -> !Objects.equals(before.get(entry.getKey()), entry.getValue()));
      check.isFree = !check.isUsed;
      if (check.isFree && sinceAsked >= AGAIN_AFTER.toNanos()) {
        ask(place, check);
      }
    }
    return check.isFree;
  }

  private void ask(Place place, Check check) throws IOException {
    Map<Said, Long> before = wire.answers();
    if (wire.ask(place.segment(), place.address())) {
      check.before = before;
      check.askedAtNanos = nanoTime.getAsLong();
    }
  }
}
