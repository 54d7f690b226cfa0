package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and how. */
class RefusalApiTest extends ApiFixture {
  @Test
  void whoHasNoTokenGetsNothing() throws Exception {
    for (String header : List.of("", "Bearer wrong", "Basic YTpi")) {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri("/v1/vips"));
      if (!header.isEmpty()) {
        request.header("Authorization", header);
      }
      Answer answer = send(request.GET());
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.code()).isEqualTo("unauthorized");
    }
    assertThat(send(HttpRequest.newBuilder(uri("/healthz")).GET()).status()).isEqualTo(200);
    assertThat(send(HttpRequest.newBuilder(uri("/readyz")).GET()).status()).isEqualTo(200);
    assertThat(
            http.send(
                    HttpRequest.newBuilder(uri("/openapi.yaml")).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body())
        .startsWith("openapi: 3.1.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /v1/vpcs | {'name': 'x', 'cidr': '10.0.0.1/8'}                    | 422 | invalid_field  | cidr
          /v1/vpcs | {'name': 'x', 'cidr': '10.0.0/8'}                      | 422 | invalid_field  | cidr
          /v1/vpcs | {'name': 'x', 'cidr': 10}                              | 422 | invalid_field  | cidr
          /v1/vpcs | {'name': 'x', 'cidr': '127.0.0.0/8'}                   | 422 | invalid_field  | cidr
          /v1/vpcs | {'name': 'x', 'cidr': '239.0.0.0/16'}                  | 422 | invalid_field  | cidr
          /v1/vpcs | {'name': 'moc.\\u202eelgoog', 'cidr': '10.0.0.0/8'}     | 422 | invalid_field  | name
          /v1/vpcs | {'name': '', 'cidr': '10.0.0.0/8'}                     | 422 | invalid_field  | name
          /v1/vpcs | {'name': 7, 'cidr': '10.0.0.0/8'}                      | 422 | invalid_field  | name
          /v1/vpcs | {'name': null, 'cidr': '10.0.0.0/8'}                   | 422 | invalid_field  | name
          /v1/vpcs | {'cidr': '10.0.0.0/8'}                                 | 422 | invalid_field  | name
          /v1/vpcs | {'name': 'x', 'cidr': '10.0.0.0/8', 'nmae': 'y'}       | 400 | unknown_field  | nmae
          /v1/vpcs | {'name': 'x', 'name': 'y', 'cidr': '10.0.0.0/8'}       | 400 | invalid_body   | ""
          /v1/vpcs | {'name': 'x',                                          | 400 | invalid_body   | ""
          /v1/vpcs | []                                                     | 400 | invalid_body   | ""
          /v1/vpcs | 'text'                                                 | 400 | invalid_body   | ""
          /v1/vpcs | {'name': 'x', 'cidr': '10.0.0.0/8'} {}                 | 400 | invalid_body   | ""
          /v1/subnets | {'vpcId': 'vpc-00000000000000000000000000', 'name': 'x', 'cidr': '10.9.0.0/24'} | 422 | reference_not_found | vpcId
          /v1/subnets | {'vpcId': 'nonsense', 'name': 'x', 'cidr': '10.9.0.0/24'} | 422 | invalid_field | vpcId
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '11.0.0.0/24'} | 422 | invalid_field | cidr
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '10.0.1.0/25'} | 422 | invalid_field | cidr
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '10.9.0.0/24', 'gateway': '10.8.0.1'} | 422 | invalid_field | gateway
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '10.9.0.0/24', 'reserved': ['10.9.0.9-10.9.0.3']} | 422 | invalid_field | reserved[0]
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '10.9.0.0/24', 'logicalSwitch': 'a,b'} | 422 | invalid_field | logicalSwitch
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '10.9.0.0/24', 'logicalSwitch': 'nowhere'} | 422 | invalid_field | logicalSwitch
          /v1/subnets | {'vpcId': '$VPC', 'name': 'x', 'cidr': '10.9.0.0/24', 'logicalSwitch': 'ls0', 'uplink': 'eth1'} | 422 | invalid_field | uplink
          /v1/vms | {'name': 'x', 'vpcId': '$VPC', 'nics': [{'networkId': '$SUBNET', 'mac': 'zz'}]} | 422 | invalid_field | nics[0].mac
          /v1/vms | {'name': 'x', 'vpcId': '$VPC', 'nics': [{'networkId': '$SUBNET', 'prot': 'p'}]} | 400 | unknown_field | nics[0].prot
          /v1/vms | {'name': 'x', 'vpcId': '$VPC', 'nics': [{'networkId': '$SUBNET', 'port': 'a/b'}]} | 422 | invalid_field | nics[0].port
          /v1/vms | {'name': 'x', 'vpcId': '$VPC', 'nics': {}} | 422 | invalid_field | nics
          /v1/vms | {'name': 'x', 'vpcId': '$VPC', 'state': 'dancing'} | 422 | invalid_field | state
          /v1/vips | {'name': 'x', 'type': 'sideways', 'vpcId': '$VPC', 'networkId': '$SUBNET'} | 422 | invalid_field | type
          /v1/vips | {'name': 'x', 'type': 'external', 'vpcId': '$VPC', 'networkId': '$SUBNET'} | 422 | invalid_field | type
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'address': '10.0.1.0'} | 422 | address_reserved | address
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'address': '10.0.1.255'} | 422 | address_reserved | address
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'address': '10.0.1.1'} | 422 | address_reserved | address
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'address': '10.0.2.9'} | 422 | address_outside_network | address
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'address': '10.0.1.300'} | 422 | invalid_field | address
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'vmIds': ['vm-00000000000000000000000000']} | 422 | reference_not_found | vmIds[0]
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'vmIds': [null]} | 422 | invalid_field | vmIds[0]
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'floatingAddress': {'networkId': '$SUBNET'}} | 422 | invalid_field | floatingAddress
          /v1/vips | {'name': 'x', 'type': 'internal', 'vpcId': '$VPC', 'networkId': '$SUBNET', 'floatingAddress': {}} | 422 | invalid_field | floatingAddress.networkId
          """)
  void badBodiesNameTheField(String path, String body, int status, String code, String field)
      throws Exception {
    assertRefused(
        post(path, body.replace("$VPC", vpc).replace("$SUBNET", subnet)), status, code, field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /v1/vpcs            | {'name': 'x', 'cidr': 10}        | give a string
          /v1/vpcs            | {'name': 'x', 'cidr': {}}        | give a string
          /v1/vms             | {'name': 'x', 'vpcId': ['$VPC']} | give a string
          /v1/vips/$VIP/fence | {'vmId': '$VM', 'seconds': 1.5}  | give a whole number
          /v1/vips/$VIP/fence | {'vmId': '$VM', 'seconds': '5'}  | give a whole number
          """)
  void aWrongTypeIsToldTheRightOne(String path, String body, String message) throws Exception {
    String vip = made("/v1/vips", vipBody("v", subnet, "'remark': ''"));
    Answer answer =
        post(
            path.replace("$VIP", vip),
            body.replace("$VPC", vpc).replace("$VM", newVm(vpc, subnet)));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("detail").asString()).isEqualTo(message);
  }

  @Test
  void limitsAndOwnershipAreRefusedWithTheirCodes() throws Exception {
    String network = newSubnet(vpc);
    List<String> vms =
        List.of(newVm(vpc, network), newVm(vpc, network), newVm(vpc, network), newVm(vpc, network));
    assertRefused(
        post("/v1/vips", vipBody("four", network, "'vmIds': ['" + String.join("','", vms) + "']")),
        409,
        "vip_binding_limit",
        "vmIds");
    for (int i = 0; i < 5; i++) {
      made("/v1/vips", vipBody("v" + i, network, "'vmIds': ['" + vms.get(0) + "']"));
    }
    assertRefused(
        post("/v1/vips", vipBody("sixth", network, "'vmIds': ['" + vms.get(0) + "']")),
        409,
        "vm_vip_limit",
        "vmIds[0]");
    String address = hostOf(network, 77);
    made("/v1/vips", vipBody("first", network, "'address': '" + address + "'"));
    assertRefused(
        post("/v1/vips", vipBody("second", network, "'address': '" + address + "'")),
        409,
        "address_taken",
        "address");
    String otherVpc = made("/v1/vpcs", "{'name': 'other', 'cidr': '10.0.0.0/8'}");
    String stranger = newVm(otherVpc, newSubnet(otherVpc));
    assertRefused(
        post("/v1/vips", vipBody("x", network, "'vmIds': ['" + stranger + "']")),
        422,
        "vm_wrong_vpc",
        "vmIds[0]");
    String elsewhere = newVm(vpc, newSubnet(vpc));
    assertRefused(
        post("/v1/vips", vipBody("x", network, "'vmIds': ['" + elsewhere + "']")),
        422,
        "vm_without_nic",
        "vmIds[0]");
    assertRefused(call("DELETE", "/v1/vpcs/" + vpc), 409, "in_use", "");
    assertRefused(call("DELETE", "/v1/subnets/" + network), 409, "in_use", "");
  }

  @Test
  void whatIsNotThereIsNotFound() throws Exception {
    assertRefused(get("/v1/vips/vip-00000000000000000000000000"), 404, "not_found", "");
    assertRefused(get("/v1/vips/nonsense"), 404, "not_found", "");
    assertRefused(get("/v1/external-networks/" + subnet), 404, "not_found", "");
    assertRefused(get("/v1/nonsense"), 404, "not_found", "");
    assertRefused(call("PUT", "/v1/vips", "{}"), 405, "method_not_allowed", "");
    assertRefused(get("/v1/vips?limit=0"), 422, "invalid_field", "limit");
    assertRefused(get("/v1/vips?limit=many"), 422, "invalid_field", "limit");
    assertRefused(get("/v1/vips?cursor=garbage"), 400, "cursor_mismatch", "cursor");
    assertRefused(get("/v1/events?after=yesterday"), 422, "invalid_field", "after");
  }

  @Test
  void bodiesOverOneMebibyteAreRefusedWithAndWithoutALength() throws Exception {
    String big = "{'name': '" + "x".repeat(1 << 20) + "', 'cidr': '10.0.0.0/8'}";
    assertRefused(post("/v1/vpcs", big), 413, "body_too_large", "");
    HttpRequest.Builder chunked =
        authorized("/v1/vpcs")
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream(big.replace('\'', '"').getBytes(UTF_8))));
    assertRefused(send(chunked), 413, "body_too_large", "");
    assertRefused(
        send(authorized("/v1/vpcs").POST(HttpRequest.BodyPublishers.ofString("name=x"))),
        415,
        "unsupported_media_type",
        "");
    assertRefused(
        send(authorized("/v1/vpcs").header("Accept", "image/png").GET()),
        406,
        "not_acceptable",
        "");
    assertRefused(post("/v1/vpcs", "[".repeat(100_000)), 400, "invalid_body", "");
  }
}
