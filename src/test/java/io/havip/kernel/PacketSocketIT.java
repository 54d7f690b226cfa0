package io.havip.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One veth pair: `near` here, `far` in the namespace `other`. */
class PacketSocketIT {
  private static final NetworkNamespace OTHER = NetworkNamespace.named("other");
  private static final Duration A_WHILE = Duration.ofSeconds(5);
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  @BeforeEach
  void wire() throws Exception {
    run("ip netns add other");
    run("ip link add near type veth peer name far netns other");
    run("ip -n other link set far addrgenmode none");
    run("ip -n other addr add 10.99.0.2/24 dev far");
    run("ip -n other link set far up");
    run("ip link set near addrgenmode none");
    run("ip addr add 10.99.0.1/24 dev near");
    run("ip link set near up");
    // The kernel lets packets through a moment after the carrier is there.
    while (!run("ip -n other link show far").contains(" state UP ")) {
      Thread.sleep(Duration.ofMillis(2));
    }
  }

  @AfterEach
  void unwire() throws Exception {
    // Left to the namespace, it would stay until the kernel finds time to remove it.
    run("ip link del near");
    run("ip netns del other");
  }

  @Test
  void aFrameArrivesAsItWasSent() throws Exception {
    byte[] frame = new byte[1514];
    frame[0] = (byte) 0xff;
    frame[12] = (byte) 0x88;
    frame[13] = (byte) 0xb5; // an experimental EtherType, IEEE 802
    frame[1513] = 42;
    try (PacketSocket near = PacketSocket.open("near");
        PacketSocket far = OTHER.call(() -> PacketSocket.open("far"))) {
      near.send(frame);
      assertThat(far.receive(A_WHILE)).hasValue(frame);
      far.send(frame);
      assertThat(near.receive(A_WHILE)).hasValue(frame);
    }
  }

  @Test
  void theWaitForAFrameEnds() throws Exception {
    try (PacketSocket near = PacketSocket.open("near")) {
      assertThat(near.receive(A_MOMENT)).isEqualTo(Optional.empty());
    }
  }

  @Test
  void anInterfaceOfAnotherNamespaceIsNotHere() {
    assertThatThrownBy(() -> PacketSocket.open("far"))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("far");
  }

  @Test
  void aChannelOfTheJdkBelongsToTheNamespaceItWasOpenedIn() throws Exception {
    try (DatagramChannel far = OTHER.call(() -> channel("10.99.0.2"));
        DatagramChannel near = channel("10.99.0.1")) {
      near.send(ByteBuffer.wrap(new byte[] {7}), far.getLocalAddress());
      far.socket().setSoTimeout((int) A_WHILE.toMillis());
      DatagramPacket received = new DatagramPacket(new byte[8], 8);
      far.socket().receive(received);
      assertThat(received.getSocketAddress()).isEqualTo(near.getLocalAddress());
      assertThat(received.getData()).startsWith(7);
    }
  }

  @Test
  void aNamespaceThatDoesNotExistIsNamedInTheError() {
    assertThatThrownBy(() -> NetworkNamespace.named("nobody").call(() -> 1))
        .isInstanceOf(KernelException.class)
        .hasMessage("open /run/netns/nobody: No such file or directory");
  }

  @Test
  void theWorksOwnErrorComesOut() {
    assertThatThrownBy(() ->
            OTHER.call(() -> {
              throw new IOException("as planned");
            }))
        .isInstanceOf(IOException.class)
        .hasMessage("as planned");
  }

  private static DatagramChannel channel(String address) throws IOException {
    return DatagramChannel.open(StandardProtocolFamily.INET)
        .bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
  }

  private static String run(String command) throws Exception {
    Process process =
        new ProcessBuilder(List.of(command.split(" "))).redirectErrorStream(true).start();
    String said = process.inputReader().readAllAsString();
    assertThat(process.waitFor()).as(command + ": " + said).isZero();
    return said;
  }
}
