package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.cli.Cli;
import io.havip.cli.Surroundings;
import io.havip.fabric.InMemoryFabric;
import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import io.havip.plan.Observed;
import io.havip.store.CuttingProxy;
import io.havip.store.SqliteStore;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a user of the commands sees, against a whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CliTest {
  private final InMemoryFabric fabric = new InMemoryFabric();
  private final Map<String, String> environment = new HashMap<>();
  private Server server;
  private String url;
  private String token;

  private record Seen(int exitCode, String out, String err) {
    JsonNode json() {
      return Json.MAPPER.readTree(out);
    }

    Seen succeeded() {
      assertThat(exitCode).as(err).isZero();
      return this;
    }

    void failed(int expectedCode, String... messages) {
      assertThat(exitCode).as(err).isEqualTo(expectedCode);
      assertThat(out).isEmpty();
      assertThat(err).contains(messages).doesNotContain("\tat ", "Exception");
    }
  }

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    server =
        Server.start(
            new Settings("127.0.0.1", 0).withFloatingAddresses(),
            SqliteStore.open(dir.resolve("havip.db")),
            fabric);
    url = "http://127.0.0.1:" + server.port();
    token = server.firstToken().orElseThrow();
    environment.putAll(Map.of("HAVIP_URL", url, "HAVIP_TOKEN", token));
    havip("vpc", "create", "production", "--cidr", "10.77.0.0/16").succeeded();
    havip("subnet", "create", "web", "--vpc", "production", "--cidr", "10.77.1.0/24").succeeded();
    havip("vm", "create", "a", "--vpc", "production", "--nic", "web").succeeded();
    havip("vm", "create", "b", "--vpc", "production", "--nic", "web,address=10.77.1.12")
        .succeeded();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void tokensLetOthersInUntilTheyAreDeleted() throws Exception {
    Seen made = havip("token", "create", "ci", "--account", "team-a", "-o", "json").succeeded();
    String secret = made.json().get("token").asString();
    assertThat(made.json().get("role").asString()).isEqualTo("member");
    assertThat(havip("token", "list").succeeded().out())
        .containsPattern("ci +member +team-a ")
        .doesNotContain(secret);
    havip("token", "create", "x", "-o", "csv").failed(2, "-o json");
    havip("token", "create", "x", "--role", "root").failed(1, "role", "admin");
    havip("token", "delete", "ci").succeeded();
    havip("token", "show", "ci").failed(3, "no token named 'ci'");
  }

  @Test
  void aVipLivesByNames() throws Exception {
    Seen created =
        havip("vip create db --subnet web --address 10.77.1.100 --vm a --wait -o json".split(" "))
            .succeeded();
    assertThat(created.json().get("state").asString()).isEqualTo("available");
    assertThat(created.err()).contains("db: available");
    String id = created.json().get("id").asString();

    Seen bound = havip("vip", "bind", "db", "b", "--wait", "-o", "json").succeeded();
    assertThat(bound.json().get("bindings").size()).isEqualTo(2);
    assertThat(bound.json().get("observedGeneration").asLong()).isEqualTo(2);
    Seen fenced =
        havip("vip", "fence", "db", "--vm", "b", "--seconds", "9", "--wait", "-o", "json");
    assertThat(fenced.succeeded().json().at("/bindings/1/fencedUntil").asString()).isNotEmpty();
    Seen again = havip("vip", "fence", "db", "--vm", "b", "--seconds", "0", "--wait", "-o", "json");
    assertThat(again.succeeded().json().at("/bindings/1").has("fencedUntil")).isFalse();
    Seen unbound = havip("vip", "unbind", id, "a", "b", "--wait", "-o", "json").succeeded();
    assertThat(unbound.json().get("bindings").isEmpty()).isTrue();
    Seen replaced = havip("vip", "replace", "db", "a", "--wait").succeeded();
    assertThat(replaced.out())
        .containsPattern("address +10\\.77\\.1\\.100")
        .containsPattern("bindings +VMNAME +MAC .*\\n +a +02:");
    havip("vip", "replace", "db").failed(2, "--none");
    Seen updated = havip("vip", "update", "db", "--remark", "für alle").succeeded();
    assertThat(updated.out()).contains("für alle");

    Seen shown = havip("vip", "show", "db", "nosuch", "-o", "json");
    assertThat(shown.exitCode()).isEqualTo(3);
    assertThat(shown.json().get("id").asString()).as("what there is").isEqualTo(id);

    Seen explained = havip("vip", "explain", "db");
    assertThat(explained.exitCode()).isEqualTo(1);
    assertThat(explained.err()).contains("something is wrong: holder");
    assertThat(explained.out())
        .containsPattern("WARNING +bindings +only a is bound")
        .containsPattern(" +-> bind a second VM");
    assertThat(havip("vip", "explain", "db", "-o", "json").json().get("status").asString())
        .isEqualTo("problem");

    havip("vip", "delete", "db", "--wait").succeeded();
    havip("vip", "show", id).failed(3, "not_found");
    havip("vip", "show", "db").failed(3, "no VIP named 'db'", "havip vip list");
  }

  @Test
  void listsAreForPeopleAndForPrograms() throws Exception {
    havip("vpc", "create", "plain", "--cidr", "10.1.0.0/16").succeeded();
    havip("vpc", "create", "with, comma", "--cidr", "10.2.0.0/16").succeeded();
    havip("vpc", "create", "漢字", "--cidr", "10.3.0.0/16").succeeded();

    List<String> table = havip("vpc", "list").succeeded().out().lines().toList();
    assertThat(table.getFirst()).matches("NAME +CIDR +ID");
    int column = table.getFirst().indexOf("CIDR");
    assertThat(table.stream().filter(line -> line.startsWith("plain")).toList())
        .singleElement()
        .satisfies(line -> assertThat(line.indexOf("10.1.0.0/16")).isEqualTo(column));
    assertThat(table.stream().filter(line -> line.startsWith("漢字")).toList())
        .as("two characters of two columns each")
        .singleElement()
        .satisfies(line -> assertThat(line.indexOf("10.3.0.0/16")).isEqualTo(column - 2));

    assertThat(havip("vpc", "list", "-o", "csv").succeeded().out())
        .startsWith("name,cidr,id\n")
        .contains("\n\"with, comma\",10.2.0.0/16,vpc-");
    JsonNode json = havip("vpc", "list", "-o", "json").succeeded().json();
    assertThat(json.valueStream().map(vpc -> vpc.get("name").asString()))
        .contains("plain", "with, comma", "漢字");
    havip("vpc", "list", "-o", "xml").failed(2, "xml");
    havip("subnet", "create", "listed", "--vpc", "plain", "--cidr", "10.1.0.0/24").succeeded();
    havip("subnet", "create", "listed", "--vpc", "漢字", "--cidr", "10.3.0.0/24").succeeded();
    havip("vm", "create", "listed", "--vpc", "plain", "--nic", "listed").succeeded();
    assertThat(havip("subnet", "list", "--name", "listed").out().lines()).hasSize(3);
    assertThat(havip("subnet", "list", "--name", "listed", "--vpc", "漢字").out())
        .contains("10.3.0.0/24")
        .doesNotContain("10.1.0.0/24");
    assertThat(havip("vm", "list", "--vpc", "plain", "-o", "json").json()).hasSize(1);
    assertThat(havip("vm", "list", "--name", "listed").out()).contains("  plain (vpc-");
    assertThat(havip("vm", "show", "listed").out())
        .containsPattern("vpcId +plain \\(vpc-")
        .contains("  listed (subnet-");
    assertThat(havip("vip", "list", "-o", "csv").succeeded().out())
        .startsWith("name,address,type,state,vms,holder,id\n");
  }

  @Test
  void namesCannotDeceiveATerminal() throws Exception {
    String invisible = "right\u200bleft";
    havip("vpc", "create", invisible, "--cidr", "10.4.0.0/16").succeeded();
    assertThat(havip("vpc", "list").out()).contains("rightleft").doesNotContain("\u200b");
    assertThat(havip("vpc", "list", "-o", "csv").out()).contains(invisible);
    havip("vpc", "create", "\033[31mred", "--cidr", "10.4.0.0/16").failed(1, "name: ");
    assertThat(havip("vpc", "show", "\033[31mred").err()).doesNotContain("\033");
  }

  @Test
  void onlyATerminalGetsColours() throws Exception {
    String colour = "\033[32mrunning\033[0m";
    assertThat(havip("vm", "list").out()).contains("running").doesNotContain("\033");
    assertThat(run(new Surroundings(environment, empty(), true), "vm", "list").out())
        .contains(colour);
    Map<String, String> without = new HashMap<>(environment);
    without.put("NO_COLOR", "1");
    assertThat(run(new Surroundings(without, empty(), true), "vm", "list").out())
        .contains("running")
        .doesNotContain("\033");
  }

  @Test
  void refusalsNameTheFieldAndTheWayOut() throws Exception {
    havip("vip", "create", "one", "--subnet", "web", "--address", "10.77.1.50").succeeded();
    havip("vip", "create", "two", "--subnet", "web", "--address", "10.77.1.50")
        .failed(1, "address: ", "leave --address out");
    havip("vip", "create", "two", "--subnet", "web", "--address", "10.78.1.50")
        .failed(1, "address: ");
    havip("vip", "create", "two", "--subnet", "nosuch").failed(3, "subnet", "'nosuch'");
    havip("vip", "create", "two").failed(2, "--subnet", "--network", "havip vip create --help");
    havip("vip", "create", "two", "--network", "x").failed(2, "--vpc");
    havip("vpc", "delete", "production").failed(1, "in_use");
    havip("vip", "lsit").failed(2, "lsit", "havip vip --help");
    havip("vm", "create", "c", "--vpc", "production", "--nic", "web,prot=x").failed(2, "prot=x");
    havip("vm", "create", "c", "--vpc", "production", "--nic", "x").failed(3, "subnet list");
    havip("foo").failed(2, "'foo'");
  }

  @Test
  void anAmbiguousNameIsAskedBack() throws Exception {
    String first = created("vpc", "create", "twin", "--cidr", "10.5.0.0/16");
    String second = created("vpc", "create", "twin", "--cidr", "10.6.0.0/16");
    havip("vpc", "delete", "twin").failed(2, "2 VPCs", first, second);
    Seen deleted = havip("vpc", "delete", first, "nosuch", second);
    assertThat(deleted.exitCode()).isEqualTo(3);
    assertThat(havip("vpc", "list").out()).doesNotContain(first, second);
  }

  @Test
  void bindingSeveralIsAllOrNothing() throws Exception {
    havip("vip", "create", "whole", "--subnet", "web").succeeded();
    havip("vip", "bind", "whole", "a", "nosuch").failed(3, "'nosuch'");
    List<String> many = new ArrayList<>(List.of("vip", "bind", "whole"));
    for (int i = 1; i <= 4; i++) {
      havip("vm", "create", "many-" + i, "--vpc", "production", "--nic", "web").succeeded();
      many.add("many-" + i);
    }
    havip(many.toArray(String[]::new)).failed(1, "vmIds: ", "at most 3 VMs");
    assertThat(bound("whole")).isEmpty();

    havip("vip", "bind", "whole", "a", "b").succeeded();
    havip("vip", "unbind", "whole", "b", "many-1").failed(3, "many-1 is not bound");
    assertThat(bound("whole")).containsExactly("a", "b");
    havip("vip", "delete", "whole", "--wait").succeeded();
  }

  @Test
  void racingCommandsLoseNoBinding() throws Exception {
    havip("vip", "create", "raced", "--subnet", "web").succeeded();
    List<String> vms = List.of("a", "b");
    try (var racers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String verb : List.of("bind", "unbind", "bind")) {
        List<Future<Seen>> racing = new ArrayList<>();
        for (String vm : vms) {
          racing.add(racers.submit(() -> havip("vip", verb, "raced", vm)));
        }
        for (Future<Seen> raced : racing) {
          raced.get(60, TimeUnit.SECONDS).succeeded();
        }
        assertThat(bound("raced"))
            .containsExactlyInAnyOrderElementsOf(verb.equals("bind") ? vms : List.of());
      }
    }
    havip("vip", "delete", "raced", "--wait").succeeded();
  }

  @Test
  void whoLookedBeforeLosesNothingOfOthers() throws Exception {
    havip("vip", "create", "looked", "--subnet", "web").succeeded();
    havip("vip", "update", "looked", "--remark", "mine", "--if-version", "1").succeeded();
    havip("vip", "update", "looked", "--remark", "yours", "--if-version", "1")
        .failed(1, "version_mismatch", "try again");
    havip("vip", "bind", "looked", "a", "--if-version", "1").failed(1, "version_mismatch");
    havip("vip", "bind", "looked", "a", "--if-version", "2").succeeded();
    havip("vip", "delete", "looked", "--wait").succeeded();
  }

  @Test
  void aDryRunSaysWhatWouldHappen() throws Exception {
    assertThat(havip("vip create dry --subnet web --vm a -n".split(" ")).succeeded().out())
        .contains("would bind: a", "Nothing was changed.");
    havip("vip", "show", "dry").failed(3, "'dry'");

    havip("vip", "create", "dry", "--subnet", "web", "--vm", "a").succeeded();
    assertThat(havip("vip", "replace", "dry", "b", "--dry-run").succeeded().out())
        .contains("would bind: b", "would unbind: a");
    JsonNode preview =
        havip("vip", "unbind", "dry", "a", "--dry-run", "-o", "json").succeeded().json();
    assertThat(preview.get("remove").size()).isEqualTo(1);
    assertThat(havip("vip", "delete", "dry", "--dry-run").succeeded().out())
        .contains("would unbind: a", "Nothing was changed.");
    assertThat(havip("vm", "delete", "a", "--dry-run").succeeded().out())
        .contains("would be unbound from: dry", "Nothing was changed.");
    assertThat(havip("vm update a --state stopped --dry-run".split(" ")).succeeded().out())
        .isEqualTo("Nothing was changed.\n");
    assertThat(bound("dry")).containsExactly("a");
    havip("vip", "delete", "dry", "--wait").succeeded();
  }

  @Test
  void aDrillIsPredictedAndReported() throws Exception {
    havip("vip create drilled --subnet web --address 10.77.1.70 --vm a,b --wait".split(" "))
        .succeeded();
    havip("vip", "drill", "drilled").failed(1, "nobody holds");
    claim("drilled", 0);
    await("drilled", vip -> !vip.get("holders").isEmpty());
    String first = binding("drilled", 0).get("vmId").asString();
    String second = binding("drilled", 1).get("vmId").asString();
    assertThat(havip("vip", "drill", "drilled", "--dry-run").succeeded().out())
        .contains("vmId: \"" + first, "candidates: [\"" + second, "not known whether a talks VRRP");
    assertThat(binding("drilled", 0).has("fencedUntil")).as("nothing happened").isFalse();

    try (var other = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Seen> drill =
          other.submit(
              () -> havip("vip drill drilled --seconds 10 --target 10000 -o json".split(" ")));
      await("drilled", vip -> vip.at("/bindings/0").has("fencedUntil"));
      await("drilled", vip -> vip.get("state").asString().equals("available"));
      claim("drilled", 1);
      await("drilled", vip -> !vip.at("/bindings/0").has("fencedUntil"));
      claim("drilled", 0);
      JsonNode passed = drill.get(60, TimeUnit.SECONDS).succeeded().json();
      assertThat(passed.get("state").asString()).isEqualTo("passed");
      assertThat(passed.get("newHolder").asString()).isEqualTo(second);
      assertThat(passed.get("outageMillis").asLong()).isBetween(0L, 10_000L);
      assertThat(passed.get("cameBack").asBoolean()).isTrue();
    }
    await("drilled", vip -> vip.get("state").asString().equals("available"));
    Seen failed = havip("vip", "drill", "drilled", "--seconds", "1", "--whole-port");
    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.out()).contains("state: \"failed\"", "wholePort: true");
    assertThat(failed.err()).contains("the drill failed");
    havip("vip", "drill", "drilled", "--seconds", "0").failed(1, "1 to 600");
    havip("vip", "delete", "drilled", "--wait").succeeded();
  }

  /** A VM claims the VIP, as the fabric sees it. */
  private void claim(String vip, int binding) throws Exception {
    String port = binding(vip, binding).get("port").asString();
    int segment =
        fabric.held().ports().values().stream()
            .filter(it -> it.name().equals(port))
            .findFirst()
            .orElseThrow()
            .segment();
    Ipv4Address address = Ipv4Address.parse(shown(vip).get("address").asString());
    fabric.see(List.of(new Observed.Claim(segment, address, port)), List.of());
  }

  private JsonNode binding(String vip, int number) throws Exception {
    return shown(vip).get("bindings").get(number);
  }

  private JsonNode shown(String vip) throws Exception {
    return havip("vip", "show", vip, "-o", "json").succeeded().json();
  }

  private void await(String vip, Predicate<JsonNode> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    for (JsonNode now = shown(vip); !condition.test(now); now = shown(vip)) {
      assertThat(System.nanoTime()).as("still %s", now).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void listsFindWhatIsLookedFor() throws Exception {
    havip("vip", "create", "find-1", "--subnet", "web", "--address", "10.77.1.201").succeeded();
    havip("vip", "create", "find-2", "--subnet", "web", "--vm", "a", "--remark", "needle")
        .succeeded();
    havip("vip", "create", "find-3", "--subnet", "web").succeeded();

    assertThat(found("-q", "find-", "--sort", "-name"))
        .containsExactly("find-3", "find-2", "find-1");
    assertThat(found("-q", "find-", "--sort", "name", "--limit", "2"))
        .containsExactly("find-1", "find-2");
    assertThat(found("--search", "NEEDLE")).containsExactly("find-2");
    assertThat(found("--address", "10.77.1.201")).containsExactly("find-1");
    assertThat(found("--vm", "a", "--vpc", "production", "-q", "find-")).containsExactly("find-2");
    assertThat(found("--network", "web", "--type", "internal", "-q", "find-")).hasSize(3);
    assertThat(found("--state", "failed")).isEmpty();
    havip("vip", "list", "--sort", "colour").failed(1, "sort");
    havip("vip", "list", "--vpc", "nosuch").failed(3, "'nosuch'");
    havip("vip", "delete", "find-1", "find-2", "find-3", "--wait").succeeded();
    assertThat(found("-q", "find-")).isEmpty();
  }

  @Test
  void deletingSeveralSaysWhatBecameOfEach() throws Exception {
    String gone = created("vip", "create", "gone", "--subnet", "web", "--wait");
    havip("vip", "delete", gone, "--wait").succeeded();
    havip("vip", "create", "there", "--subnet", "web").succeeded();
    Seen deleted = havip("vip", "delete", "nosuch", "there", gone, "--wait");
    assertThat(deleted.exitCode()).isEqualTo(3);
    assertThat(deleted.err())
        .contains("Deleting VIP there.", "no VIP named 'nosuch'", gone + " does not exist");
    havip("vip", "show", "there").failed(3, "'there'");
  }

  @Test
  void forceDeletesWhatTheFabricCannot() throws Exception {
    String id = created("vip", "create", "stuck", "--subnet", "web", "--wait");
    fabric.setBroken(true);
    try {
      havip("vip", "delete", "stuck").succeeded();
      havip("vip", "delete", "stuck", "--force").succeeded();
      havip("vip", "show", id).failed(3, "not_found");
    } finally {
      fabric.setBroken(false);
    }
  }

  @Test
  void aCommandWhoseAnswerIsLostDoesItsWorkOnce() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(server.port(), "POST ")) {
      proxy.cutNext(CuttingProxy.Cut.BEFORE_ANSWER);
      through(proxy, "vpc", "create", "once", "--cidr", "10.9.0.0/16").succeeded();
      proxy.cutNext(CuttingProxy.Cut.BEFORE_COMMIT);
      through(proxy, "vpc", "create", "once-too", "--cidr", "10.9.0.0/16").succeeded();
    }
    assertThat(havip("vpc", "list").out().lines().filter(line -> line.startsWith("once")))
        .hasSize(2);
  }

  @Test
  void watchingGoesOnWhereTheConnectionWasLost() throws Exception {
    String id = created("vip", "create", "cut", "--subnet", "web", "--wait");
    StringWriter out = new StringWriter();
    try (CuttingProxy proxy = new CuttingProxy(server.port(), "none");
        var other = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, String> away = new HashMap<>(environment);
      away.put("HAVIP_URL", "http://127.0.0.1:" + proxy.port());
      Future<Seen> watched =
          other.submit(() ->
              run(
                  new Surroundings(away, empty(), false),
                  out,
                  "vip",
                  "watch",
                  "cut",
                  "-o",
                  "json"));
      // Until it is known to follow: what happens before that is none of its business.
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      for (int i = 0; !out.toString().contains("vip_described"); i++) {
        assertThat(System.nanoTime()).as("it follows").isLessThan(end);
        havip("vip", "update", id, "--remark", "seen " + i).succeeded();
      }
      proxy.cutAll();
      havip("vip", "bind", id, "a").succeeded();
      havip("vip", "delete", id).succeeded();
      Seen seen = watched.get(60, TimeUnit.SECONDS).succeeded();
      assertThat(seen.err()).contains("connection is lost");
      List<String> ids =
          seen.out().lines().map(line -> Json.MAPPER.readTree(line).get("id").asString()).toList();
      assertThat(ids).doesNotHaveDuplicates();
      List<String> history =
          havip("vip", "events", id, "-o", "json").succeeded().out().lines().toList();
      assertThat(seen.out().lines().toList())
          .as("without a gap")
          .isEqualTo(history.subList(history.size() - ids.size(), history.size()));
    }
  }

  @Test
  void waitingGivesUp() throws Exception {
    fabric.setBroken(true);
    try {
      havip("vip", "create", "slow", "--subnet", "web", "--wait", "--timeout", "1")
          .failed(5, "slow is still creating");
    } finally {
      fabric.setBroken(false);
    }
    havip("vip", "delete", "slow", "--wait").succeeded();
  }

  @Test
  void aVipIsWatchedToItsEnd() throws Exception {
    String id = created("vip", "create", "brief", "--subnet", "web", "--wait");
    try (var other = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Seen> watched =
          other.submit(() -> havip("vip", "watch", id, "--history", "-o", "json"));
      havip("vip", "delete", id).succeeded();
      assertThat(watched.get(60, TimeUnit.SECONDS).succeeded().out().lines().map(CliTest::kind))
          .containsSubsequence("vip_created", "vip_realised", "vip_deleting", "vip_deleted");
    }
  }

  @Test
  void nicsComeAndGo() throws Exception {
    havip("subnet", "create", "db", "--vpc", "production", "--cidr", "10.77.2.0/24").succeeded();
    havip("vm", "create", "c", "--vpc", "production", "--nic", "web").succeeded();
    Seen added = havip("vm", "nic", "add", "c", "db", "--address", "10.77.2.33").succeeded();
    assertThat(added.out()).contains("10.77.2.33");
    havip("vm", "nic", "delete", "c", "10.77.2.33").succeeded();
    assertThat(havip("vm", "show", "c").out()).doesNotContain("10.77.2.33");
    havip("vm", "nic", "delete", "c", "10.77.2.33").failed(3, "10.77.2.33");
    assertThat(havip("vm", "update", "c", "--state", "stopped").succeeded().out())
        .contains("stopped");
  }

  @Test
  void aNetworksPolicyIsSetAndReset() throws Exception {
    havip(
            ("network create policed --cidr 198.51.100.0/24 --gateway 198.51.100.1 --uplink br9"
                    + " --gateway-mac 00:00:5e:00:01:07 --reserved-vrids 7,8 --trusted-ports eth1"
                    + " --judges-trusted-ports true"
                    + " --member-ranges 198.51.100.9-198.51.100.19,198.51.100.30"
                    + " --other-traffic pass --ipsec false")
                .split(" "))
        .succeeded();
    assertThat(havip("network", "show", "policed").succeeded().out())
        .containsPattern("gatewayMac +00:00:5e:00:01:07")
        .containsPattern("reservedVrids +7,8")
        .containsPattern("trustedPorts +eth1")
        .containsPattern("judgesTrustedPorts +true")
        .containsPattern("memberRanges +198.51.100.9-198.51.100.19,198.51.100.30")
        .containsPattern("otherTraffic +pass")
        .containsPattern("ipsec +false");
    havip("network", "update", "policed", "--reserved-vrids", "none", "--gateway-mac", "none")
        .succeeded();
    JsonNode policed = havip("network", "show", "policed", "-o", "json").json();
    assertThat(policed.has("gatewayMac")).isFalse();
    assertThat(policed.get("reservedVrids")).isEmpty();
    assertThat(policed.get("otherTraffic").asString()).as("it stays").isEqualTo("pass");
    havip("network", "update", "policed", "--reserved-vrids", "x").failed(1, "reservedVrids");
    havip("subnet", "update", "web", "--trusted-ports", "eth1").failed(1, "trustedPorts", "uplink");
  }

  @Test
  void aFloatingAddressIsGivenAndTaken() throws Exception {
    havip("network", "create", "outside", "--cidr", "192.0.2.0/24", "--gateway", "192.0.2.1")
        .succeeded();
    String networkId =
        havip("network", "show", "outside", "-o", "json").json().path("id").asString();
    Seen created =
        havip("vip create floats --subnet web --floating outside -o json".split(" ")).succeeded();
    assertThat(created.json().at("/floatingAddress/networkId").asString()).isEqualTo(networkId);
    havip("vip", "update", "floats", "--floating", "outside,address=192.0.2.9").succeeded();
    assertThat(havip("vip", "show", "floats").succeeded().out())
        .containsPattern("floatingAddress .*192\\.0\\.2\\.9");
    assertThat(found("-q", "192.0.2.9")).containsExactly("floats");

    havip("vip", "update", "floats", "--floating", "outside,192.0.2.9").failed(2, "address=");
    havip("vip", "update", "floats", "--floating", "outside", "--no-floating").failed(2, "both");
    havip("vip", "update", "floats", "--floating", "outside,address=192.0.2.1")
        .failed(1, "floatingAddress.address");
    havip("vip", "update", "floats", "--no-floating").succeeded();
    assertThat(havip("vip", "show", "floats", "-o", "json").json().has("floatingAddress"))
        .isFalse();
    havip("vip", "delete", "floats", "--wait").succeeded();
  }

  @Test
  void anExternalNetworkIsGrantedAndTakenAway() throws Exception {
    String member =
        havip("token", "create", "granted", "--account", "team-n", "-o", "json")
            .succeeded()
            .json()
            .get("token")
            .asString();
    havip("network create granted --cidr 198.51.100.0/28 --gateway 198.51.100.1".split(" "))
        .succeeded();
    assertThat(havip("network", "list").succeeded().out()).containsPattern("granted .* default ");
    as(member, "network", "show", "granted").failed(3, "no external network named 'granted'");
    as(member, "network", "show", "granted").failed(3, "havip network list");

    havip("network", "update", "granted", "--account", "team-n").succeeded();
    assertThat(havip("network", "show", "granted").succeeded().out())
        .containsPattern("accounts +default.*team-n");
    assertThat(as(member, "network", "show", "granted").succeeded().out())
        .contains("198.51.100.0/28")
        .doesNotContain("default");
    as(member, "vpc", "create", "theirs", "--cidr", "10.9.0.0/16").succeeded();
    as(member, "vip", "create", "out", "--network", "granted", "--vpc", "theirs").succeeded();
    havip("network", "update", "granted", "--remove-account", "team-n")
        .failed(1, "out", "account team-n");
    as(member, "vip", "delete", "out", "--wait").succeeded();
    havip("network", "update", "granted", "--remove-account", "team-n").succeeded();
    assertThat(as(member, "network", "list").succeeded().out()).doesNotContain("granted");
    havip("network", "update", "granted", "--account", "nobody").failed(1, "accounts[1]");

    havip("network", "update", "granted", "--shared").succeeded();
    assertThat(as(member, "network", "list").succeeded().out()).contains("granted", "(shared)");
    havip("network", "update", "granted", "--no-shared").succeeded();
    as(member, "network", "show", "granted").failed(3, "granted");
    Seen given =
        havip(
                "network create given --cidr 198.51.100.16/28 --gateway 198.51.100.17 -o json"
                    .concat(" --account team-n --account default")
                    .split(" "))
            .succeeded();
    assertThat(given.json().path("accounts").valueStream().map(JsonNode::asString))
        .containsExactly("default", "team-n");
    havip("network", "delete", "given").succeeded();
    havip("network", "delete", "granted").succeeded();
  }

  @Test
  void anAdministratorMakesTheVmOfAnotherAccountARouter() throws Exception {
    String member =
        havip("token", "create", "routed", "--account", "team-r", "-o", "json")
            .succeeded()
            .json()
            .get("token")
            .asString();
    as(member, "vpc", "create", "theirs", "--cidr", "10.9.0.0/16").succeeded();
    as(member, "subnet create routed --vpc theirs --cidr 10.9.1.0/24 --gateway 10.9.1.1".split(" "))
        .succeeded();
    String vpc = as(member, "vpc", "show", "theirs", "-o", "json").json().get("id").asString();
    String subnet =
        as(member, "subnet", "show", "routed", "-o", "json").json().get("id").asString();

    String[] create = {
      "vm", "create", "r", "--account", "team-r", "--vpc", vpc, "--nic", subnet, "-o", "json"
    };
    as(member, create).failed(4, "only an administrator may create a VM for another account");
    Seen created = havip(create).succeeded();
    String vm = created.json().get("id").asString();
    String nic = created.json().at("/nics/0/id").asString();
    havip("vm", "nic", "update", vm, nic, "--source", "10.8.0.0/16,10.7.0.0/16", "--gateway")
        .succeeded();
    JsonNode changed = as(member, "vm", "show", "r", "-o", "json").json().at("/nics/0");
    assertThat(changed.get("gateway").asBoolean()).isTrue();
    assertThat(changed.get("allowedSources").valueStream().map(JsonNode::asString))
        .containsExactly("10.8.0.0/16", "10.7.0.0/16");
    havip("vm", "nic", "update", vm, nic, "--no-sources", "--no-gateway").succeeded();
    changed = as(member, "vm", "show", "r", "-o", "json").json().at("/nics/0");
    assertThat(changed.path("gateway").asBoolean(false)).isFalse();
    assertThat(changed.path("allowedSources")).isEmpty();
    havip("vm", "nic", "update", vm, nic).failed(2, "say what to change");
    havip("vm", "nic", "update", vm, nic, "--source", "10.8.0.0/16", "--no-sources")
        .failed(2, "--source", "--no-sources");
    as(member, "vm", "delete", "r").succeeded();
  }

  /** The same with another token. */
  private Seen as(String other, String... arguments) throws Exception {
    environment.put("HAVIP_TOKEN", other);
    try {
      return havip(arguments);
    } finally {
      environment.put("HAVIP_TOKEN", token);
    }
  }

  @Test
  void externalVipsNeedAVpc() throws Exception {
    havip("network", "create", "internet", "--cidr", "203.0.113.0/24", "--gateway", "203.0.113.1")
        .succeeded();
    Seen created =
        havip("vip", "create", "shop", "--network", "internet", "--vpc", "production", "-o", "json")
            .succeeded();
    assertThat(created.json().get("type").asString()).isEqualTo("external");
    assertThat(created.json().get("address").asString()).startsWith("203.0.113.");
  }

  @Test
  void aKeepalivedConfigurationIsPrinted() throws Exception {
    havip("vip create ha --subnet web --address 10.77.1.60 --vm a,b".split(" ")).succeeded();
    String plain = havip("keepalived", "config", "ha", "--vm", "b").succeeded().out();
    assertThat(plain)
        .startsWith("# keepalived.conf of VM b ")
        .contains("unicast_src_ip 10.77.1.12", "10.77.1.60/24 dev eth0", "nopreempt");
    havip("keepalived", "config", "ha", "--vm", "b", "--vmac")
        .failed(1, "may not use the VRID's MAC");
    Seen bound = havip("vip", "bind", "ha", "b", "--vmac", "-o", "json").succeeded();
    assertThat(bound.json().path("bindings").valueStream().map(one -> one.path("vmac").asBoolean()))
        .containsExactly(false, true);
    String other =
        havip(
                "keepalived config ha --vm b --advert-int 0.1 --check-script /usr/bin/true"
                    .concat(" --preempt --vmac --vrrp-version 3 --interface web=ens3")
                    .split(" "))
            .succeeded()
            .out();
    assertThat(other)
        .contains("advert_int 0.10", "script \"/usr/bin/true\"", "use_vmac", "dev ens3")
        .doesNotContain("nopreempt", "eth0");
    havip("keepalived", "config", "ha").failed(2, "--vm");
    havip("keepalived", "config", "ha", "--vm", "b", "--interface", "ens3").failed(2, "web=ens3");
    havip("keepalived", "config", "ha", "--vm", "b", "--advert-int", "x").failed(1, "advertInt: ");
    havip("keepalived", "config", "ha", "--vm", "nosuch").failed(3, "no VM named 'nosuch'");
  }

  @Test
  void loginKeepsTheTokenForThisUserOnly(@TempDir Path config) throws Exception {
    Map<String, String> others = Map.of("XDG_CONFIG_HOME", config.toString());
    run(new Surroundings(others, empty(), false), "vip", "list").failed(4, "havip login");
    run(new Surroundings(others, input("wrong\n"), false), "login", "--url", url)
        .failed(4, "unauthorized");
    Path file = config.resolve("havip/credentials");
    assertThat(file).doesNotExist();

    run(new Surroundings(others, input(token + "\n"), false), "login", "--url", url).succeeded();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    run(new Surroundings(others, empty(), false), "vip", "list").succeeded();

    Map<String, String> elsewhere = new HashMap<>(others);
    elsewhere.put("HAVIP_URL", "http://127.0.0.1:1");
    run(new Surroundings(elsewhere, empty(), false), "vip", "list").failed(4, "HAVIP_TOKEN");
  }

  @Test
  void aServerThatIsNotThereIsSaidSo() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Map<String, String> nowhere =
        Map.of("HAVIP_URL", "http://127.0.0.1:" + port, "HAVIP_TOKEN", "x");
    run(new Surroundings(nowhere, empty(), false), "vip", "list").failed(4, "cannot reach");
    Map<String, String> nonsense = Map.of("HAVIP_URL", "gopher://x", "HAVIP_TOKEN", "x");
    run(new Surroundings(nonsense, empty(), false), "vip", "list").failed(2, "gopher://x");
  }

  @Test
  void helpTeachesAndCompletionKnowsAllCommands() throws Exception {
    assertThat(havip("--help").succeeded().out()).contains("vip", "subnet", "Exit codes");
    for (String kind : List.of("vip", "vpc", "subnet", "network", "vm")) {
      for (String verb : List.of("create", "list", "show", "update", "delete")) {
        teaches(kind, verb);
      }
    }
    for (String command :
        List.of("vip bind", "vip fence", "vip watch", "keepalived config", "import libvirt")) {
      teaches(command.split(" "));
    }
    teaches("keepalived", "check");
    teaches("vip");
    assertThat(havip("completion", "bash").succeeded().out())
        .contains("_picocli_havip_vip_create", "_picocli_havip_vm_nic_add", "--timeout");
    havip("completion", "fish").failed(2, "fish");
    assertThat(havip("completion", "--help").succeeded().out()).contains("havip completion bash");
    assertThat(havip("--help").out()).doesNotContain("demo-forward");
  }

  /** Help has examples, and none is broken into two lines, so that they can be copied. */
  private void teaches(String... command) {
    List<String> examples =
        havip(Stream.concat(Stream.of(command), Stream.of("--help")).toArray(String[]::new))
            .succeeded()
            .out()
            .lines()
            .dropWhile(line -> !line.matches("Examples?:"))
            .skip(1)
            .takeWhile(line -> !line.isEmpty())
            .toList();
    assertThat(examples)
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).matches("  (\\w+=\\$\\()?havip .*"))
        .anySatisfy(line -> assertThat(line).contains("havip " + String.join(" ", command)));
  }

  private Seen through(CuttingProxy proxy, String... arguments) {
    Map<String, String> away = new HashMap<>(environment);
    away.put("HAVIP_URL", "http://127.0.0.1:" + proxy.port());
    return run(new Surroundings(away, empty(), false), arguments);
  }

  /** The names of the VMs that are bound. */
  private List<String> bound(String vip) {
    return havip("vip", "show", vip, "-o", "json")
        .succeeded()
        .json()
        .get("bindings")
        .valueStream()
        .map(binding -> binding.get("vmName").asString())
        .toList();
  }

  /** The names of the VIPs in a list. */
  private List<String> found(String... filters) {
    List<String> all = new ArrayList<>(List.of("vip", "list", "-o", "json"));
    all.addAll(List.of(filters));
    return havip(all.toArray(String[]::new))
        .succeeded()
        .json()
        .valueStream()
        .map(vip -> vip.get("name").asString())
        .toList();
  }

  private static String kind(String event) {
    return Json.MAPPER.readTree(event).get("kind").asString();
  }

  private String created(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    return havip(all.toArray(String[]::new)).succeeded().json().get("id").asString();
  }

  private Seen havip(String... arguments) {
    return run(new Surroundings(environment, empty(), false), arguments);
  }

  private static Seen run(Surroundings surroundings, String... arguments) {
    return run(surroundings, new StringWriter(), arguments);
  }

  private static Seen run(Surroundings surroundings, StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    int exitCode =
        new Cli(surroundings)
            .commandLine(arguments)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    return new Seen(exitCode, out.toString(), err.toString());
  }

  private static ByteArrayInputStream empty() {
    return input("");
  }

  private static ByteArrayInputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
