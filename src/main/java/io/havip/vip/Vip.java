package io.havip.vip;

import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.net.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A highly available virtual IP and who may claim it.
 *
 * @param floating what is translated to its address, if anything is
 * @param bindings in the order in which the VMs were bound
 * @param failure set while the state is {@code FAILED}, or while a deletion cannot be realised
 * @param version counts people's changes; the ETag
 * @param generation counts those changes that the fabric must realise
 * @param observedGeneration the last generation that the fabric has realised; 0 before the first
 * @param generationAt when the generation began
 */
public record Vip(
    VipId id,
    AccountId accountId,
    String name,
    String remark,
    VipType type,
    VpcId vpcId,
    NetworkId networkId,
    Ipv4Address address,
    @Nullable Floating floating,
    List<Binding> bindings,
    VipState state,
    @Nullable Failure failure,
    long version,
    long generation,
    long observedGeneration,
    Instant generationAt,
    Instant createdAt,
    Instant updatedAt) {

  /** How long the fabric may take for a generation before the VIP is {@code FAILED}. */
  public static final Duration REALISE_WITHIN = Duration.ofSeconds(60);

  public Vip {
    bindings = List.copyOf(bindings);
    boolean mayFail = state == VipState.FAILED || state == VipState.DELETING;
    if (failure == null ? state == VipState.FAILED : !mayFail) {
      throw new IllegalArgumentException("a VIP that is " + state + " with failure " + failure);
    }
    boolean realised = observedGeneration == generation;
    boolean pending = state == VipState.CREATING || state == VipState.UPDATING;
    if (observedGeneration > generation || (realised ? pending : state == VipState.AVAILABLE)) {
      throw new IllegalArgumentException(
          "a VIP that is "
              + state
              + " with generation "
              + generation
              + ", of which "
              + observedGeneration
              + " was realised");
    }
  }

  public Optional<Binding> binding(VmId vmId) {
    return bindings.stream().filter(binding -> binding.vmId().equals(vmId)).findFirst();
  }

  public List<VmId> vmIds() {
    return bindings.stream().map(Binding::vmId).toList();
  }

  /** A VIP that is about to be made, with its first bindings. */
  public Vip createdWith(List<Binding> firstBindings) {
    return new Vip(
        id,
        accountId,
        name,
        remark,
        type,
        vpcId,
        networkId,
        address,
        floating,
        firstBindings,
        state,
        failure,
        version,
        generation,
        observedGeneration,
        generationAt,
        createdAt,
        updatedAt);
  }

  /** The VIP as people want it; another floating address is a new generation. */
  public Vip updated(
      String newName, String newRemark, @Nullable Floating newFloating, Instant now) {
    Vip next =
        Objects.equals(newFloating, floating) ? this : nextGeneration(bindings, pending(), now);
    return new Vip(
        id,
        accountId,
        newName,
        newRemark,
        type,
        vpcId,
        networkId,
        address,
        newFloating,
        bindings,
        next.state,
        next.failure,
        version + 1,
        next.generation,
        observedGeneration,
        next.generationAt,
        createdAt,
        now);
  }

  /** The VIP with another set of bindings: a new generation. */
  public Vip bound(List<Binding> newBindings, Instant now) {
    return nextGeneration(newBindings, pending(), now);
  }

  /** The VIP on its way out: nobody is bound, and the fabric must withdraw every permission. */
  public Vip deleting(Instant now) {
    return nextGeneration(List.of(), VipState.DELETING, now);
  }

  /** The VIP, out of {@code FAILED}, to be tried again. */
  public Vip retried(Instant now) {
    return nextGeneration(bindings, pending(), now);
  }

  /** The VIP after the fabric realised a generation of it; an older one changes no state. */
  public Vip realised(long realisedGeneration) {
    boolean newest = realisedGeneration == generation && state != VipState.DELETING;
    return observed(
        newest ? VipState.AVAILABLE : state,
        newest ? null : failure,
        Math.max(observedGeneration, realisedGeneration));
  }

  /** The VIP after the fabric could not realise it; one on its way out stays so. */
  public Vip failed(Failure why) {
    return observed(state == VipState.DELETING ? state : VipState.FAILED, why, observedGeneration);
  }

  /** Whether the fabric has taken too long for the newest generation. */
  public boolean isOverdue(Instant now) {
    return observedGeneration < generation
        && failure == null
        && now.isAfter(generationAt.plus(REALISE_WITHIN));
  }

  private VipState pending() {
    return observedGeneration == 0 ? VipState.CREATING : VipState.UPDATING;
  }

  private Vip nextGeneration(List<Binding> newBindings, VipState newState, Instant now) {
    return new Vip(
        id,
        accountId,
        name,
        remark,
        type,
        vpcId,
        networkId,
        address,
        floating,
        newBindings,
        newState,
        null,
        version + 1,
        generation + 1,
        observedGeneration,
        now,
        createdAt,
        now);
  }

  private Vip observed(VipState newState, @Nullable Failure newFailure, long newObserved) {
    return new Vip(
        id,
        accountId,
        name,
        remark,
        type,
        vpcId,
        networkId,
        address,
        floating,
        bindings,
        newState,
        newFailure,
        version,
        generation,
        newObserved,
        generationAt,
        createdAt,
        updatedAt);
  }
}
