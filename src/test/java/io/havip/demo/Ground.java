package io.havip.demo;

import java.io.IOException;

/** What the VMs of an {@link Arena} are plugged into. */
interface Ground {
  /** Connects a guest's first NIC to the subnet, or its second one to the external network. */
  void connect(Guest guest, boolean second)
      throws CheckFailedException, IOException, InterruptedException;

  /** What the HA software of a member is told. */
  String configuration(Guest member) throws IOException, InterruptedException;

  /** Whether it takes the guest for the only holder of the VIP. */
  boolean isHeldBy(Guest guest) throws IOException, InterruptedException;
}
