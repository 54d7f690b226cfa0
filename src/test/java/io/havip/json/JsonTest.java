package io.havip.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.havip.event.AnnouncementReason;
import io.havip.event.ClaimKind;
import io.havip.event.Happening;
import io.havip.id.NetworkId;
import io.havip.id.VmId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.vip.VipState;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JsonNode;

class JsonTest {
  private static final NetworkId NETWORK = new NetworkId("subnet-01k3v4w5x6y7z8a9b0c1d2e3f4");
  private static final VmId VM = new VmId("vm-01k3v4w5x6y7z8a9b0c1d2e3f4");

  record Everything(
      VmId vmId,
      Ipv4Address address,
      MacAddress mac,
      Cidr cidr,
      AddressRange range,
      VipState state,
      ClaimKind kind,
      Instant at,
      @Nullable String remark) {}

  record Body(
      String name, int count, boolean flag, List<VmId> vmIds, @Nullable Ipv4Address address) {}

  private static final String EVERYTHING =
      """
      {"vmId":"vm-01k3v4w5x6y7z8a9b0c1d2e3f4","address":"10.0.0.10","mac":"02:00:00:00:00:11",\
      "cidr":"10.0.0.0/24","range":"10.0.0.2-10.0.0.9","state":"available","kind":"arp",\
      "at":"2030-01-31T12:00:00.000001Z","remark":null}\
      """;

  @Test
  void valuesAreStringsBothWays() {
    Everything everything =
        new Everything(
            VM,
            Ipv4Address.parse("10.0.0.10"),
            MacAddress.parse("02:00:00:00:00:11"),
            Cidr.parse("10.0.0.0/24"),
            AddressRange.parse("10.0.0.2-10.0.0.9"),
            VipState.AVAILABLE,
            ClaimKind.ARP,
            Instant.parse("2030-01-31T12:00:00.000001Z"),
            null);
    assertThat(Json.MAPPER.writeValueAsString(everything)).isEqualTo(EVERYTHING);
    assertThat(Json.MAPPER.readValue(EVERYTHING, Everything.class)).isEqualTo(everything);
  }

  @Test
  void aWholeSecondHasItsMicrosecondsToo() {
    assertThat(Json.MAPPER.writeValueAsString(Instant.parse("2030-01-31T12:00:00Z")))
        .isEqualTo("\"2030-01-31T12:00:00.000000Z\"");
  }

