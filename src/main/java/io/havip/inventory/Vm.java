package io.havip.inventory;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A virtual machine.
 *
 * @param nics in the order in which they were added
 */
public record Vm(
    VmId id,
    AccountId accountId,
    VpcId vpcId,
    String name,
    VmState state,
    List<Nic> nics,
    long version,
    Instant createdAt,
    Instant updatedAt) {
  public Vm {
    nics = List.copyOf(nics);
  }

  public Optional<Nic> nicOn(NetworkId networkId) {
    return nics.stream().filter(nic -> nic.networkId().equals(networkId)).findFirst();
  }

  public Optional<Nic> nic(NicId nicId) {
    return nics.stream().filter(nic -> nic.id().equals(nicId)).findFirst();
  }

  /** The first NIC on a subnet of the VPC; one on an external network is not in the VPC. */
  public Optional<Nic> firstNicInVpc() {
    return nics.stream().filter(nic -> !nic.networkId().isExternal()).findFirst();
  }

  public Vm with(String newName, VmState newState, Instant now) {
    return new Vm(id, accountId, vpcId, newName, newState, nics, version + 1, createdAt, now);
  }

  /** The same VM with one NIC more; its version counts people's changes and stays. */
  public Vm plus(Nic nic) {
    return withNics(Stream.concat(nics.stream(), Stream.of(nic)).toList());
  }

  /** The same VM without a NIC; its version counts people's changes and stays. */
  public Vm minus(NicId nicId) {
    return withNics(nics.stream().filter(nic -> !nic.id().equals(nicId)).toList());
  }

  /** The same VM with a NIC in its newest form; its version counts people's changes and stays. */
  public Vm replacing(Nic changed) {
    return withNics(
        nics.stream().map(nic -> nic.id().equals(changed.id()) ? changed : nic).toList());
  }

  public Vm changed(Instant now) {
    return with(name, state, now);
  }

  private Vm withNics(List<Nic> newNics) {
    return new Vm(id, accountId, vpcId, name, state, newNics, version, createdAt, updatedAt);
  }
}
