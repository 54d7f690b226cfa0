package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.demo.Ovn;
import io.havip.fabric.ovn.OvnFabric;
import io.havip.json.Json;
import io.havip.ovsdb.OvsdbServer;
import io.havip.ovsdb.Remote;
import io.havip.server.Terminal.Seen;
import io.havip.store.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A cloud that real OVN has, imported, given a VIP and left as it was; and what of it HAVIP
 * refuses.
 */
class ImportOvnIT {
  private static final String DB_1 = "02:00:00:00:00:11";
  private static final String DB_2 = "02:00:00:00:00:12";

  @TempDir private Path dir;
  private Ovn ovn;
  private @Nullable Server server;

  @BeforeEach
  void start() throws Exception {
    OvsdbServer.assumeInstalled();
    ovn = Ovn.start(Files.createDirectory(dir.resolve("o")));
    Server started =
        Server.start(
            new Settings("127.0.0.1", 0),
            SqliteStore.open(dir.resolve("havip.db")),
            OvnFabric.open(
                List.of(Remote.parse(ovn.northbound())),
                List.of(Remote.parse(ovn.southbound())),
                null));
    server = started;
    assertThat(havip("", "vpc", "create", "v", "--cidr", "10.0.0.0/8").status()).isZero();
    makeCloud();
  }

  private void makeCloud() throws Exception {
    ovn.nbctl("ls-add", "web", "--", "lr-add", "router");
    ovn.nbctl("lrp-add", "router", "router-web", "02:00:00:00:00:01", "10.0.1.1/24");
    ovn.nbctl(
        "lsp-add",
        "web",
        "web-router",
        "--",
        "lsp-set-type",
        "web-router",
        "router",
        "--",
        "lsp-set-addresses",
        "web-router",
        "router",
        "--",
        "lsp-set-options",
        "web-router",
        "router-port=router-web");
    addPort("web", "default_db-1", DB_1, "10.0.1.11");
    addPort("web", "default_db-2", DB_2, "10.0.1.12");
    ovn.nbctl(
        "ls-add", "back", "--", "set", "logical_switch", "back", "other_config:subnet=10.0.2.0/24");
    addPort("back", "db-1-back", "02:00:00:00:00:21", "10.0.2.11");
  }

