package io.havip.demo;

import java.io.IOException;

/** How the NICs of an {@link Arena}'s guests come to the fabric of a real server. */
interface Cabling {
  /** What the external network names as its uplink. */
  String UPLINK = "outside";

  /** Makes the uplink, which is there before HAVIP uses it. */
  void layUplink(CleanUps cleanUps) throws IOException, InterruptedException;

  /** Joins a guest's first or second NIC, of which HAVIP has a record, and waits until it is. */
  void connect(Guest guest, boolean second)
      throws CheckFailedException, IOException, InterruptedException;

  /** Joins a guest's second NIC to what the uplink leads to. */
  void connectOutside(Guest guest) throws IOException, InterruptedException;

  /** The server attaches ports to its bridges by itself; the uplink is a bridge too. */
  Cabling OF_THIS_HOST =
      new Cabling() {
        @Override
        public void layUplink(CleanUps cleanUps) throws IOException, InterruptedException {
          Program.output("ip", "link", "add", UPLINK, "type", "bridge", "forward_delay", "0");
          cleanUps.add(() -> Program.output("ip", "link", "del", UPLINK));
          Program.output("ip", "link", "set", UPLINK, "up");
        }

        @Override
        public void connect(Guest guest, boolean second)
            throws CheckFailedException, IOException, InterruptedException {
          String port = Arena.port(guest, second);
          Checks.Look<String> link = () -> Program.output("ip", "link", "show", port);
          Checks.awaitTrue(port + " is attached", () -> link.now().contains(" master "), link);
        }

        @Override
        public void connectOutside(Guest guest) throws IOException, InterruptedException {
          Program.output("ip", "link", "set", Arena.secondPort(guest), "master", UPLINK);
        }
      };

  /** The members are on one chassis each; the uplink is the physical network that joins these. */
  record OfOvn(Ovn ovn) implements Cabling {
    @Override
    public void layUplink(CleanUps cleanUps) throws IOException, InterruptedException {
      ovn.layPhysicalNetwork(UPLINK);
    }

    @Override
    public void connect(Guest guest, boolean second) throws IOException, InterruptedException {
      String port = Arena.port(guest, second);
      Ovn.dontOffload(guest.port(), second ? Arena.SECOND_NIC : Guest.NIC);
      ovn.plug(Plugs.ToOvn.chassisOf(guest), port);
      ovn.nbctl("wait-until", "Logical_Switch_Port", port, "up=true");
      ovn.nbctl("--wait=hv", "sync");
    }

    @Override
    public void connectOutside(Guest guest) throws IOException, InterruptedException {
      Ovn.dontOffload(guest.port(), Arena.SECOND_NIC);
      ovn.plugOutside(Plugs.ToOvn.chassisOf(guest), Arena.secondPort(guest));
    }
  }
}
