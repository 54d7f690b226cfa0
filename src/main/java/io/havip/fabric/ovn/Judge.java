package io.havip.fabric.ovn;

import io.havip.event.ClaimKind;
import io.havip.fabric.ovn.Reports.Heard;
import io.havip.id.VipId;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.ChassisReport;
import io.havip.plan.Grant;
import io.havip.plan.Observed.Advert;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.Refusal;
import io.havip.plan.Observed.Sign;
import io.havip.plan.Observed.Signs;
import io.havip.plan.Port;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says what it means that somebody said something: a claim or an advertisement by who may, or one
 * that OVN refuses, by the same rules as {@link Rows}. Of what OVN lets pass although nobody may
 * say it, which are advertisements that it cannot look into, nothing is said.
 */
final class Judge {
  /** Who advertised a VIP last, and whether it resigned. */
  private record Speaker(String port, boolean resigns) {}

  /** A VIP that is used through a port. */
  private record Use(String port, Ipv4Address address) {}

  private final Wanted wanted;
  private final Map<VipId, Speaker> speakers = new ConcurrentHashMap<>();

  Judge(Wanted wanted) {
    this.wanted = wanted;
  }

  /**
   * What it means that somebody says something.
   *
   * @param granted the VIPs that it uses and may, by their addresses
   * @param refused the addresses for which OVN refuses it
   */
  record Verdict(Map<Ipv4Address, VipId> granted, Set<Ipv4Address> refused) {
    static final Verdict NOTHING = new Verdict(Map.of(), Set.of());

    Verdict {
      granted = Map.copyOf(granted);
      refused = Set.copyOf(refused);
    }
  }

  /** What was heard, by meaning; each but the refusals once for a port and a VIP. */
  record Judgement(
      List<ClaimCount> claimCounts,
      List<Sign> claims,
      List<Advert> adverts,
      List<Refusal> refusals) {
    /** Who answers when asked is nothing that agents tell. */
    Signs signs() {
      return new Signs(Map.of(), claims, Optional.empty(), Optional.of(adverts));
    }
  }

  /** What it means that something is said at a port now; nothing where the port is not HAVIP's. */
  Verdict of(String portName, ChassisReport.Said said) {
    Port port = wanted.port(portName).orElse(null);
    if (port == null) {
      return Verdict.NOTHING;
    }
    Map<Ipv4Address, VipId> granted = new HashMap<>();
    Set<Ipv4Address> refused = new HashSet<>();
    switch (said) {
      case ChassisReport.Arp arp -> {
        Optional<Grant> claimed = granted(port, arp);
        claimed.ifPresent(grant -> granted.put(arp.address(), grant.id()));
        if (claimed.isEmpty() && isRefused(port, arp)) {
          refused.add(arp.address());
        }
      }
      case ChassisReport.Advert advert -> {
        for (Ipv4Address address : advert.addresses()) {
          Optional<Grant> advertised = granted(port, advert, address);
          advertised.ifPresent(grant -> granted.put(address, grant.id()));
          if (advertised.isEmpty() && isRefused(port, advert, address)) {
            refused.add(address);
          }
        }
      }
    }
    return new Verdict(granted, refused);
  }

  /** Sorts all that was heard; what was granted and is no more is left out. */
  Judgement of(Collection<Heard> all) {
    Map<Use, Heard> claims = new HashMap<>();
    Map<Use, Advert> adverts = new HashMap<>();
    List<Refusal> refusals = new ArrayList<>();
    for (Heard heard : all) {
      Set<Ipv4Address> granted = new HashSet<>(heard.verdict().granted().keySet());
      granted.retainAll(of(heard.port(), heard.said()).granted().keySet());
      for (Ipv4Address address : granted) {
        Use use = new Use(heard.port(), address);
        switch (heard.said()) {
          case ChassisReport.Arp _ -> claims.merge(use, heard, Judge::together);
          case ChassisReport.Advert advert ->
              adverts.merge(use, observed(heard, advert, address), Judge::together);
        }
      }
      ClaimKind kind =
          switch (heard.said()) {
            case ChassisReport.Arp _ -> ClaimKind.ARP;
            case ChassisReport.Advert _ -> ClaimKind.VRRP;
          };
      for (Ipv4Address address : heard.verdict().refused()) {
        refusals.add(new Refusal(kind, heard.port(), heard.said().mac(), address, heard.count()));
      }
    }
    List<ClaimCount> counts = new ArrayList<>();
    List<Sign> signs = new ArrayList<>();
    claims.forEach((use, heard) -> {
      counts.add(new ClaimCount(use.port(), use.address(), heard.count()));
      signs.add(new Sign(use.port(), use.address(), heard.at()));
    });
    return new Judgement(counts, signs, List.copyOf(adverts.values()), refusals);
  }

