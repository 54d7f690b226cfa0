package io.havip.fabric.linux;

import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Grant;
import io.havip.plan.Port;
import io.havip.plan.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One element of a set.
 *
 * @param text the element as nft(8) writes it; equal elements have equal texts
 */
record Element(ElementSet set, String text) implements Comparable<Element> {
  private static final Comparator<Element> ORDER =
      Comparator.comparing(Element::set).thenComparing(Element::text);

  /** What the domain accepts as a port's name, and nothing that nft(8) would read as syntax. */
  private static final Pattern PORT_NAME = Pattern.compile("[A-Za-z0-9._-]{1,15}");

  /**
   * What is particular about a segment.
   *
   * @param adopted whether its uplink is a bridge, which then is the segment's
   */
  static List<Element> of(Segment segment, boolean adopted) {
    List<Element> elements = new ArrayList<>();
    String uplink = segment.uplink();
    if (adopted) {
      elements.add(new Element(ElementSet.ADOPTED, Integer.toString(segment.number())));
      if (segment.policy().judgesTrustedPorts()) {
        segment.policy().trustedPorts().forEach(port -> elements.addAll(trusted(port, segment)));
      }
    } else if (uplink != null) {
      elements.addAll(trusted(uplink, segment));
    }
    String number = Integer.toString(segment.number());
    Ipv4Address gateway = segment.gateway();
    if (gateway != null) {
      elements.add(new Element(ElementSet.GATEWAYS, number + " . " + gateway));
      elements.add(new Element(ElementSet.GATEWAY_ADVERTS, number + " . " + gateway.toLong()));
    }
    MacAddress gatewayMac = segment.policy().gatewayMac();
    if (gatewayMac != null) {
      elements.add(new Element(ElementSet.OUTSIDE_MACS, number + " . " + gatewayMac));
    }
    if (segment.policy().ipsec()) {
      elements.add(new Element(ElementSet.AUTHENTIC, number));
    }
    switch (segment.policy().otherTraffic()) {
      case PASS -> elements.add(new Element(ElementSet.PASSING, number));
      case DROP -> {}
    }
    switch (segment.enforcement()) {
      case OBSERVE ->
          elements.add(new Element(ElementSet.OBSERVING, Integer.toString(segment.number())));
      case ENFORCE -> {}
    }
    return elements;
  }

  private static List<Element> trusted(String port, Segment segment) {
    String name = quoted(port);
    return List.of(
        new Element(ElementSet.SEGMENTS, name + " : " + segment.number()),
        new Element(ElementSet.TRUSTED, name));
  }

  /** What a port may do by itself. */
  static List<Element> of(Port port) {
    String name = quoted(port.name());
    List<Element> elements = new ArrayList<>();
    elements.add(new Element(ElementSet.SEGMENTS, name + " : " + port.segment()));
    elements.add(new Element(ElementSet.STATIONS, name + " . " + port.mac()));
    elements.add(new Element(ElementSet.MACS, port.segment() + " . " + port.mac()));
    if (port.gateway()) {
      elements.add(new Element(ElementSet.ROUTERS, name));
    }
    Ipv4Address address = port.address();
    if (address != null) {
      elements.add(new Element(ElementSet.SOURCES, name + " . " + port.mac() + " . " + address));
      elements.add(new Element(ElementSet.ADDRESSES, port.segment() + " . " + address));
    }
    for (Cidr network : widest(port.allowedSources())) {
      String prefix =
          network.prefixLength() == 32 ? network.network().toString() : network.toString();
      elements.add(new Element(ElementSet.NETWORKS, name + " . " + prefix));
    }
    return elements;
  }

  /** What a VIP is, and what its members may do with it. */
  static List<Element> of(Grant grant) {
    List<Element> elements = new ArrayList<>();
    elements.add(new Element(ElementSet.VIPS, grant.segment() + " . " + grant.address()));
    elements.add(
        new Element(ElementSet.ADVERTS, grant.segment() + " . " + grant.address().toLong()));
    for (Grant.Member member : grant.members()) {
      String port = quoted(member.port());
      elements.add(
          new Element(ElementSet.SOURCES, port + " . " + member.mac() + " . " + grant.address()));
      elements.add(new Element(ElementSet.EXITS, port + " . " + grant.address()));
      elements.add(
          new Element(
              ElementSet.ADVERTISERS,
              quoted(member.vrrpPort()) + " . " + grant.address().toLong()));
      for (int vrid : grant.vrids()) {
        elements.add(
            new Element(
                ElementSet.VRIDS,
                quoted(member.vrrpPort()) + " . " + vrid + " . " + grant.address().toLong()));
      }
      Grant.Vmac vmac = member.vmac();
      if (vmac != null) {
        elements.add(new Element(ElementSet.MACS, grant.segment() + " . " + vmac.mac()));
        elements.addAll(sources(member.port(), vmac.mac(), grant.address()));
        elements.addAll(sources(member.vrrpPort(), vmac.mac(), vmac.advertisesFrom()));
      }
    }
    for (Grant.Sender sender : grant.senders()) {
      elements.add(
          new Element(
              ElementSet.REAL_SERVERS,
              quoted(sender.port()) + " . " + sender.mac() + " . " + grant.address()));
    }
    return elements.stream().distinct().toList();
  }

  /** A port that may send from an address with a MAC address that is not its own. */
  private static List<Element> sources(String port, MacAddress mac, Ipv4Address address) {
    String station = quoted(port) + " . " + mac;
    return List.of(
        new Element(ElementSet.STATIONS, station),
        new Element(ElementSet.SOURCES, station + " . " + address));
  }

  /** A set of prefixes must not overlap: those inside another say nothing. */
  private static List<Cidr> widest(List<Cidr> networks) {
    return networks.stream()
        .distinct()
        .filter(n -> networks.stream().noneMatch(o -> !o.equals(n) && o.contains(n)))
        .toList();
  }

  private static String quoted(String port) {
    if (!PORT_NAME.matcher(port).matches()) {
      throw new IllegalArgumentException("'" + port + "' is no name of a port");
    }
    return '"' + port + '"';
  }

  @Override
  public int compareTo(Element other) {
    return ORDER.compare(this, other);
  }
}
