package io.havip.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static final long MAC_MAX = (1L << 48) - 1;

  @Property
  void anIpv4AddressIsReadAsItIsWritten(@ForAll int bits) {
    Ipv4Address address = new Ipv4Address(bits);

    assertThat(Ipv4Address.parse(address.toString())).isEqualTo(address);
    assertThat(Ipv4Address.ofLong(address.toLong())).isEqualTo(address);
  }

  @Property
  void aMacAddressIsReadAsItIsWritten(@ForAll @LongRange(max = MAC_MAX) long bits) {
    MacAddress mac = new MacAddress(bits);

    assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
    assertThat(MacAddress.parse(mac.toString().toUpperCase(Locale.ROOT))).isEqualTo(mac);
  }

  @Property
  void aCidrIsReadAsItIsWritten(@ForAll int bits, @ForAll @IntRange(max = 32) int length) {
    Cidr cidr = cidr(bits, length);

    assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
    assertThat(cidr.broadcast().toLong() - cidr.network().toLong() + 1)
        .isEqualTo(1L << (32 - length));
  }

  @Property
  void aCidrContainsWhatLiesBetweenItsEnds(
      @ForAll int bits, @ForAll @IntRange(max = 32) int length, @ForAll int other) {
    Cidr cidr = cidr(bits, length);
    Ipv4Address address = new Ipv4Address(other);

    assertThat(cidr.contains(address))
        .isEqualTo(new AddressRange(cidr.network(), cidr.broadcast()).contains(address));
    assertThat(cidr.contains(cidr.network())).isTrue();
    assertThat(cidr.contains(cidr.broadcast())).isTrue();
  }

  @Property
  void prefixesOverlapWhenOneContainsTheOther(
      @ForAll int bits,
      @ForAll @IntRange(max = 32) int length,
      @ForAll @IntRange(max = 32) int otherLength,
      @ForAll @IntRange(max = 31) int flipped) {
    Cidr cidr = cidr(bits, length);
    Cidr other = cidr(bits ^ 1 << flipped, otherLength);
    boolean overlap =
        cidr.network().compareTo(other.broadcast()) <= 0
            && other.network().compareTo(cidr.broadcast()) <= 0;

    assertThat(cidr.overlaps(other)).isEqualTo(overlap);
    assertThat(other.overlaps(cidr)).isEqualTo(overlap);
    assertThat(cidr.contains(other) || other.contains(cidr)).isEqualTo(overlap);
  }

  private static Cidr cidr(int bits, int length) {
    long mask = 0xffff_ffffL << (32 - length);
    return new Cidr(new Ipv4Address((int) (bits & mask)), length);
  }

  @Property
  void aRangeIsReadAsItIsWritten(@ForAll int one, @ForAll int two) {
    Ipv4Address a = new Ipv4Address(one);
    Ipv4Address b = new Ipv4Address(two);
    AddressRange range = a.compareTo(b) <= 0 ? new AddressRange(a, b) : new AddressRange(b, a);

    assertThat(AddressRange.parse(range.toString())).isEqualTo(range);
    assertThat(range.contains(a) && range.contains(b)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0",
        "10.0.0.0.0",
        "10.0.0.256",
        "10.0.0.01",
        "010.0.0.1",
        "10.0.0.-1",
        " 10.0.0.1",
        "10.0.0.1\n",
        "10.0.0.1/24",
        "10..0.1",
        "10.0.0.99999999999",
        "::1",
        "١٠.0.0.1",
        "host"
      })
  void whatIsNoIpv4AddressIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ipv4Address.parse(text))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining("like 10.0.0.10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/24/24",
        "10.0.0.0/255.0.0.0",
        "10.0.0/24",
        "10.0.0.0/99999999999",
        "/24"
      })
  void whatIsNoCidrIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
  }

  @Test
  void aCidrWithHostBitsIsCorrected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse("10.0.0.7/24"))
        .withMessageContaining("did you mean 10.0.0.0/24?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "02:00:00:00:00",
        "02:00:00:00:00:00:00",
        "02-00-00-00-00-11",
        "0200.0000.0011",
        "02:00:00:00:00:1",
        "02:00:00:00:00:1g",
        "020000000011"
      })
  void whatIsNoMacAddressIsRefusedWithAnExample(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MacAddress.parse(text))
        .withMessageContaining("like 02:00:00:00:00:11");
  }

  @Test
  void onlyAStationsOwnMacAddressIsUnicast() {
    assertThat(MacAddress.parse("02:00:00:00:00:11").isUnicast()).isTrue();
    assertThat(MacAddress.parse("00:00:5e:00:01:33").isUnicast()).isTrue();
    assertThat(MacAddress.parse("01:00:5e:00:00:12").isUnicast()).isFalse();
    assertThat(MacAddress.parse("ff:ff:ff:ff:ff:ff").isUnicast()).isFalse();
    assertThat(MacAddress.parse("00:00:00:00:00:00").isUnicast()).isFalse();
  }

  @Test
  void aRangeDoesNotEndBeforeItBegins() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressRange.parse("10.0.0.9-10.0.0.2"))
        .withMessageContaining("ends before it begins");
    assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse("10.0.0.9-"));
  }

  @Test
  void addressesAreOrderedAsUnsignedNumbersAndWrittenInNetworkOrder() {
    Ipv4Address high = Ipv4Address.parse("192.0.2.1");

    assertThat(high).isGreaterThan(Ipv4Address.parse("10.0.0.1"));
    assertThat(high.toBytes()).containsExactly(192, 0, 2, 1);
    assertThat(MacAddress.parse("02:01:00:00:00:fe").toBytes()).containsExactly(2, 1, 0, 0, 0, 254);
  }
}
