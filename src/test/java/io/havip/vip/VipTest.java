package io.havip.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.net.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A VIP's states, as it is changed by people and realised by the fabric. */
class VipTest {
  private static final String TAIL = "-00000000000000000000000001";
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = CREATED.plusSeconds(5);
  private static final Failure DUPLICATE =
      new Failure(Failure.Code.DUPLICATE_ADDRESS, "somebody has the address");
  private static final NicId NIC = new NicId("nic" + TAIL);
  private static final Binding BINDING = new Binding(new VmId("vm" + TAIL), NIC, NIC);

  private final Vip created = vip(VipState.CREATING, null, 1, 0);
  private final Vip available = created.realised(1);

  private static Vip vip(
      VipState state, @Nullable Failure failure, long generation, long observed) {
    return new Vip(
        new VipId("vip" + TAIL),
        new AccountId("account" + TAIL),
        "name",
        "",
        VipType.INTERNAL,
        new VpcId("vpc" + TAIL),
        new NetworkId("subnet" + TAIL),
        Ipv4Address.parse("10.0.0.10"),
        null,
        List.of(),
        state,
        failure,
        generation,
        generation,
        observed,
        CREATED,
        CREATED,
        CREATED);
  }

  @Test
  void isAvailableOnceItsNewestGenerationIsRealised() {
    assertThat(available.state()).isEqualTo(VipState.AVAILABLE);
    assertThat(available.version()).isEqualTo(1);
    assertThat(available.updatedAt()).isEqualTo(CREATED);
  }

  @Test
  void aBindingChangeIsANewGenerationAndVersion() {
    Vip updating = available.bound(List.of(BINDING), LATER);

    assertThat(updating.state()).isEqualTo(VipState.UPDATING);
    assertThat(updating.generation()).isEqualTo(2);
    assertThat(updating.version()).isEqualTo(2);
    assertThat(updating.generationAt()).isEqualTo(LATER);
    assertThat(updating.realised(2).state()).isEqualTo(VipState.AVAILABLE);
  }

  @Test
  void isStillBeingCreatedWhenChangedBeforeItWasRealised() {
    assertThat(created.bound(List.of(BINDING), LATER).state()).isEqualTo(VipState.CREATING);
  }

  @Test
  void anOlderGenerationRealisedChangesNoState() {
    Vip updating = available.bound(List.of(BINDING), LATER).bound(List.of(), LATER.plusSeconds(1));

    Vip behind = updating.realised(2);

    assertThat(behind.state()).isEqualTo(VipState.UPDATING);
    assertThat(behind.observedGeneration()).isEqualTo(2);
    assertThat(behind.realised(1)).isEqualTo(behind);
  }

  @Test
  void aDescriptionIsAVersionButNoGeneration() {
    Vip described = available.updated("other", "remark", null, LATER);

    assertThat(described.version()).isEqualTo(2);
    assertThat(described.generation()).isEqualTo(1);
    assertThat(described.state()).isEqualTo(VipState.AVAILABLE);
    assertThat(described.updatedAt()).isEqualTo(LATER);
  }

  @Test
  void aFailureEndsWithRetryBindingChangeDeletionOrLateSuccess() {
    Vip failed = available.failed(DUPLICATE);
    assertThat(failed.state()).isEqualTo(VipState.FAILED);
    assertThat(failed.failure()).isEqualTo(DUPLICATE);
    assertThat(failed.version()).isEqualTo(1);

    assertThat(failed.retried(LATER).state()).isEqualTo(VipState.UPDATING);
    assertThat(failed.bound(List.of(BINDING), LATER).state()).isEqualTo(VipState.UPDATING);
    assertThat(failed.deleting(LATER).state()).isEqualTo(VipState.DELETING);
    assertThat(failed.realised(1).state()).isEqualTo(VipState.AVAILABLE);
    assertThat(List.of(failed.retried(LATER), failed.deleting(LATER), failed.realised(1)))
        .extracting(Vip::failure)
        .containsOnlyNulls();
    assertThat(created.failed(DUPLICATE).retried(LATER).state()).isEqualTo(VipState.CREATING);
  }

  @Test
  void aFailureStaysWhileOnlyAnOlderGenerationIsRealised() {
    Vip failed = available.bound(List.of(BINDING), LATER).failed(DUPLICATE);

    assertThat(failed.realised(1)).isEqualTo(failed);
  }

  @Test
  void aDeletionThatCannotBeRealisedSaysSoAndStaysADeletion() {
    Vip deleting = available.bound(List.of(BINDING), LATER).deleting(LATER);
    assertThat(deleting.bindings()).isEmpty();

    Vip stuck = deleting.failed(DUPLICATE);

    assertThat(stuck.state()).isEqualTo(VipState.DELETING);
    assertThat(stuck.failure()).isEqualTo(DUPLICATE);
  }

  @Test
  void isOverdueOnceAGenerationHasTakenMoreThanAMinute() {
    Instant deadline = CREATED.plus(Duration.ofSeconds(60));

    assertThat(created.isOverdue(deadline)).isFalse();
    assertThat(created.isOverdue(deadline.plusNanos(1000))).isTrue();
    assertThat(available.isOverdue(deadline.plusSeconds(1))).isFalse();
  }

  @Test
  void isOverdueOnlyOncePerGenerationAndCountsFromTheNewest() {
    Instant late = CREATED.plusSeconds(61);

    assertThat(created.failed(DUPLICATE).isOverdue(late)).isFalse();
    assertThat(created.bound(List.of(BINDING), late).isOverdue(late.plusSeconds(60))).isFalse();
    assertThat(created.deleting(late).isOverdue(late.plusSeconds(61))).isTrue();
  }

  @Test
  void contradictionsAreNoVips() {
    assertThatIllegalArgumentException().isThrownBy(() -> vip(VipState.FAILED, null, 1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> vip(VipState.AVAILABLE, DUPLICATE, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> vip(VipState.AVAILABLE, null, 2, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> vip(VipState.UPDATING, null, 2, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> available.realised(2));
  }
}
