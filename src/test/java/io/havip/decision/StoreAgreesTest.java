package io.havip.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Account;
import io.havip.account.Caller;
import io.havip.error.Refused;
import io.havip.event.Event;
import io.havip.event.RecordedEvent;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.inventory.InventoryQuery;
import io.havip.inventory.Network;
import io.havip.inventory.Nic;
import io.havip.inventory.Reservation;
import io.havip.inventory.Vm;
import io.havip.inventory.Vpc;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.store.PostgresServer;
import io.havip.store.PostgresStore;
import io.havip.store.Reader;
import io.havip.store.SqliteStore;
import io.havip.store.Store;
import io.havip.vip.Vip;
import io.havip.vip.VirtualRouter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Whatever two accounts do, the store and the world in memory decide and end the same. */
class StoreAgreesTest {
  @Property(tries = 15)
  void sqliteWithTheWorldInMemory(@ForAll("operations") List<Operation> operations)
      throws IOException {
    Path directory = Files.createTempDirectory("havip-store");
    try {
      compare(SqliteStore.open(directory.resolve("havip.db")), operations);
    } finally {
      delete(directory);
    }
  }

  @Property(tries = 5)
  void postgresWithTheWorldInMemory(@ForAll("operations") List<Operation> operations)
      throws IOException {
    String url = PostgresServer.shared().newDatabase();
    compare(PostgresStore.open(url, PostgresServer.USER, PostgresServer.PASSWORD), operations);
  }

  private static void compare(Store empty, List<Operation> operations) {
    try (Store store = empty) {
      TwinCloud cloud = new TwinCloud(store);
      AnySequenceTest.furnished(cloud);
      for (Operation operation : operations) {
        try {
          operation.on(cloud);
        } catch (Refused _) {
          // Both refused alike.
        }
      }
      cloud.compare();
    }
  }

  @Provide
  Arbitrary<List<Operation>> operations() {
    return new AnySequenceTest().operations();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** Asks the store whatever the world is asked, and expects the same. */
  private static final class TwinCloud extends Cloud {
    private final Store store;

    TwinCloud(Store store) {
      this.store = store;
      for (Caller caller : List.of(alice, bob)) {
        Account account = new Account(caller.accountId(), caller.actor(), now);
        Decision<Account> _ =
            store.write(
                _ -> new Decision<>(List.of(new Change.PutAccount(account)), Set.of(), account));
      }
    }

    @Override
    <T> T as(Caller caller, Request<T> request) {
      World before = world;
      CountingIds idsForWorld = ids.copy();
      CountingIds idsForStore = ids.copy();
      try {
        T answer = super.as(caller, request);
        Decision<T> decision =
            request.decide(before, new Context(caller, now, idsForWorld, limits));
        assertThat(write(caller, request, idsForStore)).isEqualTo(decision);
        return answer;
      } catch (Refused refused) {
        Refused same = refusal(() -> write(caller, request, idsForStore));
        assertThat(same).hasMessage(refused.getMessage());
        assertThat(same.code()).isEqualTo(refused.code());
        assertThat(same.errors()).isEqualTo(refused.errors());
        throw refused;
      }
    }

    @Override
    void learnt(NetworkId id, MacAddress mac) {
      super.learnt(id, mac);
      Decision<NetworkId> _ = store.write(_ -> new Decision<>(seenOutside(id, mac), Set.of(), id));
    }

    private <T> Decision<T> write(Caller caller, Request<T> request, CountingIds same) {
      return store.write(
          snapshot -> request.decide(snapshot, new Context(caller, now, same, limits)));
    }

    private static Refused refusal(Runnable write) {
      @Nullable Refused refused = null;
      try {
        write.run();
      } catch (Refused e) {
        refused = e;
      }
      return Objects.requireNonNull(refused, "the store did not refuse");
    }

    void compare() {
      assertThat(store.<List<Network>>read(Reader::allNetworks))
          .isEqualTo(sorted(world.networks(), Comparator.comparing(it -> it.id().value())));
      assertThat(store.<List<Nic>>read(Reader::allNics))
          .isEqualTo(sorted(world.nics(), Comparator.comparing(it -> it.id().value())));
      assertThat(store.<List<Vip>>read(Reader::allVips))
          .isEqualTo(sorted(world.vips(), Comparator.comparing(it -> it.id().value())));
      for (Vip vip : world.vips()) {
        assertThat(store.<Optional<VirtualRouter>>read(now -> now.virtualRouter(vip.id())))
            .isEqualTo(world.virtualRouter(vip.id()));
      }
      for (Caller caller : List.of(alice, bob)) {
        compare(caller.accountId());
      }
      for (Nic nic : world.nics()) {
        assertThat(store.<Optional<Nic>>read(now -> now.nicWithMac(nic.networkId(), nic.mac())))
            .contains(nic);
      }
      for (Reservation reservation : world.reservations()) {
        assertThat(
                store.<Optional<Reservation>>read(
                    now -> now.reservation(reservation.networkId(), reservation.address())))
            .contains(reservation);
      }
      for (Network network : world.networks()) {
        assertThat(store.<Optional<MacAddress>>read(now -> now.learntGatewayMac(network.id())))
            .isEqualTo(world.learntGatewayMac(network.id()));
        assertThat(store.<Set<Integer>>read(now -> now.outsideVrids(network.id())))
            .isEqualTo(world.outsideVrids(network.id()));
        assertThat(store.<List<Vip>>read(now -> now.vipsTalkingOn(network.id())))
            .isEqualTo(world.vipsTalkingOn(network.id()));
        assertThat(
                store.<Optional<Ipv4Address>>read(
                    now -> now.freeAddress(network.id(), network.assignable())))
            .isEqualTo(world.freeAddress(network.id(), network.assignable()));
      }
    }

    private void compare(AccountId owner) {
      assertThat(store.<List<Vpc>>read(now -> now.vpcs(owner, null, 10_000).items()))
          .isEqualTo(world.vpcs().stream().filter(it -> it.accountId().equals(owner)).toList());
      assertThat(
              store.<List<Vm>>read(now -> now.vms(owner, InventoryQuery.ALL, null, 10_000).items()))
          .isEqualTo(world.vms().stream().filter(it -> it.accountId().equals(owner)).toList());
      assertThat(
              store.<List<Event>>read(now ->
                  now.events(owner, null, 0, -1, 10_000).stream()
                      .map(RecordedEvent::event)
                      .toList()))
          .isEqualTo(world.events().stream().filter(it -> owner.equals(it.accountId())).toList());
    }

    private static <T> List<T> sorted(List<T> items, Comparator<T> order) {
      return items.stream().sorted(order).toList();
    }
  }
}
