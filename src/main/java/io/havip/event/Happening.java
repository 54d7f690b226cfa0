package io.havip.event;

import io.havip.id.NetworkId;
import io.havip.id.VmId;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened. */
public sealed interface Happening {

  record VipCreated(String name, Ipv4Address address, List<VmId> vmIds) implements Happening {}

  record VipDescribed(String name, String remark) implements Happening {}

  /**
   * Other VMs may use the VIP, or may use it with the VRID's MAC address.
   *
   * @param vmac all that may use the VRID's MAC address; absent when none may
   */
  record BindingsChanged(
      List<VmId> added, List<VmId> removed, @Nullable List<VmId> vmac, long generation)
      implements Happening {}

  /** Another address outside is translated to the VIP's; absent: none is. */
  record FloatingAddressChanged(@Nullable Ipv4Address floatingAddress, long generation)
      implements Happening {}

  /** A VM's permission to use the VIP was taken away for a while. */
  record FenceBegan(VmId vmId, Instant until, long generation) implements Happening {}

  /** A fenced VM has its permission again. */
  record FenceEnded(VmId vmId, long generation) implements Happening {}

  record VipDeleting() implements Happening {}

  record VipRetried(long generation) implements Happening {}

  record VipRealised(long generation) implements Happening {}

  record VipFailed(String code, String message) implements Happening {}

  record VipDeleted() implements Happening {}

  /**
   * The VIP drifted.
   *
   * @param from who held it before, if anybody
   * @param to who holds it now, if anybody
   * @param outageMillis from the moment that the holder before was gone (its port down, its
   *     permission withdrawn, or as it said itself), or else from its last sign of life, until the
   *     new one's claim; absent when nobody holds it now, or nothing was seen of that
   */
  record HolderChanged(
      @Nullable VmId from,
      @Nullable VmId to,
      @Nullable MacAddress mac,
      @Nullable String port,
      @Nullable Long outageMillis)
      implements Happening {}

  /** Neighbours were told, in the holder's name, where the VIP is. */
  record VipAnnounced(VmId vmId, MacAddress mac, AnnouncementReason reason) implements Happening {}

  /**
   * A failover is rehearsed: the holder is cut off until a time.
   *
   * @param number of the VIP's drills, from 1
   * @param wholePort whether its ports are off, and not only its permission
   */
  record DrillBegan(int number, VmId vmId, Instant until, boolean wholePort) implements Happening {}

  /**
   * A rehearsal is over.
   *
   * @param outcome passed, failed or interrupted
   * @param newHolder who took over, if anybody
   * @param outageMillis until then
   * @param cameBack whether the VM that was cut off has the VIP again
   */
  record DrillEnded(
      int number,
      String outcome,
      @Nullable VmId newHolder,
      @Nullable Long outageMillis,
      boolean cameBack)
      implements Happening {}

  /** A bound VM was started. */
  record VmStarted(VmId vmId) implements Happening {}

  /** A bound VM was stopped; it stays bound. */
  record VmStopped(VmId vmId) implements Happening {}

  /** Several VMs use the VIP at a time; told again when one more does, or one fewer of many. */
  record SplitBegan(List<VmId> vmIds) implements Happening {}

  /**
   * One VM at most uses the VIP again.
   *
   * @param vmIds who used it together
   * @param to who holds it now, if anybody
   * @param lengthMillis from the moment that the second was noticed
   */
  record SplitEnded(List<VmId> vmIds, @Nullable VmId to, long lengthMillis) implements Happening {}

  /**
   * Packets were dropped because their sender may not use the address.
   *
   * @param port of the VM, or the network's uplink
   * @param vmId the VM behind the port, if it is known
   * @param mac what the packet named as its sender, where the fabric records it
   * @param address what was claimed; unknown for an advertisement in fragments
   * @param packets how many since the last such event
   */
  record ClaimsRefused(
      ClaimKind kind,
      String port,
      @Nullable VmId vmId,
      @Nullable MacAddress mac,
      @Nullable Ipv4Address address,
      long packets)
      implements Happening {}

  /**
   * Packets passed that would have been dropped if their network enforced.
   *
   * @param port of the VM, or the network's uplink
   * @param packets how many since the last such event
   */
  record ClaimsObserved(
      ClaimKind kind,
      String port,
      @Nullable VmId vmId,
      @Nullable MacAddress mac,
      @Nullable Ipv4Address address,
      long packets)
      implements Happening {}

  /**
   * A VM used the address of one of its NICs on another of its NICs, which is no theft (ARP flux:
   * arp_ignore and arp_announce in ip-sysctl of the kernel's documentation; or a route of it leads
   * through the wrong NIC).
   *
   * @param packets how many since the last such event
   */
  record ClaimsMisdirected(
      ClaimKind kind, String port, VmId vmId, Ipv4Address address, long packets)
      implements Happening {}

  /** A router outside uses the VRID that the VIP had: its VMs need a new configuration. */
  record VridChanged(int from, int to) implements Happening {}

  /**
   * Advertisements do not reach a bound VM, because they also name a VIP to which it is not bound.
   * It may take its VIPs although their master lives.
   *
   * @param vmId the VM that does not hear them
   * @param address of the VIP that they also name
   */
  record AdvertisementsWithheld(VmId vmId, Ipv4Address address) implements Happening {}

  /**
   * The fabric cannot bring a network in line; other networks are not concerned.
   *
   * @param trouble for people, with what to do
   */
  record NetworkTroubleBegan(NetworkId networkId, String trouble) implements Happening {}

  /** The network is as it should be again. */
  record NetworkTroubleEnded(NetworkId networkId) implements Happening {}

  /**
   * Interfaces on an adopted bridge are neither a NIC's nor named as trusted, so their packets are
   * not judged. Told again when there is another.
   */
  record PortsUnjudged(NetworkId networkId, List<String> ports) implements Happening {}

  /**
   * Another host has the address of a NIC or of a VIP. It is told to the address's account without
   * the host's MAC address and port, and to administrators with both.
   *
   * @param vmId the VM whose NIC has the address; absent for a VIP's address
   * @param mac the other host's MAC address; absent where members read it
   * @param port the port at which the other host was noticed; absent where members read it
   */
  record AddressConflictBegan(
      Ipv4Address address,
      NetworkId networkId,
      @Nullable VmId vmId,
      @Nullable MacAddress mac,
      @Nullable String port)
      implements Happening {}

  /**
   * The other host is gone.
   *
   * @param vmId the VM whose NIC has the address; absent for a VIP's address
   */
  record AddressConflictEnded(Ipv4Address address, NetworkId networkId, @Nullable VmId vmId)
      implements Happening {}

  /** Somebody changed what is HAVIP's on the fabric; it is as it should be again. */
  record FabricRepaired(String difference) implements Happening {}

  /**
   * Another server leads: it alone talks to the fabric and calls webhooks.
   *
   * @param from who led before, if anybody; the same name when a server has started again
   */
  record LeaderChanged(@Nullable String from, String to, long generation) implements Happening {}
}
