package io.havip.plan;

import io.havip.event.ClaimKind;
import io.havip.id.Id;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a fabric was seen to hold at one moment.
 *
 * @param ports by name, those of HAVIP's ports that are there
 * @param claims for each claimed VIP the claim that the fabric follows
 * @param claimCounts how often each port has claimed each VIP so far; absent when the fabric does
 *     not count
 * @param refusals how often packets were refused so far; absent when the fabric does not tell
 * @param signs when ports and VMs were last heard of
 * @param deaf those of the ports at which nobody listens now: of what VMs say there nothing is
 *     known, and what is absent above may be so for that reason
 * @param obstacles by id, for people, what others have, or lack, that keeps the fabric from doing
 *     all that it was told
 * @param surroundings what was noticed beside the VIPs
 */
public record Observed(
    Map<String, PortState> ports,
    List<Claim> claims,
    Optional<List<ClaimCount>> claimCounts,
    Optional<List<Refusal>> refusals,
    Signs signs,
    Set<String> deaf,
    Map<Id, Set<String>> obstacles,
    Surroundings surroundings) {
  public Observed {
    ports = Map.copyOf(ports);
    claims = List.copyOf(claims);
    claimCounts = claimCounts.map(List::copyOf);
    refusals = refusals.map(List::copyOf);
    deaf = Set.copyOf(deaf);
    obstacles = Map.copyOf(obstacles);
  }

  /** Of a fabric that notices nothing beside the VIPs. */
  public Observed(
      Map<String, PortState> ports,
      List<Claim> claims,
      Optional<List<ClaimCount>> claimCounts,
      Optional<List<Refusal>> refusals,
      Signs signs,
      Set<String> deaf,
      Map<Id, Set<String>> obstacles) {
    this(ports, claims, claimCounts, refusals, signs, deaf, obstacles, Surroundings.NONE);
  }

  /** Of a fabric that listens at all ports alike, and is nobody else's. */
  public Observed(
      Map<String, PortState> ports,
      List<Claim> claims,
      Optional<List<ClaimCount>> claimCounts,
      Optional<List<Refusal>> refusals,
      Signs signs) {
    this(ports, claims, claimCounts, refusals, signs, Set.of(), Map.of());
  }

  /** Of a fabric that cannot tell when it heard what. */
  public Observed(
      Map<String, PortState> ports,
      List<Claim> claims,
      List<ClaimCount> claimCounts,
      List<Refusal> refusals) {
    this(ports, claims, Optional.of(claimCounts), Optional.of(refusals), Signs.UNKNOWN);
  }

  /**
   * A port that is there.
   *
   * @param attached whether it is on its segment
   * @param up whether it has a carrier and is administratively up
   */
  public record PortState(boolean attached, boolean up) {}

  /** The last accepted claim of a VIP came from this port. */
  public record Claim(int segment, Ipv4Address address, String port) {}

  /**
   * Accepted claims of a VIP from one port.
   *
   * @param claims counted since some moment in the past; a smaller number than before means that
   *     counting began anew
   */
  public record ClaimCount(String port, Ipv4Address address, long claims) {}

  /**
   * Refused packets of one kind, from one port, with one claimed address.
   *
   * @param mac what the packets named as their sender, where the fabric records it
   * @param address what they claimed; unknown for an advertisement in fragments
   * @param packets counted since some moment in the past; a smaller number than before means that
   *     counting began anew
   */
  public record Refusal(
      ClaimKind kind,
      String port,
      @Nullable MacAddress mac,
      @Nullable Ipv4Address address,
      long packets) {
    /** The refusal without its count. */
    public Refusal key() {
      return new Refusal(kind, port, mac, address, 0);
    }
  }

  /**
   * What was heard since the fabric was opened, of those that may use VIPs, and when; each is the
   * last of its kind. What is absent is unknown, never a no.
   *
   * @param downSince by name, the ports that went down and did not come back
   * @param claims accepted claims
   * @param answers answers of members that were asked; absent when the fabric cannot ask them
   * @param adverts accepted advertisements, one for each port and VIP that they named; absent when
   *     the fabric cannot look into them
   */
  public record Signs(
      Map<String, Instant> downSince,
      List<Sign> claims,
      Optional<List<Sign>> answers,
      Optional<List<Advert>> adverts) {
    public static final Signs UNKNOWN =
        new Signs(Map.of(), List.of(), Optional.empty(), Optional.empty());

    public Signs {
      downSince = Map.copyOf(downSince);
      claims = List.copyOf(claims);
      answers = answers.map(List::copyOf);
      adverts = adverts.map(List::copyOf);
    }
  }

  /**
   * What was noticed on the segments beside the VIPs. What a fabric cannot see is absent.
   *
   * @param withheld advertisements that did not leave through a port, because its VM is bound to
   *     some of the VIPs that they name but not to all
   * @param foreignRouters VRIDs that were heard at trusted ports
   * @param gatewayMacs by segment, the MAC address from which the gateway's address was last heard
   *     at a trusted port
   * @param unjudgedPorts by segment, interfaces on an adopted bridge that are neither a NIC's nor
   *     named as trusted
   * @param troubles by segment, for people, why the fabric could not bring it in line
   */
  public record Surroundings(
      List<Withheld> withheld,
      Set<ForeignRouter> foreignRouters,
      Map<Integer, MacAddress> gatewayMacs,
      Map<Integer, Set<String>> unjudgedPorts,
      Map<Integer, String> troubles) {
    /** Nothing was noticed. */
    public static final Surroundings NONE =
        new Surroundings(List.of(), Set.of(), Map.of(), Map.of(), Map.of());

    public Surroundings {
      withheld = List.copyOf(withheld);
      foreignRouters = Set.copyOf(foreignRouters);
      gatewayMacs = Map.copyOf(gatewayMacs);
      unjudgedPorts = Map.copyOf(unjudgedPorts);
      troubles = Map.copyOf(troubles);
    }
  }

  /**
   * Advertisements that were kept from a VM.
   *
   * @param port the VM's port
   * @param address a VIP that they named and to which the VM is not bound
   * @param packets counted since some moment in the past; a smaller number than before means that
   *     counting began anew
   */
  public record Withheld(String port, Ipv4Address address, long packets) {}

  /** A virtual router outside HAVIP, by its segment's number and its VRID, 1 to 255. */
  public record ForeignRouter(int segment, int vrid) {}

  /** At this time somebody at the port said that it has the VIP. */
  public record Sign(String port, Ipv4Address address, Instant at) {}

  /**
   * An advertisement of a VIP (RFC 9568, section 5.2).
   *
   * @param port through which it came; of an external VIP, another than the VIP's
   * @param virtualRouterId VRID, 1 to 255
   * @param priority 0 (the sender resigns) to 255
   * @param interval between advertisements, as the sender says
   * @param count of those heard so far
   * @param at when the last was heard
   */
  public record Advert(
      String port,
      Ipv4Address address,
      int virtualRouterId,
      int priority,
      Duration interval,
      long count,
      Instant at) {
    /** RFC 9568 lets a backup take over after three. */
    private static final int SILENT_INTERVALS = 4;

    /** Whether the sender has neither resigned nor been silent for too long. */
    boolean isLive(Instant now) {
      return priority > 0 && now.isBefore(at.plus(interval.multipliedBy(SILENT_INTERVALS)));
    }
  }
}
