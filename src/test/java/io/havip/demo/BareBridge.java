package io.havip.demo;

import java.io.IOException;

/** A bridge that does not defend itself; what its members are told was generated before. */
final class BareBridge implements Ground {
  private static final String NAME = "bare";

  private final Keepaliveds.Configurations configurations;

  BareBridge(Keepaliveds.Configurations configurations) throws IOException, InterruptedException {
    this.configurations = configurations;
    Program.output("ip", "link", "add", NAME, "type", "bridge", "forward_delay", "0");
    Program.output("ip", "link", "set", NAME, "up");
  }

  @Override
  public void connect(Guest guest, boolean second) throws IOException, InterruptedException {
    Program.output("ip", "link", "set", Arena.port(guest, second), "master", NAME);
  }

  @Override
  public String configuration(Guest member) throws IOException, InterruptedException {
    return configurations.of(member);
  }

  /** Nobody watches; the client can tell. */
  @Override
  public boolean isHeldBy(Guest guest) throws IOException, InterruptedException {
    return guest.has(Stage.VIP);
  }

  /** Removes it. */
  void remove() throws IOException, InterruptedException {
    Program.output("ip", "link", "del", NAME);
  }
}
