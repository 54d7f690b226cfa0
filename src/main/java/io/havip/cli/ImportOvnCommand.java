package io.havip.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = "Make VMs and subnets of what Open Virtual Network has.",
    footer = {
      "",
      "It shows what it would make and how that differs from what is there, and asks",
      "before it does it. It adds what is missing and never deletes: run it again",
      "after a change. A logical switch becomes a subnet, which observes until",
      "`havip subnet update NAME --enforcement enforce`, and a logical port becomes",
      "the NIC of a VM that is called like it. OVN is only read; nothing moves.",
      "What is HAVIP's is left out, and what is Neutron's is refused.",
      "",
      "A subnet's CIDR is that of a router on the switch, or other_config:subnet.",
      "ovn-nbctl reads the database. It takes --db, or else OVN_NB_DB, and what else",
      "it needs (for TLS, -p -c -C) from OVN_NBCTL_OPTIONS.",
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} --vpc production",
      "  ${COMMAND-FULL-NAME} --vpc production web --subnet web=10.77.1.0/24 --yes",
      "  ${COMMAND-FULL-NAME} --vpc production --vm db-1-eth0=db-1,db-1-eth1=db-1",
      "  ${COMMAND-FULL-NAME} --vpc production --vm-key vm-name"
    })
final class ImportOvnCommand extends ImportCommand {
  @Parameters(
      paramLabel = "SWITCH",
      description = "The logical switches to import; without any, all of them.")
  private List<String> switches = List.of();

  @Option(
      names = "--vm",
      split = ",",
      paramLabel = "PORT=VM",
      description = "The VM of a logical port; several ports can be NICs of one VM.")
  private Map<String, String> vms = Map.of();

  @Option(
      names = "--vm-key",
      paramLabel = "KEY",
      description = "Where the external_ids of logical ports have their VM's name.")
  private @Nullable String vmKey;

  @Option(
      names = "--db",
      paramLabel = "DATABASE",
      description =
          "The northbound database, like unix:/run/ovn/ovnnb_db.sock or tcp:10.0.0.1:6641.")
  private @Nullable String database;

  ImportOvnCommand(Surroundings surroundings) {
    super(surroundings, ImportPlan.Origin.OVN);
  }

  @Override
  Found find() throws CommandFailedException, InterruptedException {
    return OvnInventory.read(
        new OvnNorthbound(database), Set.copyOf(switches), new OvnInventory.Naming(vms, vmKey));
  }
}
