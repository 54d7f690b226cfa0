package io.havip.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.event.ClaimKind;
import io.havip.event.Happening;
import io.havip.fabric.InMemoryFabric;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.inventory.AddressConflict;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.Observed;
import io.havip.plan.Port;
import io.havip.vip.VipState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses of NICs and VIPs that another host has; the test has the clock. */
class AddressConflictsTest {
  private static final String UPLINK = "uplink0";
  private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.0.77");
  private static final MacAddress HOST = MacAddress.parse("02:00:00:00:00:99");

  private final InMemoryFabric fabric = new InMemoryFabric();
  private ConflictStage stage;

  @BeforeEach
  void start(@TempDir Path directory) {
    stage = new ConflictStage(fabric, directory, UPLINK);
  }

  @AfterEach
  void stop() {
    stage.close();
  }

  private void hostAnswers(MacAddress mac) {
    fabric.setAnswers(List.of(new Answer(stage.segment(), ADDRESS, UPLINK, mac)));
  }

  private Port port(VmId id) {
    return Objects.requireNonNull(fabric.held().ports().get(stage.nic(id).nic().id()));
  }

  private static @Nullable Ipv4Address addressOf(@Nullable Port port) {
    return port == null ? null : port.address();
  }

  private void awaitAddress(VmId id) throws InterruptedException {
    ConflictStage.await(
        () -> addressOf(fabric.held().ports().get(stage.nic(id).nic().id())), ADDRESS::equals);
  }

  private long asked() {
    return fabric.asked().stream()
        .filter(new AskedAddress(stage.segment(), ADDRESS)::equals)
        .count();
  }

  @Test
  void aNicGetsItsAddressOnlyAfterNoOtherHostAnswered() throws Exception {
    VmId vm = stage.vm(ADDRESS.toString(), null, null);
    awaitAddress(vm);
    assertThat(asked()).isEqualTo(1);
    assertThat(stage.nic(vm).conflict()).isNull();
    assertThat(stage.toldToTheTenant()).isEmpty();
    assertThat(stage.toldToAdministrators()).isEmpty();

    stage.advance(Duration.ofMinutes(5));
    assertThat(stage.isUsable(vm)).isTrue();
    VipId other = stage.vip("10.0.0.78");
    ConflictStage.await(() -> stage.vip(other), vip -> vip.state() == VipState.AVAILABLE);
    assertThat(asked()).as("once").isEqualTo(1);
  }

  @Test
  void anAddressOfAnotherHostIsNotTheNicsUntilTheHostIsGone() throws Exception {
    hostAnswers(HOST);
    VmId vm = stage.vm(ADDRESS.toString(), null, null);

    AddressConflict conflict = stage.awaitConflict(vm);
    assertThat(conflict.mac()).isEqualTo(HOST);
    assertThat(conflict.port()).isEqualTo(UPLINK);
    assertThat(port(vm).address()).isNull();
    assertThat(stage.toldToTheTenant())
        .containsExactly(
            new Happening.AddressConflictBegan(ADDRESS, stage.networkId(), vm, null, null));
    assertThat(stage.toldToAdministrators())
        .containsExactly(
            new Happening.AddressConflictBegan(ADDRESS, stage.networkId(), vm, HOST, UPLINK));

    stage.advance(Duration.ofSeconds(25));
    VmId other = stage.vm("10.0.0.78", null, null);
    ConflictStage.await(() -> stage.isUsable(other), it -> it);
    assertThat(asked()).as("not for 30 s").isEqualTo(1);

    stage.advance(Duration.ofSeconds(5));
    ConflictStage.await(this::asked, times -> times == 2);
    fabric.setAnswers(List.of());
    stage.advance(Duration.ofSeconds(30));
    stage.awaitNoConflict(vm);
    awaitAddress(vm);
    Happening ended = new Happening.AddressConflictEnded(ADDRESS, stage.networkId(), vm);
    assertThat(stage.toldToTheTenant()).hasSize(2).last().isEqualTo(ended);
    assertThat(stage.toldToAdministrators()).hasSize(2).last().isEqualTo(ended);
  }

  @Test
  void theNicsOwnMacAddressIsNoOtherHost() throws Exception {
    MacAddress own = MacAddress.parse("02:00:00:00:00:11");
    hostAnswers(own);
    VmId vm = stage.vm(ADDRESS.toString(), own, null);
    awaitAddress(vm);
    assertThat(stage.nic(vm).conflict()).isNull();
  }

  @Test
  void aMemberReadsNoHostsMacAddressInAVipsReason() throws Exception {
    hostAnswers(HOST);
    VipId vip = stage.vip(ADDRESS.toString());
    ConflictStage.await(() -> stage.vip(vip), it -> it.state() == VipState.FAILED);
    String message = Objects.requireNonNull(stage.vip(vip).failure()).message();
    assertThat(message)
        .contains("another host has the address " + ADDRESS)
        .doesNotContain(HOST.toString(), UPLINK);
    ConflictStage.await(stage::toldToAdministrators, it -> !it.isEmpty());
    assertThat(stage.toldToAdministrators())
        .containsExactly(
            new Happening.AddressConflictBegan(ADDRESS, stage.networkId(), null, HOST, UPLINK));

    fabric.setAnswers(List.of());
    stage.advance(Duration.ofSeconds(30));
    ConflictStage.await(() -> stage.vip(vip), it -> it.state() == VipState.AVAILABLE);
    assertThat(stage.toldToTheTenant()).hasSize(2);
  }

  @Test
  void aHostThatReturnsIsToldAsAConflictOfTheNicUntilItIsGone() throws Exception {
    VmId vm = stage.vm(ADDRESS.toString(), null, null);
    awaitAddress(vm);

    hostIsRefused(3);

    AddressConflict conflict = stage.awaitConflict(vm);
    assertThat(conflict.mac()).isEqualTo(HOST);
    assertThat(port(vm).address()).as("it keeps it").isEqualTo(ADDRESS);
    assertThat(stage.toldToTheTenant())
        .containsExactly(
            new Happening.AddressConflictBegan(ADDRESS, stage.networkId(), vm, null, null));
    stage.advance(Duration.ofSeconds(30));
    ConflictStage.await(this::asked, times -> times == 2);
    hostIsRefused(4);
    stage.advance(Duration.ofSeconds(50));
    ConflictStage.await(this::asked, times -> times == 3);
    assertThat(stage.nic(vm).conflict()).as("it answered 50 s ago").isNotNull();

    stage.advance(Duration.ofSeconds(65));
    stage.awaitNoConflict(vm);
    assertThat(stage.toldToTheTenant())
        .last()
        .isEqualTo(new Happening.AddressConflictEnded(ADDRESS, stage.networkId(), vm));
    assertThat(stage.toldToAdministrators()).hasSize(2);
  }

  /** The fabric has refused so many ARP packets of the host. */
  private void hostIsRefused(long packets) {
    fabric.see(
        List.of(), List.of(new Observed.Refusal(ClaimKind.ARP, UPLINK, HOST, ADDRESS, packets)));
  }
}
