package io.havip.service;

import io.havip.inventory.Vm;
import java.util.List;

/**
 * A VM and what the fabric sees of its NICs.
 *
 * @param vipCount to how many VIPs it is bound, internal and external together
 */
public record VmDetails(Vm vm, List<NicDetails> nics, int vipCount) {
  public VmDetails {
    nics = List.copyOf(nics);
  }
}
