package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.agent.Agent;
import io.havip.demo.Ovn;
import io.havip.demo.Ovn.Chassis;
import io.havip.fabric.Fabric;
import io.havip.fabric.VirtualNic;
import io.havip.fabric.linux.LinuxLab;
import io.havip.fabric.ovn.OvnFabric;
import io.havip.kernel.NetworkNamespace;
import io.havip.net.Ipv4Address;
import io.havip.ovsdb.OvsdbServer;
import io.havip.ovsdb.Remote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Agents on two chassis of real OVN: what they hear that OVN's databases do not tell. */
class AgentIT extends ApiFixture {
  private @Nullable Ovn ovn;
  private final List<Agent> agents = new ArrayList<>();

  private interface Action {
    void run() throws Exception;
  }

  @Override
  Fabric network(Path dir) throws Exception {
    OvsdbServer.assumeInstalled();
    Ovn started = Ovn.start(Files.createDirectories(dir.resolve("o")));
    ovn = started;
    return OvnFabric.open(
        List.of(Remote.parse(started.northbound())),
        List.of(Remote.parse(started.southbound())),
        null);
  }

  @Override
  void stop() {
    agents.forEach(Agent::close);
    if (ovn != null) { // else it was not installed
      super.stop();
      try {
        ovn.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private VirtualNic vm(int number, Chassis chassis) throws Exception {
    VirtualNic nic = LinuxLab.plug(number, Ipv4Address.parse(hostOf(subnet, 10 + number)));
    Objects.requireNonNull(ovn).plug(chassis, nic.port());
    return nic;
  }

  private String stored(VirtualNic nic) throws Exception {
    return made(
        "/v1/vms",
        "{'name': 'vm%d', 'vpcId': '%s', 'nics': [{'networkId': '%s', 'address': '%s', 'mac': '%s', 'port': '%s'}]}"
            .formatted(nic.number(), vpc, subnet, nic.address(), nic.mac(), nic.port()));
  }

  private void startAgent(Chassis chassis) throws Exception {
    Ovn started = Objects.requireNonNull(ovn);
    Agent.Options options =
        new Agent.Options(Remote.parse(started.switchDatabase(chassis)), List.of(uri("")), token);
    agents.add(
        Agent.start(options, NetworkNamespace.named(started.namespace(chassis)).call(Agent::tap)));
  }

  private static Predicate<JsonNode> isKnown(String topic, boolean known) {
    return explained ->
        explained
            .get("checks")
            .valueStream()
            .filter(check -> check.get("check").asString().equals(topic))
            .allMatch(check -> check.get("status").asString().equals("unknown") != known);
  }

  /** Does something again and again, until an event is there. */
  private JsonNode awaitEvent(String path, String kind, Action action) throws Exception {
    return await(
            path + "/events?kind=" + kind,
            events -> {
              try {
                action.run();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              return !events.get("items").isEmpty();
            })
        .at("/items/0");
  }

  @Test
  void whatOvnDoesNotTellIsKnownWhileAgentsListen() throws Exception {
    VirtualNic first = vm(1, Chassis.FIRST);
    VirtualNic second = vm(2, Chassis.SECOND);
    VirtualNic stranger = vm(3, Chassis.SECOND);
    Ipv4Address address = Ipv4Address.parse(hostOf(subnet, 100));
    stored(stranger);
    List<String> members = List.of(stored(first), stored(second));
    String path =
        "/v1/vips/"
            + made(
                "/v1/vips",
                vipBody(
                    "v",
                    subnet,
                    "'address': '%s', 'vmIds': ['%s']"
                        .formatted(address, String.join("','", members))));
    await(path, vip -> vip.get("bindings").valueStream().allMatch(it -> it.get("up").asBoolean()));
    for (String topic : List.of("advertisements", "refused_claims")) {
      assertThat(isKnown(topic, false).test(get(path + "/explain").json())).as(topic).isTrue();
    }

    for (Chassis chassis : Chassis.values()) {
      startAgent(chassis);
    }
    for (String topic : List.of("advertisements", "refused_claims")) {
      await(path + "/explain", isKnown(topic, true));
    }

    JsonNode refused =
        awaitEvent(path, "claims_refused", () -> stranger.send(stranger.claim(address)));
    assertThat(refused.at("/data/kind").asString()).isEqualTo("arp");
    assertThat(refused.at("/data/port").asString()).isEqualTo(stranger.port());
    assertThat(refused.at("/data/mac").asString()).isEqualTo(stranger.mac().toString());
    assertThat(refused.at("/data/address").asString()).isEqualTo(address.toString());

    Action both =
        () -> {
          for (VirtualNic member : List.of(first, second)) {
            member.send(member.advert(address));
            member.send(member.claim(address));
          }
        };
    JsonNode split = awaitEvent(path, "split_began", both);
    assertThat(split.at("/data/vmIds").valueStream().map(JsonNode::asString))
        .containsExactlyInAnyOrderElementsOf(members);
    assertThat(
            get(path + "/events?kind=holder_changed")
                .json()
                .get("items")
                .valueStream()
                .map(event -> event.at("/data/to").asString()))
        .as("the stranger never held it")
        .isSubsetOf(members);
    JsonNode ended = awaitEvent(path, "split_ended", () -> first.send(first.advert(address)));
    assertThat(ended.at("/data/to").asString()).isEqualTo(members.getFirst());

    agents.forEach(Agent::close);
    for (String topic : List.of("advertisements", "refused_claims")) {
      await(path + "/explain", isKnown(topic, false));
    }
  }
}
