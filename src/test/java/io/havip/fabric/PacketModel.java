package io.havip.fabric;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Desired;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an enforcing fabric does with a packet, as a function of what is desired. It restates the
 * rules of {@code havip.nft} in Java, so that thousands of histories are judged in a second; the
 * fabric's own tests compare it with the kernel.
 */
public final class PacketModel {
  /** A rule that a test leaves out, to prove that the test would notice. */
  public enum Rule {
    /** The gateway's address is protected like a VIP. */
    GATEWAY,
    /** A MAC address of the gateway, or of a VRRP router, passes at trusted ports. */
    TRUSTED_MAC,
    /** VIPs and NICs' addresses are refused whatever {@code allowedSources} contains. */
    ALLOWED_SOURCES,
    /** An advertisement leaves only to VMs that are bound to every VIP that it names. */
    ADVERTISEMENT_EXIT,
    /** A frame to a NIC's MAC address leaves only through that NIC's port. */
    MAC_EXIT,
    /** An ARP probe for an address of another is refused. */
    PROBE
  }

  /** Kinds of packets; each is judged by rules of its own. */
  public enum Kind {
    ARP,
    ARP_PROBE,
    IP,
    VRRP
  }

  /**
   * A packet.
   *
   * @param source the Ethernet source, which is the ARP sender's MAC address as well
   * @param destination the Ethernet destination; null for broadcast or multicast
   * @param sender the ARP sender's or IP source address; 0.0.0.0 in a probe
   * @param target the IP destination, or the address that a probe asks for
   * @param advertised the addresses that an advertisement names
   */
  public record Packet(
      Kind kind,
      MacAddress source,
      @Nullable MacAddress destination,
      Ipv4Address sender,
      Ipv4Address target,
      List<Ipv4Address> advertised) {
    public Packet {
      advertised = List.copyOf(advertised);
    }
  }

  /** The name that stands for a segment's trusted port. */
  public static final String TRUSTED = "(trusted)";

  private final Desired desired;
  private final Set<Rule> rules;

  // Read from what is desired when first asked for: by segment, and stations by port.
  private final Map<Integer, Set<MacAddress>> macs = new HashMap<>();
  private final Map<Integer, Set<Ipv4Address>> vips = new HashMap<>();
  private final Map<Integer, Set<Ipv4Address>> nics = new HashMap<>();
  private final Map<String, Set<MacAddress>> stations = new HashMap<>();

  /** The model of what is desired, with all rules. */
  public PacketModel(Desired desired) {
    this(desired, EnumSet.allOf(Rule.class));
  }

  /** The same with some of the rules only. */
  public PacketModel(Desired desired, Set<Rule> rules) {
    this.desired = desired;
    this.rules = EnumSet.copyOf(rules);
  }

  /** Whether a packet passes that a VM sends at its port, or that comes in at the trusted port. */
  public boolean passes(Segment segment, String port, Packet packet) {
    if (port.equals(TRUSTED)) {
      return passesTrusted(segment, packet);
    }
    return ports(segment)
        .filter(it -> it.name().equals(port))
        .findFirst()
        .filter(it -> stations(it).contains(packet.source()))
        .map(it -> passesPort(segment, it, packet))
        .orElse(false);
  }

  private boolean passesPort(Segment segment, Port port, Packet packet) {
    return switch (packet.kind()) {
      case ARP ->
          owns(segment, port, packet.source(), packet.sender())
              || (!isProtected(segment, packet.sender())
                  && port.allowedSources().stream().anyMatch(it -> it.contains(packet.sender())));
      case ARP_PROBE ->
          !rules.contains(Rule.PROBE)
              || owns(segment, port, packet.source(), packet.target())
              || !isSomebodys(segment, packet.target());
      case IP -> passesIp(segment, port, packet);
      case VRRP ->
          mayAdvertise(segment, port.name(), packet.advertised())
              && passesIp(segment, port, packet);
    };
  }

  private boolean passesIp(Segment segment, Port port, Packet packet) {
    return owns(segment, port, packet.source(), packet.sender())
        || grants(segment)
            .filter(it -> packet.kind() == Kind.IP && it.address().equals(packet.sender()))
            .flatMap(it -> it.senders().stream())
            .anyMatch(it -> it.port().equals(port.name()) && it.mac().equals(packet.source()))
        || (!isProtected(segment, packet.sender())
            && (port.gateway()
                || port.allowedSources().stream().anyMatch(it -> it.contains(packet.sender()))));
  }

  private boolean passesTrusted(Segment segment, Packet packet) {
    boolean mayHaveMac =
        !macs(segment).contains(packet.source())
            || (rules.contains(Rule.TRUSTED_MAC)
                && (packet.source().equals(segment.policy().gatewayMac())
                    || packet.source().isVirtualRouter()));
    boolean isTaken = isVip(segment, packet.sender()) || isNic(segment, packet.sender());
    return mayHaveMac
        && !isTaken
        && packet.advertised().stream().noneMatch(it -> isVip(segment, it));
  }