  @Test
  void whatIsNullableMayBeLeftOut() {
    assertThat(
            Json.MAPPER.readValue(
                "{'name':'a','count':1,'flag':true,'vmIds':[]}".replace('\'', '"'), Body.class))
        .isEqualTo(new Body("a", 1, true, List.of(), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"name":1,"count":1,"flag":true,"vmIds":[]}                   | name
          {"name":true,"count":1,"flag":true,"vmIds":[]}                | name
          {"name":null,"count":1,"flag":true,"vmIds":[]}                | name
          {"name":{},"count":1,"flag":true,"vmIds":[]}                  | name
          {"name":"a","count":"1","flag":true,"vmIds":[]}               | count
          {"name":"a","count":1.0,"flag":true,"vmIds":[]}               | count
          {"name":"a","count":true,"flag":true,"vmIds":[]}              | count
          {"name":"a","count":null,"flag":true,"vmIds":[]}              | count
          {"name":"a","count":99999999999,"flag":true,"vmIds":[]}       | count
          {"name":"a","count":1,"flag":1,"vmIds":[]}                    | flag
          {"name":"a","count":1,"flag":"true","vmIds":[]}               | flag
          {"name":"a","count":1,"flag":true,"vmIds":"x"}                | vmIds
          {"name":"a","count":1,"flag":true,"vmIds":[null]}             | vmIds[0]
          {"name":"a","count":1,"flag":true,"vmIds":["vm-1"]}           | vmIds[0]
          {"name":"a","count":1,"flag":true,"vmIds":[],"address":1}     | address
          {"name":"a","count":1,"flag":true,"vmIds":[],"address":""}    | address
          {"name":"a","count":1,"flag":true,"vmIds":[],"colour":"red"}  | colour
          {"count":1,"flag":true,"vmIds":[]}                            | name
          {"name":"a","flag":true,"vmIds":[]}                           | count
          """)
  void aWrongValueIsRefusedByItsPath(String json, String field) {
    assertThatExceptionOfType(JacksonException.class)
        .isThrownBy(() -> Json.MAPPER.readValue(json, Body.class))
        .satisfies(e -> assertThat(path(e)).isEqualTo(field));
  }

  @Test
  void theMessageIsTheDomainsOwn() {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(() -> Json.MAPPER.readValue("\"10.0.0\"", Ipv4Address.class))
        .satisfies(e ->
            assertThat(e.getOriginalMessage())
                .isEqualTo(
                    "'10.0.0' is no IPv4 address; write four numbers from 0 to 255 like"
                        + " 10.0.0.10"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenTextIsRefused(String json) {
    assertThatExceptionOfType(JacksonException.class)
        .isThrownBy(() -> Json.MAPPER.readValue(json, JsonNode.class));
  }

  static Stream<String> broken() {
    return Stream.of(
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "{\"a\":1",
        "",
        "{'a':1}",
        "{\"a\":NaN}",
        "{/* no */}",
        "[".repeat(51) + "]".repeat(51));
  }

  @Test
  void fiftyLevelsAreAccepted() {
    String json = "[".repeat(50) + "]".repeat(50);
    assertThat(Json.MAPPER.readTree(json).toString()).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({"AVAILABLE", "Available", "gone", "1"})
  void anEnumIsLowerCaseOnly(String text) {
    assertThatExceptionOfType(DatabindException.class)
        .isThrownBy(() -> Json.MAPPER.readValue("\"" + text + "\"", VipState.class));
  }

  @ParameterizedTest
  @MethodSource("happenings")
  void aHappeningIsReadBack(Happening happening) {
    assertThat(HappeningJson.read(HappeningJson.kind(happening), HappeningJson.data(happening)))
        .isEqualTo(happening);
  }

  static Stream<Happening> happenings() {
    Ipv4Address address = Ipv4Address.parse("10.0.0.10");
    MacAddress mac = MacAddress.parse("02:00:00:00:00:11");
    return Stream.of(
        new Happening.VipCreated("a", address, List.of(VM)),
        new Happening.VipDescribed("a", "b"),
        new Happening.BindingsChanged(List.of(VM), List.of(), null, 2),
        new Happening.BindingsChanged(List.of(), List.of(), List.of(VM), 3),
        new Happening.FenceBegan(VM, Instant.parse("2030-01-31T12:00:00Z"), 3),
        new Happening.FloatingAddressChanged(null, 3),
        new Happening.FenceEnded(VM, 4),
        new Happening.SplitBegan(List.of(VM, VM)),
        new Happening.SplitEnded(List.of(VM, VM), VM, 12_345),
        new Happening.SplitEnded(List.of(VM, VM), null, 12_345),
        new Happening.VipDeleting(),
        new Happening.VipRetried(3),
        new Happening.VipRealised(4),
        new Happening.VipFailed("duplicate_address", "b"),
        new Happening.VipDeleted(),
        new Happening.HolderChanged(null, VM, mac, "tap1", 3_210L),
        new Happening.HolderChanged(VM, null, null, null, null),
        new Happening.VipAnnounced(VM, mac, AnnouncementReason.SPLIT_ENDED),
        new Happening.DrillBegan(1, VM, Instant.parse("2030-01-31T12:00:00Z"), true),
        new Happening.DrillEnded(1, "passed", VM, 3_210L, true),
        new Happening.DrillEnded(2, "interrupted", null, null, false),
        new Happening.VmStarted(VM),
        new Happening.VmStopped(VM),
        new Happening.ClaimsRefused(ClaimKind.VRRP, "tap1", null, null, null, 5),
        new Happening.ClaimsObserved(ClaimKind.VRRP, "tap1", null, null, null, 5),
        new Happening.ClaimsMisdirected(ClaimKind.IP, "tap1", VM, Ipv4Address.parse("10.0.0.1"), 5),
        new Happening.VridChanged(1, 2),
        new Happening.AdvertisementsWithheld(VM, address),
        new Happening.NetworkTroubleBegan(NETWORK, "its bridge has STP"),
        new Happening.NetworkTroubleEnded(NETWORK),
        new Happening.PortsUnjudged(NETWORK, List.of("eth0", "tap9")),
        new Happening.AddressConflictBegan(address, NETWORK, VM, null, null),
        new Happening.AddressConflictBegan(address, NETWORK, null, mac, "uplink"),
        new Happening.AddressConflictEnded(address, NETWORK, null),
        new Happening.FabricRepaired("a table was gone"),
        new Happening.LeaderChanged(null, "one", 1),
        new Happening.LeaderChanged("one", "two", 2));
  }

  @Test
  void everyKindOfHappeningIsTested() {
    assertThat(happenings().map(Object::getClass).distinct())
        .hasSize(Happening.class.getPermittedSubclasses().length);
    assertThat(happenings().map(HappeningJson::kind).distinct())
        .hasSize(Happening.class.getPermittedSubclasses().length);
  }

  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      path.append(name == null ? "[" + step.getIndex() + "]" : name);
    }
    return path.toString();
  }
}
