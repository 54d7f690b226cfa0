package io.havip.cli;

import io.havip.cli.LibvirtXml.Domain;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = "Make VMs and subnets of what libvirt has.",
    footer = {
      "",
      "It shows what it would make and how that differs from what is there, and asks",
      "before it does it. It adds what is missing and never deletes: run it again",
      "after a change. A bridge becomes a subnet whose uplink it is, and which",
      "observes until `havip subnet update NAME --enforcement enforce`.",
      "",
      "Addresses come from, in this order: --address, the domain (<ip>, or the",
      "parameter IP of a <filterref>), the running guests (`virsh domifaddr`), DHCP",
      "hosts of libvirt's network.",
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} --vpc production",
      "  ${COMMAND-FULL-NAME} --vpc production --subnet br0=10.77.1.0/24 --yes",
      "  ${COMMAND-FULL-NAME} --vpc production db-1.xml network.xml"
    })
final class ImportLibvirtCommand extends ImportCommand {
  @Parameters(
      paramLabel = "FILE",
      description =
          "What `virsh dumpxml` and `virsh net-dumpxml` wrote, one domain or network in each;"
              + " without files the libvirt of this host is read.")
  private List<String> files = List.of();

  @Option(
      names = "--connect",
      defaultValue = "qemu:///system",
      paramLabel = "URI",
      description = "The libvirt that is read without files: ${DEFAULT-VALUE}")
  @SuppressWarnings("NullAway.Init")
  private String uri;

  ImportLibvirtCommand(Surroundings surroundings) {
    super(surroundings, ImportPlan.Origin.LIBVIRT);
  }

  @Override
  Found find() throws CommandFailedException, InterruptedException {
    Map<MacAddress, Ipv4Address> found = new HashMap<>();
    List<LibvirtXml.Described> all = new ArrayList<>();
    if (files.isEmpty()) {
      LibvirtHost host = new LibvirtHost(uri);
      all.addAll(host.all());
      for (Domain domain : only(all, Domain.class)) {
        if (domain.running()) {
          found.putAll(host.addresses(domain.name()));
        }
      }
    }
    for (String file : files) {
      all.add(LibvirtXml.read(file, ConfigurationFiles.read(file).text()));
    }
    return new Found(
        only(all, Domain.class), only(all, LibvirtXml.Network.class), found, List.of());
  }

  private static <T> List<T> only(List<LibvirtXml.Described> all, Class<T> type) {
    return all.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
