package io.havip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.havip.net.Ipv4Address;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The octets in hexadecimal were sent by keepalived 2.2.7. */
class AdvertisementTest {
  private static final Ipv4Address SOURCE = Ipv4Address.parse("10.77.0.11");
  private static final Ipv4Address PEER = Ipv4Address.parse("10.77.0.12");
  private static final List<Ipv4Address> VIP = List.of(Ipv4Address.parse("10.77.0.100"));

  private static final String V3_UNICAST = "31339601000a18e30a4d0064";
  private static final String V3_RESIGNS = "31330001000aaee30a4d0064";
  private static final String V2_MULTICAST = "2133960100013e190a4d00640000000000000000";

  @Test
  void readsVersion3() throws Exception {
    assertThat(Advertisement.parse(octets(V3_UNICAST), SOURCE, PEER))
        .isEqualTo(new Advertisement(VrrpVersion.V3, 51, 150, Duration.ofMillis(100), VIP));
    assertThat(Advertisement.parse(octets(V3_RESIGNS), SOURCE, PEER).priority()).isZero();
  }

  @Test
  void readsVersion2() throws Exception {
    assertThat(Advertisement.parse(octets(V2_MULTICAST), SOURCE, Advertisement.GROUP))
        .isEqualTo(new Advertisement(VrrpVersion.V2, 51, 150, Duration.ofSeconds(1), VIP));
  }

  @Test
  void writesWhatKeepalivedWrites() throws Exception {
    for (String message : List.of(V3_UNICAST, V3_RESIGNS, V2_MULTICAST)) {
      assertThat(Advertisement.parse(octets(message), SOURCE, PEER).toBytes(SOURCE, PEER))
          .isEqualTo(octets(message));
    }
  }

  @Test
  void theAddressesOfThePacketCountInVersion3() {
    assertThatThrownBy(() -> Advertisement.parse(octets(V3_UNICAST), SOURCE, SOURCE))
        .isInstanceOf(MalformedAdvertisementException.class)
        .hasMessage("the checksum is wrong");
  }

  @ParameterizedTest
  @CsvSource({
    "31339601000a18, 7 octets are too few for an advertisement",
    "41339601000a18e30a4d0064, version 4 is neither 2 nor 3",
    "32339601000a18e30a4d0064, type 2 is no advertisement",
    "31339602000a18e30a4d0064, 'with 2 addresses it should have 16 octets, not 12'",
    "31339601000a18e30a4d006400, 'with 1 addresses it should have 12 octets, not 13'",
    "31339601000a18e40a4d0064, the checksum is wrong",
    "2133960101013d190a4d00640000000000000000, authentication type 1 is not supported",
    "31009601000a19160a4d0064, 'the virtual router id must be 1 to 255, not 0'",
    "31339601000018ed0a4d0064, 'the interval in units of PT0.01S must be 1 to 4095, not 0'",
  })
  void saysWhatIsWrong(String message, String problem) {
    assertThatThrownBy(() -> Advertisement.parse(octets(message), SOURCE, PEER))
        .isInstanceOf(MalformedAdvertisementException.class)
        .hasMessage(problem);
  }

  @Test
  void anIntervalMustFitItsVersion() {
    assertThatThrownBy(
            () -> new Advertisement(VrrpVersion.V2, 51, 150, Duration.ofMillis(1500), VIP))
        .hasMessage("PT1.5S is no multiple of PT1S");
    assertThatThrownBy(
            () -> new Advertisement(VrrpVersion.V3, 51, 150, Duration.ofSeconds(41), VIP))
        .hasMessageContaining("1 to 4095");
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