  private void addPort(String on, String name, String mac, String address) throws Exception {
    ovn.nbctl(
        "lsp-add",
        on,
        name,
        "--",
        "lsp-set-addresses",
        name,
        mac + " " + address,
        "--",
        "lsp-set-port-security",
        name,
        mac + " " + address);
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.close();
      ovn.close();
    }
  }

  /** Everything but what OVN itself writes. */
  private String cloud() throws Exception {
    return ovn.nbctl("--columns=name,ports,acls,external_ids", "list", "logical_switch")
        + ovn.nbctl(
            "--columns=name,type,addresses,port_security,external_ids",
            "list",
            "logical_switch_port");
  }

  @Test
  void aCloudIsShownThenImportedThenHasAVip() throws Exception {
    String before = cloud();
    String[] ofOne = {"--vm", "default_db-1=db-1,db-1-back=db-1"};
    Seen shown = importOvn("", ofOne);
    assertThat(shown.status()).as(shown.err()).isZero();
    assertThat(shown.out())
        .contains(
            "+ subnet back: 10.0.2.0/24, logical switch back",
            "+ subnet web: 10.0.1.0/24, logical switch web",
            "+ VM db-1: stopped",
            "+   NIC on back: 10.0.2.11, 02:00:00:00:00:21, port db-1-back",
            "+   NIC on web: 10.0.1.11, " + DB_1 + ", port default_db-1",
            "+ VM default_db-2: stopped");
    assertThat(shown.err()).contains("Nothing is changed");
    assertThat(list("vm")).isEmpty();

    Seen done = importOvn("y\n", ofOne);
    assertThat(done.status()).as(done.err()).isZero();
    assertThat(list("vm").findValuesAsString("name")).containsExactly("db-1", "default_db-2");
    assertThat(list("subnet").findValuesAsString("logicalSwitch")).containsExactly("back", "web");
    assertThat(list("subnet").findValuesAsString("gateway")).containsExactly("10.0.1.1");
    assertThat(list("subnet").findValuesAsString("enforcement"))
        .containsExactly("observe", "observe");
    assertThat(importOvn("", ofOne).out())
        .contains("as OVN has them: 2")
        .doesNotContain("+", "~", "!");
    assertThat(cloud()).as("nothing moves").isEqualTo(before);

    Seen vip =
        havip(
            "",
            "vip",
            "create",
            "db",
            "--subnet",
            "web",
            "--address",
            "10.0.1.100",
            "--vm",
            "db-1,default_db-2",
            "--wait");
    assertThat(vip.status()).as(vip.err()).isZero();
    assertThat(ovn.nbctl("lsp-get-port-security", "default_db-1"))
        .contains(DB_1 + " 10.0.1.11", DB_1 + " 10.0.1.100");
    assertThat(havip("", "subnet", "update", "web", "--enforcement", "enforce").status()).isZero();
    assertThat(havip("", "vip", "delete", "db", "--wait").status()).isZero();
    assertThat(cloud()).as("as it was before").isEqualTo(before);
  }

  @Test
  void whatMayNotBeTakenIsRefused() throws Exception {
    ovn.nbctl(
        "set", "logical_switch_port", "default_db-1", "external_ids:neutron\\:revision_number=7");
    ovn.nbctl(
        "ls-add",
        "neutron-1",
        "--",
        "set",
        "logical_switch",
        "neutron-1",
        "external_ids:neutron\\:network_name=n");
    ovn.nbctl("lsp-add", "back", "nameless");
    Seen seen = importOvn("", "--yes");
    assertThat(seen.status()).isEqualTo(1);
    assertThat(seen.out())
        .contains(
            "! the logical switch neutron-1 is Neutron's",
            "! the logical port default_db-1 is Neutron's",
            "! the logical port nameless has no MAC address",
            "+ VM default_db-2: stopped");
    assertThat(list("vm").findValuesAsString("name")).containsExactly("db-1-back", "default_db-2");
    assertThat(importOvn("", "no-switch").err()).contains("OVN has no logical switch no-switch");
    assertThat(havip("", "import", "ovn", "--vpc", "v", "--db", "unix:/no/such").err())
        .contains("ovn-nbctl", "unix:/no/such", "failed");

    assertRefused("is Neutron's", "network", "--logical-switch", "neutron-1");
    assertRefused("no logical switch of this name", "network", "--logical-switch", "elsewhere");
    assertRefused("another network's", "network", "--logical-switch", "web");
    assertRefused("is Neutron's", "vm", "--nic", "web,port=default_db-1,mac=" + DB_1);
    assertRefused("is no VM's", "vm", "--nic", "web,port=web-router");
    assertRefused("has no port", "vm", "--nic", "web,port=nowhere");
    addPort("web", "db-3", "02:00:00:00:00:13", "10.0.1.13");
    assertRefused("give the NIC its MAC address", "vm", "--nic", "web,port=db-3");
  }

  private void assertRefused(String why, String kind, String... options) {
    String[] some =
        kind.equals("vm")
            ? new String[] {"vm", "create", "x", "--vpc", "v"}
            : new String[] {
              "network", "create", "x", "--cidr", "192.0.2.0/24", "--gateway", "192.0.2.1"
            };
    String[] all = Arrays.copyOf(some, some.length + options.length);
    System.arraycopy(options, 0, all, some.length, options.length);
    Seen seen = havip("", all);
    assertThat(seen.status()).as(why).isNotZero();
    assertThat(seen.err()).contains(why);
  }

  private JsonNode list(String kind) {
    return Json.MAPPER.readTree(havip("", kind, "list", "-o", "json").out());
  }

  private Seen importOvn(String answer, String... options) {
    String[] some = {"import", "ovn", "--vpc", "v", "--db", ovn.northbound()};
    String[] all = Arrays.copyOf(some, some.length + options.length);
    System.arraycopy(options, 0, all, some.length, options.length);
    return havip(answer, all);
  }

  private Seen havip(String answer, String... arguments) {
    return new Terminal(Objects.requireNonNull(server)).havip(answer, arguments);
  }
}
