package io.havip.demo;

import java.io.IOException;

/** What the VMs of an {@link Arena} are plugged into. */
interface Ground {
  /** Connects an interface of the host to the subnet, or to the external network. */
  void connect(String port, boolean external)
      throws CheckFailedException, IOException, InterruptedException;

  /** What the HA software of a member is told. */
  String configuration(Guest member) throws IOException, InterruptedException;

  /** Whether it takes the guest for the only holder of the VIP. */
  boolean isHeldBy(Guest guest) throws IOException, InterruptedException;
}
