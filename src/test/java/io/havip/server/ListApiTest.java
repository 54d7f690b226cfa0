package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Lists: pages, filters, order, CSV. */
class ListApiTest extends ApiFixture {
  @Test
  void listsArePagedWithoutGapOrDuplicate() throws Exception {
    String other = made("/v1/vpcs", "{'name': 'paged', 'cidr': '10.0.0.0/8'}");
    String network = newSubnet(other);
    for (int i = 0; i < 5; i++) {
      newVm(other, network);
    }
    long total = get("/v1/vms?limit=1").json().get("total").asLong();
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = get("/v1/vms?limit=2" + cursor).json();
      page.get("items").forEach(vm -> seen.add(vm.get("id").asString()));
      cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
    } while (!cursor.isEmpty());
    assertThat(seen).hasSize((int) total).doesNotHaveDuplicates().isSorted();
    String vmCursor = get("/v1/vms?limit=2").json().get("nextCursor").asString();
    assertRefused(get("/v1/vpcs?cursor=" + vmCursor), 400, "cursor_mismatch", "cursor");
  }

  @Test
  void vipsAreFilteredSortedCountedAndPaged() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    for (int i = 0; i < 7; i++) {
      made(
          "/v1/vips",
          vipBody(
              // No id has a 'u' in it, which the search would find too.
              "u" + (i * 3 % 7),
              network,
              "'address': '"
                  + hostOf(network, 100 + i)
                  + "'"
                  + (i % 2 == 0 ? ", 'vmIds': ['" + vm + "']" : "")));
    }
    String ofNetwork = "/v1/vips?networkId=" + network;
    await(
        ofNetwork,
        page ->
            page.get("items")
                .valueStream()
                .allMatch(vip -> vip.get("state").asString().equals("available")));
    for (String sort : List.of("name", "createdAt", "address", "state")) {
      List<String> up = names(ofNetwork + "&limit=2&sort=" + sort);
      List<String> down = names(ofNetwork + "&limit=3&sort=-" + sort);
      assertThat(up).as(sort).hasSize(7).doesNotHaveDuplicates();
      assertThat(down).as(sort).isEqualTo(up.reversed());
    }
    assertThat(names(ofNetwork + "&limit=2&sort=name")).isSorted();
    assertThat(names(ofNetwork + "&sort=address")).startsWith("u0", "u3", "u6");
    JsonNode bound = get(ofNetwork + "&limit=1&vmId=" + vm).json();
    assertThat(bound.get("total").asLong()).isEqualTo(4);
    assertThat(bound.get("items").size()).isEqualTo(1);
    assertThat(names(ofNetwork + "&q=U3")).containsExactly("u3");
    assertThat(names("/v1/vips?address=" + hostOf(network, 101))).containsExactly("u3");
    assertThat(names(ofNetwork + "&type=external")).isEmpty();

    String cursor = get(ofNetwork + "&limit=2&sort=name").json().get("nextCursor").asString();
    assertThat(get(ofNetwork + "&limit=5&sort=name&cursor=" + cursor).status()).isEqualTo(200);
    for (String other : List.of("&sort=-name", "&sort=address", "", "&sort=name&type=internal")) {
      assertRefused(get(ofNetwork + other + "&cursor=" + cursor), 400, "cursor_mismatch", "cursor");
    }
  }

  @Test
  void subnetsAndVmsAreFoundByNameAndVpc() throws Exception {
    String other = made("/v1/vpcs", "{'name': 'other', 'cidr': '10.0.0.0/8'}");
    String network = newSubnet(other);
    String vm = newVm(other, network);
    newVm(other, network);
    String name = get("/v1/vms/" + vm).json().get("name").asString();
    assertThat(names("/v1/vms?vpcId=" + other + "&name=" + name)).contains(name).containsOnly(name);
    assertThat(names("/v1/vms?vpcId=" + other + "&limit=1")).hasSize(2);
    assertThat(names("/v1/vms?vpcId=" + other + "&name=nobody")).isEmpty();
    JsonNode subnets = get("/v1/subnets?vpcId=" + other).json();
    assertThat(subnets.get("total").asLong()).isEqualTo(1);
    assertThat(subnets.at("/items/0/id").asString()).isEqualTo(network);
    String cursor = get("/v1/vms?vpcId=" + other + "&limit=1").json().get("nextCursor").asString();
    assertRefused(get("/v1/vms?cursor=" + cursor), 400, "cursor_mismatch", "cursor");
    assertRefused(get("/v1/vms?name=%00"), 422, "invalid_field", "name");
    assertRefused(get("/v1/subnets?vpcId=x"), 422, "invalid_field", "vpcId");
  }

  @Test
  void badFiltersAreNamed() throws Exception {
    assertRefused(get("/v1/vips?vmID=x"), 400, "unknown_field", "vmID");
    assertRefused(get("/v1/vips?vmId="), 422, "invalid_field", "vmId");
    assertRefused(get("/v1/vips?limit=1&limit=2"), 422, "invalid_field", "limit");
    for (String bad :
        List.of(
            "type=sideways",
            "state=AVAILABLE",
            "vpcId=x",
            "networkId=x",
            "vmId=x",
            "address=1.2.3",
            "q=" + "x".repeat(256),
            "q=%00",
            "sort=colour",
            "sort=-")) {
      assertRefused(
          get("/v1/vips?" + bad), 422, "invalid_field", bad.substring(0, bad.indexOf('=')));
    }
  }

  @Test
  void theWholeFilteredListIsExportedAsCsv() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    made("/v1/vips", vipBody("plain", network, "'vmIds': ['" + vm + "']"));
    made("/v1/vips", vipBody("=1+1", network, "'remark': 'a, \\'quoted\\' one'"));
    for (int i = 0; i < 150; i++) {
      made("/v1/vips", vipBody("many", network, "'remark': '-'"));
    }
    HttpResponse<String> csv =
        send(authorized("/v1/vips?limit=1&networkId=" + network).header("Accept", "text/csv").GET())
            .raw();
    assertThat(csv.statusCode()).isEqualTo(200);
    assertThat(csv.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT))
        .isEqualTo("text/csv;charset=utf-8");
    List<String> lines = csv.body().lines().toList();
    assertThat(csv.body()).endsWith("\r\n");
    assertThat(lines).hasSize(1 + 152);
    assertThat(lines.get(0)).startsWith("id,name,remark,type,");
    assertThat(lines.get(1)).contains(",plain,,internal,", "," + vm + ",,1,");
    assertThat(lines.get(2)).contains(",'=1+1,\"a, \"\"quoted\"\" one\",internal,");
    assertThat(lines.get(3)).contains(",many,'-,internal,");
    assertRefused(
        send(authorized("/v1/vips?sort=x").header("Accept", "text/csv").GET()),
        422,
        "invalid_field",
        "sort");
  }

  private List<String> names(String query) throws Exception {
    List<String> names = new ArrayList<>();
    JsonNode page = get(query).json();
    page.get("items").forEach(vip -> names.add(vip.get("name").asString()));
    while (page.has("nextCursor")) {
      page = get(query + "&cursor=" + page.get("nextCursor").asString()).json();
      page.get("items").forEach(vip -> names.add(vip.get("name").asString()));
    }
    return names;
  }
}
