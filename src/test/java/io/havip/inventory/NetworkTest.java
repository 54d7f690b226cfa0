package io.havip.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.error.ErrorCode;
import io.havip.error.FieldError;
import io.havip.id.NetworkId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
  private static Network network(String cidr, String gateway, List<AddressRange> reserved) {
    return new ExternalNetwork(
        new NetworkId("extnet-00000000000000000000000001"),
        1,
        "network",
        Cidr.parse(cidr),
        Ipv4Address.parse(gateway),
        reserved,
        null,
        null,
        Enforcement.ENFORCE,
        NetworkPolicy.DEFAULT,
        Sharing.WITH_ALL,
        1,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  @Test
  void membersGetThoseOfTheirRangesThatCanBeHad() {
    ExternalNetwork plain =
        (ExternalNetwork)
            network("10.0.0.0/24", "10.0.0.1", List.of(AddressRange.parse("10.0.0.20-10.0.0.29")));
    NetworkPolicy policy =
        new NetworkPolicy(
            null,
            List.of(),
            List.of(),
            false,
            Stream.of(
                    "10.0.0.25-10.0.0.40", "10.0.0.0-10.0.0.3", "10.0.0.38-10.0.0.41", "10.0.0.255")
                .map(AddressRange::parse)
                .toList(),
            NetworkPolicy.DEFAULT.otherTraffic(),
            NetworkPolicy.DEFAULT.ipsec());
    Network network =
        plain.with(plain.name(), plain.enforcement(), policy, plain.sharing(), Instant.EPOCH);
    assertThat(network.memberAddresses())
        .containsExactly(
            AddressRange.parse("10.0.0.2-10.0.0.3"),
            AddressRange.parse("10.0.0.30-10.0.0.40"),
            AddressRange.parse("10.0.0.41"));
    assertThat(plain.memberAddresses()).isEqualTo(plain.assignable());
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, ADDRESS_RESERVED, the network address",
    "10.0.0.255, ADDRESS_RESERVED, the broadcast address",
    "10.0.0.1, ADDRESS_RESERVED, the gateway's address",
    "10.0.0.20, ADDRESS_RESERVED, a reserved address",
    "10.0.0.29, ADDRESS_RESERVED, a reserved address",
    "10.0.1.0, ADDRESS_OUTSIDE_NETWORK, outside network",
    "9.255.255.255, ADDRESS_OUTSIDE_NETWORK, outside network",
  })
  void saysWhyAnAddressCannotBeHad(String address, ErrorCode code, String why) {
    Network network =
        network("10.0.0.0/24", "10.0.0.1", List.of(AddressRange.parse("10.0.0.20-10.0.0.29")));

    FieldError error = network.refusal("address", Ipv4Address.parse(address)).orElseThrow();

    assertThat(error.code()).isEqualTo(code);
    assertThat(error.field()).isEqualTo("address");
    assertThat(error.message()).contains(address, why, "10.0.0.0/24");
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.2", "10.0.0.19", "10.0.0.30", "10.0.0.254"})
  void letsEveryOtherAddressBeHad(String address) {
    Network network =
        network("10.0.0.0/24", "10.0.0.1", List.of(AddressRange.parse("10.0.0.20-10.0.0.29")));

    assertThat(network.refusal("address", Ipv4Address.parse(address))).isEmpty();
  }

  @Test
  void theLastNetworkOfAllHasAssignableAddresses() {
    assertThat(network("255.255.255.248/29", "255.255.255.249", List.of()).assignable())
        .containsExactly(AddressRange.parse("255.255.255.250-255.255.255.254"));
  }

  /** Two ways to say the same thing must agree on every address of the network and around it. */
  @Property
  void whatIsAssignableIsWhatIsNotRefused(
      @ForAll @IntRange(min = 1, max = 30) int gateway,
      @ForAll @Size(max = 6) List<@IntRange(max = 31) Integer> firsts,
      @ForAll @IntRange(max = 12) int length) {
    long base = Ipv4Address.parse("10.0.0.32").toLong();
    List<AddressRange> reserved =
        firsts.stream()
            .map(first ->
                new AddressRange(
                    Ipv4Address.ofLong(base + first),
                    Ipv4Address.ofLong(base + Math.min(31, first + length))))
            .toList();
    Network network =
        network("10.0.0.32/27", Ipv4Address.ofLong(base + gateway).toString(), reserved);

    List<AddressRange> assignable = network.assignable();

    Stream<Ipv4Address> around =
        LongStream.range(base - 5, base + 40).mapToObj(Ipv4Address::ofLong);
    assertThat(around)
        .allSatisfy(address ->
            assertThat(assignable.stream().anyMatch(range -> range.contains(address)))
                .isEqualTo(network.refusal("address", address).isEmpty()));
    for (int i = 1; i < assignable.size(); i++) {
      assertThat(assignable.get(i).first().toLong())
          .as("ranges ascend and do not touch")
          .isGreaterThan(assignable.get(i - 1).last().toLong() + 1);
    }
  }
}
