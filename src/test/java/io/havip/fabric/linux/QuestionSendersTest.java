package io.havip.fabric.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.fabric.linux.NftListing.Said;
import io.havip.id.NetworkId;
import io.havip.inventory.Enforcement;
import io.havip.inventory.NetworkPolicy;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From which addresses HAVIP asks, with a clock and a wire of the test's. */
class QuestionSendersTest {
  private static final Ipv4Address DUMMY = QuestionSenders.DUMMY;
  private static final Ipv4Address NETWORK = Ipv4Address.parse("10.0.0.0");
  private static final Said HOST =
      new Said("uplink0", MacAddress.parse("02:00:00:00:00:50"), NETWORK);

  private long nanos = 1;
  private boolean isUp = true;
  private final List<Ipv4Address> asked = new ArrayList<>();
  private final Map<Said, Long> answers = new HashMap<>();
  private final QuestionSenders senders =
      new QuestionSenders(
          new QuestionSenders.Wire() {
            @Override
            public boolean ask(int segment, Ipv4Address address) {
              if (isUp) {
                asked.add(address);
              }
              return isUp;
            }

            @Override
            public Map<Said, Long> answers() {
              return Map.copyOf(answers);
            }
          },
          () -> nanos);

  private static Segment segment(@Nullable String uplink, @Nullable String cidr) {
    return new Segment(
        new NetworkId("subnet-00000000000000000000000001"),
        7,
        uplink,
        null,
        Enforcement.ENFORCE,
        null,
        uplink != null,
        NetworkPolicy.DEFAULT,
        cidr == null ? null : Cidr.parse(cidr));
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void whereOnlyHavipsPortsAreTheNetworksAddressIsNobodys() throws Exception {
    assertThat(senders.of(segment(null, "10.0.0.0/24"))).containsExactly(DUMMY, NETWORK);
    assertThat(asked).isEmpty();
  }

  @Test
  void withoutANetworkAddressOnlyTheDummyAsks() throws Exception {
    assertThat(senders.of(null)).containsExactly(DUMMY);
    assertThat(senders.of(segment(null, null))).containsExactly(DUMMY);
    assertThat(senders.of(segment(null, "10.0.0.0/31"))).containsExactly(DUMMY);
  }

  @Test
  void onAJoinedNetworkItIsAskedForFirst() throws Exception {
    Segment joined = segment("uplink0", "10.0.0.0/24");
    assertThat(senders.of(joined)).containsExactly(DUMMY);
    pass(Duration.ofMillis(900));
    assertThat(senders.of(joined)).containsExactly(DUMMY);
    assertThat(asked).containsExactly(NETWORK);
    pass(Duration.ofMillis(200));
    assertThat(senders.of(joined)).containsExactly(DUMMY, NETWORK);
  }

  @Test
  void aHostThatHasItKeepsIt() throws Exception {
    Segment joined = segment("uplink0", "10.0.0.0/24");
    answers.put(HOST, 3L);
    senders.of(joined);
    answers.put(HOST, 4L);
    pass(Duration.ofSeconds(2));
    assertThat(senders.of(joined)).containsExactly(DUMMY);
    pass(Duration.ofMinutes(2));
    assertThat(senders.of(joined)).as("it may be off").containsExactly(DUMMY);
  }

  @Test
  void aHostThatComesLaterIsNoticed() throws Exception {
    Segment joined = segment("uplink0", "10.0.0.0/24");
    senders.of(joined);
    pass(Duration.ofSeconds(11));
    assertThat(senders.of(joined)).containsExactly(DUMMY, NETWORK);
    assertThat(asked).as("again").containsExactly(NETWORK, NETWORK);
    answers.put(HOST, 1L);
    pass(Duration.ofSeconds(1));
    assertThat(senders.of(joined)).containsExactly(DUMMY);
  }

  @Test
  void whileTheBridgeIsDownNobodyWasAsked() throws Exception {
    Segment joined = segment("uplink0", "10.0.0.0/24");
    isUp = false;
    senders.of(joined);
    pass(Duration.ofSeconds(5));
    assertThat(senders.of(joined)).containsExactly(DUMMY);
    isUp = true;
    senders.of(joined);
    pass(Duration.ofSeconds(1));
    assertThat(senders.of(joined)).containsExactly(DUMMY, NETWORK);
  }
}
