package io.havip.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    description = "Print the keepalived.conf of a bound VM.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} db --vm db-1 > keepalived.conf",
      "  ${COMMAND-FULL-NAME} db --vm db-1 --check-script /etc/keepalived/check.sh",
      "  ${COMMAND-FULL-NAME} db --vm db-1 --interface web=ens3",
      "",
      "Every bound VM needs its own, with the same options. Its first lines say how to install it."
    })
final class KeepalivedConfigCommand extends ConfigurationCommand {
  @Option(
      names = "--advert-int",
      paramLabel = "SECONDS",
      description =
          "Between two advertisements; a death is noticed after three to four of them."
              + " 0.01 to 40.95, else 1.")
  private @Nullable String advertInt;

  @Option(
      names = "--check-script",
      paramLabel = "PATH",
      description = "A program in the VM; while it fails, the VM gives its VIPs up.")
  private @Nullable String checkScript;

  @Option(
      names = "--preempt",
      description = "Let a preferred VM take the VIP back when it returns.")
  private boolean isPreempting;

  @Option(
      names = "--vmac",
      description = "Use the VRID's MAC address for the VIP; the VM must be bound with --vmac.")
  private boolean hasVmac;

  @Option(
      names = "--vrrp-version",
      paramLabel = "2|3",
      description = "3, unless old keepalived must be understood.")
  private @Nullable String version;

  KeepalivedConfigCommand(Surroundings surroundings) {
    super("keepalived", surroundings);
  }

  @Override
  void addOptions() {
    if (advertInt != null) {
      add("advertInt", advertInt);
    }
    if (checkScript != null) {
      add("checkScript", checkScript);
    }
    if (isPreempting) {
      add("preempt", "true");
    }
    if (hasVmac) {
      add("vmac", "true");
    }
    if (version != null) {
      add("version", version);
    }
  }
}
