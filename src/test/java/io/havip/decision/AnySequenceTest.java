package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.inventory.ExternalNetwork;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Vpc;
import io.havip.vip.Vip;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import io.havip.vip.VirtualRouter;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** Whatever two accounts do, in whatever order, no rule of the domain is ever broken. */
class AnySequenceTest {
  /** What the decisions about inventory and VIPs refuse with. */
  private static final List<ErrorCode> REFUSALS =
      List.of(
          ErrorCode.FORBIDDEN,
          ErrorCode.NOT_FOUND,
          ErrorCode.ADDRESS_TAKEN,
          ErrorCode.NETWORK_FULL,
          ErrorCode.VIP_BINDING_LIMIT,
          ErrorCode.VM_VIP_LIMIT,
          ErrorCode.WRONG_STATE,
          ErrorCode.IN_USE,
          ErrorCode.INVALID_FIELD,
          ErrorCode.ADDRESS_OUTSIDE_NETWORK,
          ErrorCode.ADDRESS_RESERVED,
          ErrorCode.VM_WRONG_VPC,
          ErrorCode.VM_WITHOUT_NIC,
          ErrorCode.REFERENCE_NOT_FOUND);

  @Property(tries = 400)
  void keepsEveryInvariant(@ForAll("operations") List<Operation> operations) {
    Cloud cloud = furnished(new Cloud());
    for (Operation operation : operations) {
      World before = cloud.world;
      try {
        operation.on(cloud);
        reached("done " + operation.kind());
      } catch (Refused refused) {
        assertThat(cloud.world).as("a refusal changes nothing").isSameAs(before);
        assertThat(refused.code()).isNotEqualTo(ErrorCode.INTERNAL);
        assertThat(refused.getMessage()).isNotBlank();
        reached("refused " + refused.code());
        if (operation.kind() == Operation.Kind.UPDATE_NETWORK
            && refused.code() == ErrorCode.IN_USE) {
          reached("a grant in use was kept");
        }
      }
      if (cloud.world.networks().stream()
          .anyMatch(network ->
              network instanceof ExternalNetwork external
                  && !external.sharing().includes(cloud.bob.accountId()))) {
        reached("a network is not granted");
      }
      cloud.world.vips().forEach(vip -> reachedStatesOf(cloud, vip));
    }
    everyCornerWasReached();
  }

  @Provide
  Arbitrary<List<Operation>> operations() {
    Arbitrary<Operation.Kind> kinds =
        Arbitraries.frequency(
            Stream.of(Operation.Kind.values()).map(kind -> Tuple.of(weight(kind), kind)).toList());
    return Combinators.combine(
            kinds, Arbitraries.longs().withDistribution(RandomDistribution.uniform()))
        .as(Operation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(150)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  /** Making is more frequent than unmaking, so that there is something to unmake. */
  private static int weight(Operation.Kind kind) {
    return switch (kind) {
      case CREATE_INTERNAL_VIP, CREATE_EXTERNAL_VIP, BIND, REPLACE_BINDINGS, CONFIGURE, REALISED ->
          10;
      case CREATE_VM, ADD_NIC, UPDATE_NIC, CREATE_SUBNET -> 6;
      case FENCE,
          END_FENCES,
          UPDATE_VIP,
          UNBIND,
          RETRY,
          FAILED,
          DELETE_NIC,
          UPDATE_VM,
          DELETE_VIP ->
          3;
      case CREATE_VPC, CREATE_EXTERNAL_NETWORK, RENAME_VPC, LEARN_GATEWAY -> 2;
      case UPDATE_NETWORK -> 5;
      case DELETE_NETWORK -> 6;
      case DELETE_VPC, DELETE_VM -> 1;
    };
  }

  private static void reachedStatesOf(Cloud cloud, Vip vip) {
    reached("a VIP is " + vip.type() + " " + vip.state());
    if (vip.bindings().size() == cloud.limits.vmsPerVip()) {
      reached("a VIP is full");
    }
    if (vip.state() == VipState.DELETING && vip.failure() != null) {
      reached("a deletion failed");
    }
    if (vip.vmIds().stream()
        .anyMatch(id -> cloud.world.vipsOf(id).size() == cloud.limits.vipsPerVm())) {
      reached("a VM is full");
    }
    cloud
        .world
        .virtualRouter(vip.id())
        .ifPresent(router ->
            vip.vmIds()
                .forEach(vmId ->
                    reached("a configuration is " + router.configurationOf(vmId, vip.bindings()))));
    if (cloud.world.nics().stream().anyMatch(Nic::madeByBinding)) {
      reached("a binding made a NIC");
    }
    for (Nic nic : cloud.world.nics()) {
      Network network = cloud.world.network(nic.networkId()).orElseThrow();
      if (nic.gateway()) {
        reached("a NIC is a gateway's");
      }
      if (nic.address() != null && nic.address().equals(network.gateway())) {
        reached("a NIC has the gateway's address");
      }
      if (!nic.sendsFromVip().isEmpty()) {
        reached("a NIC sends from a VIP");
      }
    }
  }

  private static void reached(String corner) {
    Statistics.label("corners").collect(corner);
  }

  /** Lest the property holds only because nothing ever happens. */
  private static void everyCornerWasReached() {
    Statistics.label("corners")
        .coverage(corners -> {
          for (Operation.Kind kind : Operation.Kind.values()) {
            corners.check("done " + kind).count(count -> count > 0);
          }
          for (ErrorCode code : REFUSALS) {
            corners.check("refused " + code).count(count -> count > 0);
          }
          for (VipType type : VipType.values()) {
            for (VipState state : VipState.values()) {
              corners.check("a VIP is " + type + " " + state).count(count -> count > 0);
            }
          }
          for (VirtualRouter.Configuration configuration : VirtualRouter.Configuration.values()) {
            corners.check("a configuration is " + configuration).count(count -> count > 0);
          }
          for (String corner :
              List.of(
                  "a VIP is full",
                  "a VM is full",
                  "a deletion failed",
                  "a binding made a NIC",
                  "a grant in use was kept",
                  "a network is not granted",
                  "a NIC is a gateway's",
                  "a NIC has the gateway's address",
                  "a NIC sends from a VIP")) {
            corners.check(corner).count(count -> count > 0);
          }
        });
  }

  static Cloud furnished(Cloud cloud) {
    Network external = cloud.external("192.0.2.0/28", "192.0.2.1");
    for (var caller : List.of(cloud.alice, cloud.bob)) {
      Vpc vpc = cloud.vpc(caller);
      Network subnet = cloud.subnet(caller, vpc, "10.0.100.0/28");
      for (int i = 0; i < 4; i++) {
        cloud.vm(caller, vpc, subnet);
      }
      cloud.vip(caller, vpc, external);
    }
    return cloud;
  }
}
