package io.havip.demo;

import io.havip.net.Cidr;
import java.io.IOException;

/** How guests are joined to the fabric. */
interface Plugs {
  /** Makes a guest with its NIC, and joins it. */
  void plug(Guest guest, Cidr subnet) throws IOException, InterruptedException;

  /** Takes it off, and removes it. */
  void unplug(Guest guest) throws IOException, InterruptedException;

  /** Whether the fabric tells what it refused. */
  boolean tellsRefusals();

  /** The server attaches the guests' ports to its bridges by itself. */
  Plugs TO_THIS_HOST =
      new Plugs() {
        @Override
        public void plug(Guest guest, Cidr subnet) throws IOException, InterruptedException {
          guest.plug(subnet);
        }

        @Override
        public void unplug(Guest guest) throws IOException, InterruptedException {
          guest.unplug();
        }

        @Override
        public boolean tellsRefusals() {
          return true;
        }
      };

  /** The guests are spread over the chassis, so that members fail over between these. */
  record ToOvn(Ovn ovn) implements Plugs {
    @Override
    public void plug(Guest guest, Cidr subnet) throws IOException, InterruptedException {
      guest.plug(subnet);
      Ovn.dontOffload(guest.port(), Guest.NIC);
      ovn.plug(chassisOf(guest), guest.port());
    }

    @Override
    public void unplug(Guest guest) throws IOException, InterruptedException {
      ovn.unplug(chassisOf(guest), guest.port());
      guest.unplug();
    }

    static Ovn.Chassis chassisOf(Guest guest) {
      return guest.equals(Stage.VM1) || guest.equals(Stage.VM4)
          ? Ovn.Chassis.FIRST
          : Ovn.Chassis.SECOND;
    }

    @Override
    public boolean tellsRefusals() {
      return false;
    }
  }
}
