package io.havip.cli;

import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * What libvirt writes about domains (`virsh dumpxml`) and networks (`virsh net-dumpxml`), as far as
 * an inventory needs it: libvirt.org/formatdomain.html and formatnetwork.html.
 */
final class LibvirtXml {
  private LibvirtXml() {}

  /** A domain or a network. */
  sealed interface Described {
    String name();
  }

  /**
   * A VM.
   *
   * @param running whether it had an id, which only a domain that runs has
   */
  record Domain(String name, boolean running, List<Interface> interfaces) implements Described {
    Domain {
      interfaces = List.copyOf(interfaces);
    }
  }

  /**
   * A NIC of a VM.
   *
   * @param type of the interface: bridge, network, direct, …
   * @param bridge that it is on, where the domain names it
   * @param network of libvirt's that it is on, where the domain names it
   * @param target its end on the host; a domain that does not run need not have one
   * @param address what the domain says that the VM uses
   */
  record Interface(
      String type,
      MacAddress mac,
      @Nullable String bridge,
      @Nullable String network,
      @Nullable String target,
      @Nullable Ipv4Address address) {}

  /**
   * A network of libvirt's.
   *
   * @param gateway the host's own address on it
   * @param hosts the addresses that its DHCP keeps for MAC addresses
   */
  record Network(
      String name,
      @Nullable String bridge,
      @Nullable Cidr cidr,
      @Nullable Ipv4Address gateway,
      Map<MacAddress, Ipv4Address> hosts)
      implements Described {
    Network {
      hosts = Map.copyOf(hosts);
    }
  }

  /**
   * Reads one document.
   *
   * @param place where it comes from, for messages
   */
  static Described read(String place, String xml) throws CommandFailedException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new Strict());
      Element root = builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
      return switch (root.getTagName()) {
        case "domain" -> domain(root);
        case "network" -> network(root);
        default -> throw new IllegalArgumentException("it is no domain and no network of libvirt");
      };
    } catch (SAXException | IOException | IllegalArgumentException e) {
      throw new CommandFailedException(
          ExitCode.WRONG_USAGE,
          "cannot understand %s: %s; give what `virsh dumpxml` or `virsh net-dumpxml` wrote"
              .formatted(Text.printable(place), Text.printable(String.valueOf(e.getMessage()))));
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Without it the parser writes to standard error by itself. */
  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {}

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }

  private static Domain domain(Element root) {
    List<Interface> interfaces =
        children(root, "devices")
            .flatMap(devices -> children(devices, "interface"))
            .toList()
            .stream()
            .map(LibvirtXml::nic)
            .toList();
    return new Domain(name(root), root.hasAttribute("id"), interfaces);
  }

  private static Interface nic(Element nic) {
    Optional<Element> source = child(nic, "source");
    String mac =
        child(nic, "mac")
            .flatMap(e -> attribute(e, "address"))
            .orElseThrow(() -> new IllegalArgumentException("an interface has no MAC address"));
    // What nwfilter's clean-traffic is told, or what the guest is.
    Stream<String> filtered =
        children(nic, "filterref")
            .flatMap(filter -> children(filter, "parameter"))
            .filter(parameter -> parameter.getAttribute("name").equals("IP"))
            .map(parameter -> parameter.getAttribute("value"));
    Stream<String> configured = children(nic, "ip").map(ip -> ip.getAttribute("address"));
    return new Interface(
        nic.getAttribute("type"),
        MacAddress.parse(mac.toLowerCase(Locale.ROOT)),
        source.flatMap(e -> attribute(e, "bridge")).orElse(null),
        source.flatMap(e -> attribute(e, "network")).orElse(null),
        child(nic, "target").flatMap(e -> attribute(e, "dev")).orElse(null),
        Stream.concat(filtered, configured)
            .filter(LibvirtXml::isIpv4)
            .map(Ipv4Address::parse)
            .findFirst()
            .orElse(null));
  }

  private static Network network(Element root) {
    Optional<Element> ip =
        children(root, "ip").filter(e -> isIpv4(e.getAttribute("address"))).findFirst();
    Map<MacAddress, Ipv4Address> hosts = new HashMap<>();
    ip.stream()
        .flatMap(e -> children(e, "dhcp"))
        .flatMap(e -> children(e, "host"))
        .filter(host -> host.hasAttribute("mac") && isIpv4(host.getAttribute("ip")))
        .forEach(host ->
            hosts.put(
                MacAddress.parse(host.getAttribute("mac").toLowerCase(Locale.ROOT)),
                Ipv4Address.parse(host.getAttribute("ip"))));
    Ipv4Address gateway = ip.map(e -> Ipv4Address.parse(e.getAttribute("address"))).orElse(null);
    return new Network(
        name(root),
        child(root, "bridge").flatMap(e -> attribute(e, "name")).orElse(null),
        gateway == null ? null : prefix(gateway, ip.orElseThrow()),
        gateway,
        hosts);
  }

  /** The prefix that an address is in, given by its length or its mask. */
  private static Cidr prefix(Ipv4Address address, Element ip) {
    int length =
        attribute(ip, "prefix")
            .map(Integer::parseInt)
            .or(() ->
                attribute(ip, "netmask").map(m -> Integer.bitCount(Ipv4Address.parse(m).bits())))
            .orElse(32);
    return new Cidr(
        new Ipv4Address(length == 0 ? 0 : address.bits() & (-1 << (32 - length))), length);
  }

  private static boolean isIpv4(String text) {
    return text.matches("[0-9]+(\\.[0-9]+){3}");
  }

  private static String name(Element root) {
    return child(root, "name")
        .map(e -> e.getTextContent().strip())
        .filter(name -> !name.isEmpty())
        .orElseThrow(() -> new IllegalArgumentException("it has no name"));
  }

  private static Optional<Element> child(Element parent, String tag) {
    return children(parent, tag).findFirst();
  }

  private static Stream<Element> children(Element parent, String tag) {
    NodeList nodes = parent.getChildNodes();
    List<Element> children = new ArrayList<>();
    IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .forEach(node -> {
          if (node instanceof Element element && element.getTagName().equals(tag)) {
            children.add(element);
          }
        });
    return children.stream();
  }

  private static Optional<String> attribute(Element element, String name) {
    return Optional.of(element.getAttribute(name)).filter(text -> !text.isEmpty());
  }
}
