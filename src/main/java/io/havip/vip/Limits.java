package io.havip.vip;

/**
 * How far VIPs may go. VRRP advertisements of more than five addresses are not read by the fabrics,
 * so more VIPs a VM than that would need each its own VRRP instance.
 *
 * @param vmsPerVip how many VMs may be bound to one VIP
 * @param vipsPerVm how many VIPs one VM may be bound to, internal and external together
 * @param floating whether VIPs may have floating addresses, which not every fabric can translate
 * @param asksForAddresses whether the fabric can ask other hosts for an address before it is used;
 *     where it cannot, members do not choose addresses on joined networks
 */
public record Limits(int vmsPerVip, int vipsPerVm, boolean floating, boolean asksForAddresses) {
  public static final Limits DEFAULT = new Limits(3, 5);

  /** The same limits where the fabric can ask for addresses, or cannot. */
  public Limits asking(boolean asks) {
    return new Limits(vmsPerVip, vipsPerVm, floating, asks);
  }

  /** On a fabric that can ask for addresses. */
  public Limits(int vmsPerVip, int vipsPerVm, boolean floating) {
    this(vmsPerVip, vipsPerVm, floating, true);
  }

  /** Without floating addresses, on a fabric that can ask for addresses. */
  public Limits(int vmsPerVip, int vipsPerVm) {
    this(vmsPerVip, vipsPerVm, false);
  }
}
