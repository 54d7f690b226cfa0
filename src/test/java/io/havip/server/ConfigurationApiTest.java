package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Configurations for the HA software in VMs. */
class ConfigurationApiTest extends ApiFixture {
  @Test
  void askingForAConfigurationChangesNothingThatPeopleChange() throws Exception {
    String network = newSubnet(vpc);
    String first = newVm(vpc, network);
    String second = newVm(vpc, network);
    String path = newVip(network, first, second);
    await(path, vip -> vip.get("state").asString().equals("available"));
    int given = get(path).json().get("vrid").asInt();
    String eTag = eTag(path);
    String events = get(path + "/events").raw().body();

    Answer made = get(path + "/keepalived?vmId=" + first);
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.raw().headers().firstValue("Content-Type"))
        .hasValue("text/plain;charset=UTF-8");
    assertThat(made.raw().headers().firstValue("Cache-Control")).hasValue("no-store");
    int vrid = get(path).json().get("vrid").asInt();
    assertThat(vrid).as("reading gives no VRID").isEqualTo(given);
    assertThat(made.raw().body()).contains("virtual_router_id " + vrid + "\n");
    assertThat(get(path + "/keepalived?vmId=" + first).raw().body()).isEqualTo(made.raw().body());
    assertThat(configurations(path)).containsExactly("current", "none");
    assertThat(eTag(path)).isEqualTo(eTag);
    assertThat(get(path + "/events").raw().body()).isEqualTo(events);
  }

  @Test
  void aBindingChangeOutdatesConfigurations() throws Exception {
    String network = newSubnet(vpc);
    String first = newVm(vpc, network);
    String second = newVm(vpc, network);
    String path = newVip(network, first);
    get(path + "/keepalived?vmId=" + first);
    JsonNode preview = call("PUT", path + "/bindings/" + second + "?dryRun=true").json();
    assertThat(preview.get("outdatedConfigurations").get(0).asString()).isEqualTo(first);
    call("PUT", path + "/bindings/" + second);
    assertThat(configurations(path)).containsExactly("outdated", "none");
    get(path + "/keepalived?vmId=" + first);
    get(path + "/keepalived?vmId=" + second);
    assertThat(configurations(path)).containsExactly("current", "current");
    assertThat(
            call("DELETE", path + "/bindings/" + first + "?dryRun=true")
                .json()
                .get("outdatedConfigurations")
                .get(0)
                .asString())
        .isEqualTo(second);
  }

  @Test
  void thePasswordIsInTheFileOfVersion2AndNowhereElse() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String path = newVip(network, vm);
    assertThat(get(path + "/keepalived?vmId=" + vm).raw().body()).doesNotContain("auth_");
    String file = get(path + "/keepalived?version=2&advertInt=5&vmId=" + vm).raw().body();
    assertThat(file).contains("vrrp_version 2\n", "advert_int 5\n", "auth_type PASS");
    String secret = file.lines().filter(it -> it.contains("auth_pass ")).findFirst().orElseThrow();
    assertThat(secret.strip()).matches("auth_pass [A-Za-z0-9]{8}");
    String password = secret.strip().substring("auth_pass ".length());
    assertThat(get(path).raw().body()).doesNotContain(password);
    assertThat(get("/v1/events?limit=1000").raw().body()).doesNotContain(password);
  }

  @Test
  void whatCannotBeConfiguredIsRefused() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String path = newVip(network, vm);
    String other = newVm(vpc, network);
    String route = path + "/keepalived";
    assertRefused(get(route), 422, "invalid_field", "vmId");
    assertRefused(get(route + "?vmId=db-1"), 422, "invalid_field", "vmId");
    assertRefused(get(route + "?vmId=" + other), 422, "reference_not_found", "vmId");
    String nobody = "/v1/vips/vip-00000000000000000000000000/keepalived?vmId=" + vm;
    assertRefused(get(nobody), 404, "not_found", "");
    for (String[] refused :
        List.of(
            new String[] {"advertInt=0", "advertInt"},
            new String[] {"advertInt=41", "advertInt"},
            new String[] {"advertInt=0.105", "advertInt"},
            new String[] {"advertInt=1e1", "advertInt"},
            new String[] {"version=2&advertInt=0.5", "advertInt"},
            new String[] {"version=4", "version"},
            new String[] {"preempt=yes", "preempt"},
            new String[] {"preempt=true&preempt=false", "preempt"},
            new String[] {"vmac=", "vmac"},
            new String[] {"checkScript=check.sh", "checkScript"},
            new String[] {"checkScript=/etc/../tmp/x", "checkScript"},
            new String[] {"checkScript=/a%20b", "checkScript"},
            new String[] {"checkScript=/a%0Ab", "checkScript"},
            new String[] {"interface=eth1", "interface"},
            new String[] {"interface=" + network + "=e%20h", "interface"},
            new String[] {"interface=" + network + "=a&interface=" + network + "=b", "interface"},
            new String[] {"interface=nowhere=a", "interface"})) {
      assertRefused(
          get(route + "?vmId=" + vm + "&" + refused[0]), 422, "invalid_field", refused[1]);
    }
    assertRefused(
        get(route + "?vmId=" + vm + "&interface=" + newSubnet(vpc) + "=a"),
        422,
        "reference_not_found",
        "interface");
    assertRefused(get(route + "?vmId=" + vm + "&preemt=true"), 400, "unknown_field", "preemt");
    assertRefused(
        send(authorized(route + "?vmId=" + vm).header("Accept", "image/png").GET()),
        406,
        "not_acceptable",
        "");
    assertThat(configurations(path)).as("nothing was given").containsOnly("none");
  }

  private String newVip(String network, String... vms) throws Exception {
    return "/v1/vips/"
        + made("/v1/vips", vipBody("v", network, "'vmIds': ['" + String.join("','", vms) + "']"));
  }

  private String eTag(String path) throws Exception {
    return get(path).raw().headers().firstValue("ETag").orElseThrow();
  }

  private List<String> configurations(String path) throws Exception {
    return get(path)
        .json()
        .get("bindings")
        .valueStream()
        .map(bound -> bound.get("configuration").asString())
        .toList();
  }
}
