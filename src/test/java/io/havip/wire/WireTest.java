package io.havip.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares with octets that Linux and keepalived 2.2.7 sent, and with the RFCs' own examples. */
class WireTest {
  private static final Ipv4Address VM1 = Ipv4Address.parse("10.77.0.11");
  private static final Ipv4Address VM2 = Ipv4Address.parse("10.77.0.12");
  private static final Ipv4Address VIP = Ipv4Address.parse("10.77.0.100");
  private static final MacAddress MAC1 = MacAddress.parse("02:00:0a:4d:00:11");
  private static final MacAddress MAC2 = MacAddress.parse("02:00:0a:4d:00:12");
  private static final byte[] ADVERTISEMENT = octets("31339601000a18e30a4d0064");

  @Test
  void aGratuitousArpLikeKeepalived() {
    byte[] arp = Arp.gratuitous(Arp.Operation.REQUEST, MAC1, VIP).toBytes();
    assertThat(Ethernet.frame(Ethernet.BROADCAST, MAC1, Ethernet.ARP, arp))
        .isEqualTo(
            octets(
                "ffffffffffff02000a4d00110806000108000604000102000a4d00110a4d0064ffffffffffff"
                    + "0a4d0064"));
  }

  @Test
  void anArpReplyLikeLinux() {
    byte[] arp = new Arp(Arp.Operation.REPLY, MAC2, VM2, MAC1, VM1).toBytes();
    assertThat(Ethernet.frame(MAC1, MAC2, Ethernet.ARP, arp))
        .isEqualTo(
            octets(
                "02000a4d001102000a4d00120806000108000604000202000a4d00120a4d000c02000a4d0011"
                    + "0a4d000b"));
  }

  @Test
  void whatIsWrittenAsArpIsReadTheSameAndAnythingElseIsNot() {
    for (Arp arp :
        List.of(
            new Arp(Arp.Operation.REPLY, MAC2, VM2, MAC1, VM1),
            Arp.gratuitous(Arp.Operation.REQUEST, MAC1, VIP))) {
      assertThat(Arp.read(ByteBuffer.wrap(arp.toBytes()))).hasValue(arp);
      assertThat(Arp.read(ByteBuffer.wrap(Arrays.copyOf(arp.toBytes(), 27)))).isEmpty();
      for (int octet = 0; octet < 8; octet++) {
        byte[] other = arp.toBytes();
        other[octet] = 9;
        assertThat(Arp.read(ByteBuffer.wrap(other))).as("octet %d", octet).isEmpty();
      }
    }
  }

  @Test
  void aVrrpPacketLikeKeepalivedButForTheTypeOfService() {
    byte[] packet = new Ipv4(VM1, VM2, Ipv4.VRRP, 255, 1).packet(ADVERTISEMENT);
    byte[] sent = octets("45c0002000010000ff70a5fc0a4d000b0a4d000c31339601000a18e30a4d0064");
    sent[1] = 0;
    sent[10] = (byte) 0xa6; // 0xa5fc with 0x00c0 less in the sum
    sent[11] = (byte) 0xbc;
    assertThat(packet).isEqualTo(sent);
  }

  @Test
  void fragmentsShareTheirIdentificationAndSayWhereTheyBelong() {
    List<byte[]> fragments =
        new Ipv4(VM1, VM2, Ipv4.VRRP, 255, 0x1234).twoFragments(ADVERTISEMENT, 8);
    assertThat(HexFormat.of().formatHex(fragments.getFirst()))
        .startsWith("4500001c12342000ff70")
        .endsWith("0a4d000b0a4d000c31339601000a18e3");
    assertThat(HexFormat.of().formatHex(fragments.getLast()))
        .startsWith("4500001812340001ff70")
        .endsWith("0a4d000b0a4d000c0a4d0064");
    for (byte[] fragment : fragments) {
      assertThat(InternetChecksum.of(Arrays.copyOf(fragment, 20))).isZero();
    }
  }

  @Test
  void fragmentsAreCutAtEightOctets() {
    Ipv4 header = new Ipv4(VM1, VM2, Ipv4.VRRP, 255, 1);
    for (int firstOctets : new int[] {0, 4, 16}) {
      assertThatThrownBy(() -> header.twoFragments(ADVERTISEMENT, firstOctets))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aUdpDatagramChecksItsAddressesAndContents() {
    byte[] packet =
        Udp.packet(new Ipv4(VIP, VM1, Ipv4.UDP, 64, 0), 9000, 4711, new byte[] {1, 2, 3});
    assertThat(HexFormat.of().formatHex(packet)).contains("0a4d00640a4d000b" + "23281267000b");
    byte[] datagram = Arrays.copyOfRange(packet, 20, packet.length);
    assertThat(
            InternetChecksum.of(Ipv4.pseudoHeader(VIP, VM1, Ipv4.UDP, datagram.length), datagram))
        .isZero();
  }

  @Test
  void theChecksumOfRfc1071Section3() {
    assertThat(InternetChecksum.of(octets("0001f203f4f5f6f7"))).isEqualTo(~0xddf2 & 0xffff);
  }

  @Test
  void aGroupHasItsOwnMac() {
    assertThat(Ethernet.ofGroup(Ipv4Address.parse("224.0.0.18"))).hasToString("01:00:5e:00:00:12");
    assertThat(Ethernet.ofGroup(Ipv4Address.parse("239.255.1.2"))).hasToString("01:00:5e:7f:01:02");
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
