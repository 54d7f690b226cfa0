package io.havip.agent;

import io.havip.kernel.KernelException;
import io.havip.kernel.PacketTap;
import io.havip.ovsdb.OvsdbClient;
import io.havip.ovsdb.Remote;
import io.havip.ovsdb.Replica;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Hears what VMs say at the ports of this host, and tells the servers. Which ports there are it
 * follows in the host's Open vSwitch; while that cannot be reached it tells nothing, because nobody
 * knows then whose words it hears.
 */
public final class Agent implements AutoCloseable {
  /** How long the thread that listens may go on when it shall end. */
  private static final Duration LISTEN_FOR = Duration.ofMillis(200);

  private static final System.Logger LOG = System.getLogger(Agent.class.getName());

  private final Interfaces interfaces = new Interfaces();
  private final Sightings sightings = new Sightings();
  private final PacketTap tap;
  private final OvsdbClient ovs;
  private final List<Reporter> reporters;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread listener = Thread.ofPlatform().name("listen").unstarted(this::listen);
  private volatile boolean isClosing;

  /**
   * Where it looks and whom it tells.
   *
   * @param ovs the database of the host's Open vSwitch
   * @param servers all of them, because any may lead
   */
  public record Options(Remote ovs, List<URI> servers, String token) {
    public Options {
      servers = List.copyOf(servers);
    }
  }

  private Agent(Options options, PacketTap tap) {
    this.tap = tap;
    this.ovs =
        OvsdbClient.start(
            new OvsdbClient.Options(
                Interfaces.DATABASE,
                List.of(options.ovs()),
                null,
                Interfaces.TABLES,
                OvsdbClient.Options.SILENCE_MAX),
            new OvsdbClient.Listener() {
              @Override
              public void changed(List<Replica.Change> changes) {
                interfaces.take(changes);
                sightings.listenAt(interfaces.ports());
              }

              @Override
              public void connected(boolean isConnected) {}
            });
    this.reporters =
        options.servers().stream()
            .map(server -> Reporter.start(server, options.token(), sightings, this::chassis))
            .toList();
  }

  /** Opens a tap in the network namespace that this thread is in: that of the VMs' interfaces. */
  public static PacketTap tap() throws KernelException {
    return PacketTap.open(LISTEN_FOR);
  }

  /**
   * Begins to listen and to tell.
   *
   * @param tap is closed with the agent
   */
  public static Agent start(Options options, PacketTap tap) {
    Agent agent = new Agent(options, tap);
    agent.listener.start();
    return agent;
  }

  private Optional<String> chassis() {
    return ovs.isConnected() ? interfaces.chassis() : Optional.empty();
  }

  private void listen() {
    try {
      while (!isClosing) {
        Optional<PacketTap.Frame> frame = tap.receive();
        long now = System.nanoTime();
        frame.ifPresent(it ->
            interfaces
                .portAt(it.interfaceIndex())
                .ifPresent(port -> sightings.heard(port, it.octets(), now)));
      }
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.ERROR, "Nothing can be heard any more", e);
    } finally {
      ended.countDown();
    }
  }

  /** Waits until it hears nothing any more, which only a failure or {@link #close} does. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  @Override
  public void close() {
    isClosing = true;
    reporters.forEach(Reporter::close);
    ovs.close();
    try {
      listener.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tap.close();
  }
}
