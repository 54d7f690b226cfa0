package io.havip.vip;

/**
 * How far VIPs may go. VRRP advertisements of more than five addresses are not read by the fabrics,
 * so more VIPs a VM than that would need each its own VRRP instance.
 *
 * @param vmsPerVip how many VMs may be bound to one VIP
 * @param vipsPerVm how many VIPs one VM may be bound to, internal and external together
 * @param floating whether VIPs may have floating addresses, which not every fabric can translate
 */
public record Limits(int vmsPerVip, int vipsPerVm, boolean floating) {
  public static final Limits DEFAULT = new Limits(3, 5);

  /** Without floating addresses. */
  public Limits(int vmsPerVip, int vipsPerVm) {
    this(vmsPerVip, vipsPerVm, false);
  }
}
