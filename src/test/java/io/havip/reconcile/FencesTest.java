package io.havip.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.decision.LeaderDecisions;
import io.havip.error.Superseded;
import io.havip.event.Event;
import io.havip.event.Happening;
import io.havip.fabric.FabricException;
import io.havip.fabric.InMemoryFabric;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Announcement;
import io.havip.plan.Desired;
import io.havip.store.Reader;
import io.havip.store.SqliteStore;
import io.havip.store.Store;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server cannot do that does not lead any more, and may not know it yet. */
class FencesTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:00:00Z");

  @Test
  void whoLedBeforeWritesNothing(@TempDir Path directory) {
    try (Store store = SqliteStore.open(directory.resolve("havip.db"))) {
      long generation = take(store, "one");
      FencedStore ones = new FencedStore(store, new Lease(generation, System.nanoTime()));
      write(ones);
      take(store, "two");
      long revision = store.<Long>read(Reader::revision);
      assertThatExceptionOfType(Superseded.class).isThrownBy(() -> write(ones));
      assertThat(store.<Long>read(Reader::revision)).isEqualTo(revision);
    }
  }

  @Test
  void aLeaseThatWasRenewedMeanwhileIsNotTaken(@TempDir Path directory) {
    try (Store store = SqliteStore.open(directory.resolve("havip.db"))) {
      take(store, "one");
      var seen = store.read(Reader::leader);
      take(store, "two");
      Decision<?> late =
          store.write(reader -> LeaderDecisions.take(reader.leader(), seen, "three", NOW));
      assertThat(late.changes()).isEmpty();
      assertThatExceptionOfType(Superseded.class)
          .isThrownBy(() -> store.write(_ -> LeaderDecisions.take(seen, seen, "three", NOW)));
      assertThat(store.read(Reader::leader).server()).isEqualTo("two");
    }
  }

  @Test
  void withoutItsLeaseALeaderDoesNotTouchTheFabric() throws FabricException {
    InMemoryFabric fabric = new InMemoryFabric();
    Lease lease = new Lease(1, System.nanoTime() - Lease.LENGTH.toNanos());
    FencedFabric leaders = new FencedFabric(fabric, lease);
    Announcement announcement =
        new Announcement(1, Ipv4Address.parse("10.0.0.1"), MacAddress.parse("02:00:00:00:00:01"));
    assertThatExceptionOfType(FabricException.class)
        .isThrownBy(() -> leaders.sync(Desired.NOTHING));
    assertThatExceptionOfType(FabricException.class)
        .isThrownBy(() -> leaders.apply(Set.of(), Desired.NOTHING));
    assertThatExceptionOfType(FabricException.class)
        .isThrownBy(() -> leaders.announce(List.of(announcement)));
    assertThat(fabric.announced()).isEmpty();
    lease.renewed(System.nanoTime());
    leaders.announce(List.of(announcement));
    assertThat(fabric.announced()).containsExactly(announcement);
  }

  private static long take(Store store, String server) {
    return store
        .write(reader -> LeaderDecisions.take(reader.leader(), reader.leader(), server, NOW))
        .answer()
        .generation();
  }

  private static void write(Store store) {
    Event event =
        new Event(null, null, NOW, Event.SYSTEM, new Happening.FabricRepaired("something"));
    store.write(_ -> new Decision<>(List.of(new Change.Append(event)), Set.of(), event));
  }
}
