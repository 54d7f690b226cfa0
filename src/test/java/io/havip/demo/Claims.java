package io.havip.demo;

import io.havip.kernel.PacketSocket;
import io.havip.wire.Ethernet;
import io.havip.wire.Ipv4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What guests say on the wire about the VIP. */
final class Claims {
  private static final int ETHER_TYPE_OFFSET = 12;
  private static final int PAYLOAD_OFFSET = 14;
  private static final int ARP_SENDER_OFFSET = PAYLOAD_OFFSET + 14;
  private static final int IP_PROTOCOL_OFFSET = PAYLOAD_OFFSET + 9;

  private Claims() {}

  /** When somebody advertises or claims the VIP there for the first time from now on. */
  static CompletableFuture<Instant> firstAt(PacketSocket socket) {
    CompletableFuture<Instant> first = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (socket) {
            while (!first.isDone()) {
              Optional<byte[]> frame = socket.receive(Duration.ofMillis(100));
              if (frame.filter(Claims::isClaim).isPresent()) {
                first.complete(Instant.now());
              }
            }
          } catch (Exception e) {
            first.completeExceptionally(e);
          }
        });
    return first;
  }

  private static boolean isClaim(byte[] octets) {
    ByteBuffer frame = ByteBuffer.wrap(octets);
    int type = Short.toUnsignedInt(frame.getShort(ETHER_TYPE_OFFSET));
    return type == Ethernet.ARP
        ? frame.getInt(ARP_SENDER_OFFSET) == Stage.VIP.bits()
        : type == Ethernet.IPV4 && frame.get(IP_PROTOCOL_OFFSET) == Ipv4.VRRP;
  }
}
