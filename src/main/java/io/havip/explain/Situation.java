package io.havip.explain;

import io.havip.event.ClaimKind;
import io.havip.id.VmId;
import io.havip.inventory.NicStatus;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.Holder;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a VIP at one moment.
 *
 * @param fabricInSync whether the fabric took what it was last asked to
 * @param seenElsewhere the server that sees the fabric, where it is not this one; its name is empty
 *     when nobody does
 * @param gateway of the VIP's network, if it has one
 * @param vrid that HAVIP gave it, if it made a configuration
 * @param members the bound VMs
 * @param sight what the fabric showed a moment ago; absent when it could not be looked at
 * @param askedAll who said that the address is theirs, when everybody was asked; absent when nobody
 *     could be
 * @param gatewayAnswers who said so of the gateway's address; absent when it could not be asked
 * @param conflictSince when another host was first noticed that has the address; absent when none
 *     was
 * @param namesHosts whether the reader may know other hosts' MAC addresses and ports: anyone on a
 *     network of the account's own, administrators on a joined network
 */
public record Situation(
    Instant now,
    Vip vip,
    boolean fabricInSync,
    Optional<String> seenElsewhere,
    @Nullable Ipv4Address gateway,
    Optional<Integer> vrid,
    List<Member> members,
    List<Holder> holders,
    Optional<Sight> sight,
    Optional<List<Station>> askedAll,
    Optional<List<Station>> gatewayAnswers,
    Optional<Instant> conflictSince,
    boolean namesHosts) {
  public Situation {
    members = List.copyOf(members);
    holders = List.copyOf(holders);
    askedAll = askedAll.map(List::copyOf);
    gatewayAnswers = gatewayAnswers.map(List::copyOf);
  }

  /**
   * A bound VM.
   *
   * @param port of its NIC on the VIP's network
   * @param vrrpPort over which its HA software talks; the same for an internal VIP
   * @param fencedUntil set while its permission is taken away
   */
  public record Member(
      VmId vmId,
      String name,
      String port,
      MacAddress mac,
      String vrrpPort,
      VirtualRouter.Configuration configuration,
      @Nullable Instant fencedUntil) {}

  /**
   * What the fabric showed.
   *
   * @param status of the members' ports, in their order
   * @param adverts that named the VIP, the last through each port; absent when the fabric cannot
   *     look into them
   * @param refused packets of the last hour that used the VIP, or that a member sent; absent when
   *     the fabric does not tell
   * @param obstacles for people, what others have, or lack, that keeps the fabric from doing all
   *     that it was told of the VIP
   * @param withheld advertisements that were kept from members within the last hour
   * @param unjudgedPorts interfaces on the VIP's network whose packets are not judged
   */
  public record Sight(
      List<NicStatus> status,
      Optional<List<Advert>> adverts,
      Optional<List<Refused>> refused,
      List<String> obstacles,
      List<Withheld> withheld,
      List<String> unjudgedPorts) {
    public Sight {
      status = List.copyOf(status);
      adverts = adverts.map(List::copyOf);
      refused = refused.map(List::copyOf);
      obstacles = List.copyOf(obstacles);
      withheld = List.copyOf(withheld);
      unjudgedPorts = List.copyOf(unjudgedPorts);
    }
  }

  /**
   * Advertisements that were kept from a member.
   *
   * @param name the member's
   * @param address of a VIP that they also name, and to which the member is not bound
   */
  public record Withheld(String name, Ipv4Address address) {}

  /**
   * An advertisement of the VIP (RFC 9568, section 5.2).
   *
   * @param interval between advertisements, as the sender says
   */
  public record Advert(
      String port, int virtualRouterId, int priority, Duration interval, Instant at) {}

  /**
   * Packets that were dropped.
   *
   * @param vmName whose port it is, when the VIP's account may know
   * @param address what they used; absent when it could not be read
   * @param lastAt when the last was noticed; absent when that was before anybody watched
   */
  public record Refused(
      ClaimKind kind,
      String port,
      @Nullable String vmName,
      @Nullable Ipv4Address address,
      long packets,
      @Nullable Instant lastAt) {
    String who() {
      return vmName == null ? "who is at the port " + port : vmName;
    }
  }

  /** Somebody who answered. */
  public record Station(String port, MacAddress mac) {}
}