  /** The ports through which a packet that passed leaves, the one that it came from included. */
  public Set<String> exits(Segment segment, Packet packet) {
    Set<String> exits = new TreeSet<>();
    ports(segment)
        .filter(port -> leaves(segment, port, packet))
        .forEach(it -> exits.add(it.name()));
    if (packet.kind() != Kind.IP || !isVip(segment, packet.target())) {
      exits.add(TRUSTED);
    }
    return exits;
  }

  private boolean leaves(Segment segment, Port port, Packet packet) {
    MacAddress to = packet.destination();
    if (rules.contains(Rule.MAC_EXIT)
        && to != null
        && macs(segment).contains(to)
        && !stations(port).contains(to)) {
      return false;
    }
    return switch (packet.kind()) {
      case ARP, ARP_PROBE -> true;
      case VRRP ->
          !rules.contains(Rule.ADVERTISEMENT_EXIT)
              || mayAdvertise(segment, port.name(), packet.advertised());
      case IP ->
          !isVip(segment, packet.target())
              || grants(segment)
                  .filter(it -> it.address().equals(packet.target()))
                  .anyMatch(it ->
                      it.members().stream().anyMatch(member -> member.port().equals(port.name()))
                          || it.senders().stream()
                              .anyMatch(sender ->
                                  sender.port().equals(port.name()) && sender.mac().equals(to)));
    };
  }

  /** Whether a port may use an address as its own: a NIC's, a VIP that is granted to it. */
  private boolean owns(Segment segment, Port port, MacAddress mac, Ipv4Address address) {
    if (port.gateway() && address.equals(segment.gateway())) {
      return true;
    }
    if (mac.equals(port.mac()) && address.equals(port.address())) {
      return true;
    }
    return desired.grants().values().stream()
        .flatMap(grant ->
            grant.members().stream()
                .filter(member ->
                    (grant.segment() == segment.number()
                            && member.port().equals(port.name())
                            && grant.address().equals(address)
                            && (mac.equals(member.mac())
                                || (member.vmac() != null && mac.equals(member.vmac().mac()))))
                        || (member.vmac() != null
                            && member.vrrpPort().equals(port.name())
                            && mac.equals(member.vmac().mac())
                            && address.equals(member.vmac().advertisesFrom()))))
        .findAny()
        .isPresent();
  }

  private boolean mayAdvertise(Segment segment, String port, List<Ipv4Address> addresses) {
    boolean isRouter = ports(segment).anyMatch(it -> it.name().equals(port) && it.gateway());
    return !addresses.isEmpty()
        && addresses.stream()
            .allMatch(address ->
                (isRouter && address.equals(segment.gateway()))
                    || desired.grants().values().stream()
                        .filter(grant -> grant.address().equals(address))
                        .flatMap(grant -> grant.members().stream())
                        .anyMatch(member -> member.vrrpPort().equals(port)));
  }

  private boolean isProtected(Segment segment, Ipv4Address address) {
    return (rules.contains(Rule.GATEWAY) && address.equals(segment.gateway()))
        || (rules.contains(Rule.ALLOWED_SOURCES)
            && (isVip(segment, address) || isNic(segment, address)));
  }

  private boolean isSomebodys(Segment segment, Ipv4Address address) {
    return address.equals(segment.gateway()) || isVip(segment, address) || isNic(segment, address);
  }

  private boolean isVip(Segment segment, Ipv4Address address) {
    return vips.computeIfAbsent(
            segment.number(), _ -> grants(segment).map(Grant::address).collect(Collectors.toSet()))
        .contains(address);
  }

  private boolean isNic(Segment segment, @Nullable Ipv4Address address) {
    return nics.computeIfAbsent(
            segment.number(),
            _ ->
                ports(segment)
                    .map(Port::address)
                    .filter(it -> it != null)
                    .collect(Collectors.toSet()))
        .contains(address);
  }

  private Set<MacAddress> stations(Port port) {
    return stations.computeIfAbsent(port.name(), _ -> readStations(port));
  }

  private Set<MacAddress> readStations(Port port) {
    Set<MacAddress> stations = new HashSet<>();
    stations.add(port.mac());
    for (Grant grant : desired.grants().values()) {
      for (Grant.Member member : grant.members()) {
        if (member.vmac() != null
            && (member.port().equals(port.name()) || member.vrrpPort().equals(port.name()))) {
          stations.add(member.vmac().mac());
        }
      }
    }
    return stations;
  }

  private Set<MacAddress> macs(Segment segment) {
    return macs.computeIfAbsent(segment.number(), _ -> readMacs(segment));
  }

  private Set<MacAddress> readMacs(Segment segment) {
    Set<MacAddress> macs = new HashSet<>();
    ports(segment).forEach(it -> macs.add(it.mac()));
    grants(segment)
        .flatMap(it -> it.members().stream())
        .forEach(it -> {
          if (it.vmac() != null) {
            macs.add(it.vmac().mac());
          }
        });
    return macs;
  }

  private Stream<Port> ports(Segment segment) {
    return desired.ports().values().stream().filter(it -> it.segment() == segment.number());
  }

  private Stream<Grant> grants(Segment segment) {
    return desired.grants().values().stream().filter(it -> it.segment() == segment.number());
  }
}
