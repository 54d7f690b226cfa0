package io.havip.cli;

import picocli.CommandLine.Option;

/** Whether VMs may use a VIP with another MAC address than their own. */
final class VmacOption {
  @Option(
      names = "--vmac",
      description = "They may use the VRID's MAC address too (keepalived's use_vmac).")
  private boolean isSet;

  boolean isSet() {
    return isSet;
  }
}