  /**
   * Whether somebody should look at once: a VIP is claimed, or advertised by another than before,
   * or one resigned. What is refused is none of these, however much it is.
   */
  boolean isUrgent(Collection<Heard> news) {
    boolean isUrgent = false;
    for (Heard heard : news) {
      Collection<VipId> granted = heard.verdict().granted().values();
      switch (heard.said()) {
        case ChassisReport.Arp _ -> isUrgent |= !granted.isEmpty();
        case ChassisReport.Advert advert -> {
          Speaker speaker = new Speaker(heard.port(), advert.priority() == 0);
          for (VipId id : granted) {
            isUrgent |= !speaker.equals(speakers.put(id, speaker));
          }
        }
      }
    }
    return isUrgent;
  }

  /** Forgets what is about other VIPs. */
  void keep(Collection<VipId> ids) {
    speakers.keySet().retainAll(ids);
  }

  /** The VIP that a member claims. */
  private Optional<Grant> granted(Port port, ChassisReport.Arp arp) {
    return wanted
        .grantAt(port.segment(), arp.address())
        .filter(grant -> isMember(grant, port, arp.mac()));
  }

  private static boolean isMember(Grant grant, Port port, MacAddress mac) {
    return grant.members().stream().anyMatch(it -> it.isAt(port.name(), mac));
  }

  /** Of what is not granted. */
  private boolean isRefused(Port port, ChassisReport.Arp arp) {
    boolean isForwarded =
        arp.mac().equals(port.mac())
            && (port.gateway()
                || port.allowedSources().stream().anyMatch(it -> it.contains(arp.address())))
            && !wanted.isOfAnother(port, arp.address());
    return !isForwarded && !isOwn(port, arp.mac(), arp.address());
  }

  /** Whether it is the NIC's own address, at its own MAC or at the VRID's. */
  private boolean isOwn(Port port, MacAddress mac, Ipv4Address address) {
    return address.equals(port.address())
        && (mac.equals(port.mac())
            || wanted.grantsTo(port).stream()
                .flatMap(grant -> grant.members().stream())
                .filter(member -> member.vrrpPort().equals(port.name()))
                .anyMatch(member -> member.vmac() != null && mac.equals(member.vmac().mac())));
  }

  /** The VIP that a member advertises. */
  private Optional<Grant> granted(Port port, ChassisReport.Advert advert, Ipv4Address address) {
    return isOwn(port, advert.mac(), advert.source())
        ? wanted.grantsTo(port).stream()
            .filter(grant -> grant.address().equals(address) && advertises(grant, port))
            .findFirst()
        : Optional.empty();
  }

  private static boolean advertises(Grant grant, Port port) {
    return grant.members().stream().anyMatch(it -> it.vrrpPort().equals(port.name()));
  }

  /**
   * Of what is not granted. What a member of any VIP sends reaches that VIP's other members,
   * whatever it names; it is kept from all others.
   */
  private boolean isRefused(Port port, ChassisReport.Advert advert, Ipv4Address address) {
    List<Grant> own =
        wanted.grantsTo(port).stream().filter(grant -> advertises(grant, port)).toList();
    if (isOwn(port, advert.mac(), advert.source()) && wanted.isGateway(port, address)) {
      return false; // routers advertise it to each other
    }
    if (own.isEmpty() || !isOwn(port, advert.mac(), advert.source())) {
      return true;
    }
    return wanted
        .grantAt(port.segment(), address)
        .filter(named -> own.stream().noneMatch(grant -> shareMembers(grant, named)))
        .isPresent();
  }

  private static boolean shareMembers(Grant one, Grant other) {
    return one.members().stream()
        .anyMatch(a -> other.members().stream().anyMatch(b -> a.vrrpPort().equals(b.vrrpPort())));
  }

  private static Advert observed(Heard heard, ChassisReport.Advert advert, Ipv4Address address) {
    return new Advert(
        heard.port(),
        address,
        advert.virtualRouterId(),
        advert.priority(),
        advert.interval(),
        heard.count(),
        heard.at());
  }

  /** The same use from another MAC address, or told by another host while a VM moves. */
  private static Heard together(Heard a, Heard b) {
    Heard last = later(a.at(), b.at()) ? a : b;
    return new Heard(last.port(), last.said(), last.verdict(), a.count() + b.count(), last.at());
  }

  private static Advert together(Advert a, Advert b) {
    Advert last = later(a.at(), b.at()) ? a : b;
    return new Advert(
        last.port(),
        last.address(),
        last.virtualRouterId(),
        last.priority(),
        last.interval(),
        a.count() + b.count(),
        last.at());
  }

  private static boolean later(Instant a, Instant b) {
    return a.isAfter(b);
  }
}
