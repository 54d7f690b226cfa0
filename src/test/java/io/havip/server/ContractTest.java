package io.havip.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.havip.account.ApiKey;
import io.havip.account.Role;
import io.havip.decision.Change;
import io.havip.decision.Decision;
import io.havip.decision.DrillDecisions;
import io.havip.error.ErrorCode;
import io.havip.error.StoreUnavailable;
import io.havip.id.AccountId;
import io.havip.id.NetworkId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.json.Json;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.store.CommitListener;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Drill;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * openapi.yaml and the server say the same: each of what is documented happens, and nothing else.
 */
class ContractTest extends ApiFixture {
  private static final String MEMBER = "a-members-token";

  /**
   * Documented, but too far: it takes 65,535 networks, 255 VIPs with a configuration each, or a
   * fabric that cannot ask for addresses ({@link MemberRangesApiTest}).
   */
  private static final Set<String> UNTRIED =
      Set.of(
          "createSubnet 409 network_full",
          "createExternalNetwork 409 network_full",
          "updateVip 403 forbidden",
          "getKeepalivedConfiguration 409 vrids_exhausted",
          "getHeartbeatConfiguration 409 vrids_exhausted",
          "getPacemakerConfiguration 409 vrids_exhausted");

  /** Schemas of refusals, which are looked at elsewhere, and of what is only sent. */
  private static final Set<String> NOT_OF_RESOURCES =
      Set.of("Problem", "KeepalivedFile", "HeardPort", "HeardArp", "HeardAdvert");

  /** A field that is given in place of another one, by operation. */
  private static final Map<String, String> ALTERNATIVES =
      Map.of(
          "checkKeepalived", "vmId",
          "createSubnet", "logicalSwitch",
          "createExternalNetwork", "logicalSwitch");

  private final Contract contract = Contract.INSTANCE;
  private final AtomicReference<@Nullable RuntimeException> readsFailWith = new AtomicReference<>();
  private final AtomicReference<@Nullable RuntimeException> writesFailWith =
      new AtomicReference<>();
  private final Set<String> seen = new TreeSet<>();
  private final Set<String> seenFields = new TreeSet<>();
  private final Set<String> exampled = new TreeSet<>();
  private @Nullable Store store;
  private @Nullable AccountId account;
  private int next = 1;
  private int nextNic = 1;

  @Override
  Settings settings() {
    return super.settings().withWebhooksToThisHost().withFloatingAddresses();
  }

  @Override
  Store wrap(Store real) {
    store = real;
    return new Store() {
      @Override
      public <T> T read(Function<? super Reader, ? extends T> query) {
        failIfTold(readsFailWith);
        return real.read(query);
      }

      @Override
      public <T> Decision<T> write(Function<? super Reader, Decision<T>> decide) {
        failIfTold(writesFailWith);
        Decision<T> decision = real.write(decide);
        decision.changes().stream()
            .filter(Change.PutAccount.class::isInstance)
            .filter(_ -> account == null)
            .forEach(change -> account = ((Change.PutAccount) change).account().id());
        return decision;
      }

      @Override
      public void onCommit(CommitListener listener) {
        real.onCommit(listener);
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }

  private static void failIfTold(AtomicReference<@Nullable RuntimeException> failure) {
    RuntimeException e = failure.get();
    if (e != null) {
      throw e;
    }
  }

  @Override
  Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    Answer answer = super.send(request);
    HttpRequest sent = request.build();
    contract
        .operation(sent.method(), sent.uri().getPath())
        .ifPresent(operation -> {
          seen.add((operation.id() + " " + answer.status() + " " + answer.code()).strip());
          if (answer.status() < 300) {
            JsonNode content = operation.response("" + answer.status()).path("content");
            observe(content.at("/application~1json/schema"), answer.json());
          }
        });
    return answer;
  }

  /** Notes which documented fields an answer has. */
  private void observe(JsonNode schemaOrReference, JsonNode value) {
    String name = schemaOrReference.path("$ref").asString("").replaceAll(".*/", "");
    JsonNode schema = contract.resolve(schemaOrReference);
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      JsonNode documented = schema.path("properties").path(field.getKey());
      if (!documented.isMissingNode()) {
        seenFields.add(name + "." + field.getKey());
        observe(documented, field.getValue());
      }
    }
    if (value.isArray()) {
      value.forEach(item -> observe(schema.path("items"), item));
    }
    schema
        .path("anyOf")
        .forEach(one -> {
          String pointer = one.path("$ref").asString("");
          if (!pointer.isEmpty() && contract.isValid(pointer, value)) {
            observe(one, value);
          }
        });
  }

  // ---- Routes and codes, as they are declared ----

  @Test
  void routesMediaTypesAndParametersAreTheSame() {
    Map<String, Set<String>> routes = new TreeMap<>();
    Map<String, Set<String>> consumed = new TreeMap<>();
    Map<String, Set<String>> parameters = new TreeMap<>();
    RequestMappingHandlerMapping mapping =
        server
            .context()
            .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    for (Map.Entry<RequestMappingInfo, HandlerMethod> entry :
        mapping.getHandlerMethods().entrySet()) {
      RequestMappingInfo info = entry.getKey();
      for (String path : info.getPatternValues()) {
        for (var method : info.getMethodsCondition().getMethods()) {
          String route = method + " " + path;
          texts(routes, route, info.getProducesCondition().getProducibleMediaTypes());
          texts(consumed, route, info.getConsumesCondition().getConsumableMediaTypes());
          for (MethodParameter parameter : entry.getValue().getMethodParameters()) {
            name(parameter)
                .ifPresent(
                    name -> parameters.computeIfAbsent(route, _ -> new TreeSet<>()).add(name));
          }
        }
      }
    }
    assertThat(routes.keySet())
        .isEqualTo(
            contract.operations().stream().map(Contract.Operation::toString).collect(toSet()));
    for (Contract.Operation operation : contract.operations()) {
      String route = operation.toString();
      Set<String> produced = new TreeSet<>();
      for (String status : operation.statuses()) {
        produced.addAll(operation.response(status).path("content").propertyNames());
      }
      produced.remove("application/problem+json");
      if (!produced.isEmpty()) {
        assertThat(routes.get(route)).as(route).isEqualTo(produced);
      }
      assertThat(consumed.get(route))
          .as(route)
          .isEqualTo(
              new TreeSet<>(
                  contract
                      .resolve(operation.node.path("requestBody"))
                      .path("content")
                      .propertyNames()));
      for (String name : parameters.getOrDefault(route, Set.of())) {
        assertThat(operation.hasParameter(name)).as("%s has %s", route, name).isTrue();
      }
    }
  }

  private static void texts(Map<String, Set<String>> map, String key, Set<?> values) {
    Set<String> texts = map.computeIfAbsent(key, _ -> new TreeSet<>());
    values.forEach(value -> texts.add(value.toString()));
  }

  private static Optional<String> name(MethodParameter parameter) {
    parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
    String declared = parameter.getParameterName();
    if (parameter.hasParameterAnnotation(PathVariable.class)) {
      return Optional.ofNullable(declared);
    }
    RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
    if (header != null) {
      return Optional.of(header.name());
    }
    boolean isOne =
        parameter.hasParameterAnnotation(RequestParam.class)
            && !Map.class.isAssignableFrom(parameter.getParameterType());
    return isOne ? Optional.ofNullable(declared) : Optional.empty();
  }

  @Test
  void codesAreTheSameAndHaveOneStatusEach() {
    JsonNode schema = contract.document().at("/components/schemas/ErrorCode");
    Set<String> codes = codes();
    assertThat(schema.get("enum").valueStream().map(JsonNode::asString).collect(toSet()))
        .isEqualTo(codes);
    Map<String, String> statuses = new TreeMap<>();
    Matcher row =
        Pattern.compile("\\| (\\d{3}) \\| `(\\w+)` \\|")
            .matcher(schema.get("description").asString());
    while (row.find()) {
      statuses.put(row.group(2), row.group(1));
    }
    assertThat(statuses.keySet()).isEqualTo(codes);
    for (Contract.Operation operation : contract.operations()) {
      for (String status : operation.statuses()) {
        for (String code : operation.codes(status)) {
          assertThat(statuses.get(code))
              .as("%s %s", operation, code)
              .isEqualTo(status.equals("default") ? "500" : status);
        }
      }
    }
  }

  private static Set<String> codes() {
    return Arrays.stream(ErrorCode.values())
        .map(code -> code.name().toLowerCase(Locale.ROOT))
        .collect(toSet());
  }

  @Test
  void everyExampleIsAsItsSchemaSays() {
    examples("#/components/requestBodies");
    examples("#/components/responses");
    JsonNode problem = contract.document().at("/components/schemas/Problem");
    for (JsonNode example : problem.get("examples")) {
      contract.assertValid("#/components/schemas/Problem", example.toString(), "Problem");
      exampled.add(example.get("code").asString());
    }
    assertThat(exampled).as("codes that have an example").isEqualTo(codes());
  }

  private void examples(String pointer) {
    JsonNode group = contract.document().at(pointer.substring(1));
    for (Map.Entry<String, JsonNode> one : group.properties()) {
      for (Map.Entry<String, JsonNode> type : one.getValue().path("content").properties()) {
        JsonNode content = type.getValue();
        Stream<JsonNode> examples =
            content.has("example")
                ? Stream.of(content.get("example"))
                : content
                    .path("examples")
                    .valueStream()
                    .map(it -> contract.resolve(it).get("value"));
        List<JsonNode> all = examples.toList();
        String where =
            pointer + "/" + one.getKey() + "/content/" + type.getKey().replace("/", "~1");
        assertThat(all).as(where).isNotEmpty();
        if (type.getKey().endsWith("json")) {
          all.forEach(it -> contract.assertValid(where + "/schema", it.toString(), where));
        }
        if (type.getKey().equals("application/problem+json")) {
          all.forEach(it -> exampled.add(it.get("code").asString()));
        }
      }
    }
  }

  // ---- What happens ----

  /** A request that succeeds, with every field that its body may have. */
  private record Sample(String path, ObjectNode body) {}

  private Sample sample(String id) throws Exception {
    return switch (id) {
      case "createVpc" -> sample("/v1/vpcs", "{'name': 'v', 'cidr': '10.0.0.0/8'}");
      case "createSubnet" ->
          sample(
              "/v1/subnets",
              ("{'vpcId': '%s', 'name': 's', 'cidr': '10.%d.%d.0/24', 'gateway': '10.%2$d.%3$d.1',"
                      + " 'reserved': ['10.%2$d.%3$d.2'], 'uplink': 's%2$d-%3$d',"
                      + " 'enforcement': 'enforce', 'gatewayMac': '02:00:5e:10:00:01',"
                      + " 'reservedVrids': [1], 'trustedPorts': [], 'judgesTrustedPorts': false,"
                      + " 'memberRanges': [], 'otherTraffic': 'pass', 'ipsec': false}")
                  .formatted(vpc, 20 + next / 200, next++ % 200));
      case "createExternalNetwork" ->
          sample(
              "/v1/external-networks",
              ("{'name': 'x', 'cidr': '203.0.113.0/24', 'gateway': '203.0.113.1',"
                      + " 'reserved': ['203.0.113.2-203.0.113.9'], 'uplink': 'x%d',"
                      + " 'enforcement': 'enforce', 'gatewayMac': '00:00:5e:00:01:07',"
                      + " 'reservedVrids': [1, 255], 'trustedPorts': [],"
                      + " 'judgesTrustedPorts': false,"
                      + " 'memberRanges': ['203.0.113.100-203.0.113.199', '203.0.113.9'],"
                      + " 'otherTraffic': 'pass', 'ipsec': false,"
                      + " 'shared': false, 'accounts': ['default']}")
                  .formatted(next++));
      case "createVm" ->
          sample(
              "/v1/vms",
              "{'name': 'm', 'vpcId': '%s', 'state': 'stopped', 'nics': [%s], 'account': 'default'}"
                  .formatted(vpc, nic()));
      case "addNic" ->
          sample(
              "/v1/vms/" + made("/v1/vms", "{'name': 'm', 'vpcId': '" + vpc + "'}") + "/nics",
              nic());
      case "createVip" -> {
        String network = newSubnet(vpc);
        yield sample(
            "/v1/vips",
            vipBody(
                "p",
                network,
                "'remark': 'r', 'address': '%s', %s, 'vmIds': ['%s'], 'vmacVmIds': []"
                    .formatted(hostOf(network, 99), floating(), newVm(vpc, network))));
      }
      case "updateVpc" -> sample(newPath(id), "{'name': 'renamed" + next++ + "'}");
      case "updateSubnet" ->
          sample(
              newPath(id),
              ("{'name': 'renamed%d', 'enforcement': 'observe', 'gatewayMac': null,"
                      + " 'reservedVrids': [2], 'trustedPorts': ['t%1$d'],"
                      + " 'judgesTrustedPorts': true, 'memberRanges': null,"
                      + " 'otherTraffic': 'drop', 'ipsec': true}")
                  .formatted(next++));
      case "updateExternalNetwork" ->
          sample(
              newPath(id),
              ("{'name': 'renamed%d', 'enforcement': 'observe', 'gatewayMac': null,"
                      + " 'reservedVrids': [2], 'trustedPorts': ['t%1$d'],"
                      + " 'judgesTrustedPorts': true, 'memberRanges': null,"
                      + " 'otherTraffic': 'drop', 'ipsec': true,"
                      + " 'shared': false, 'accounts': ['default']}")
                  .formatted(next++));
      case "updateVm" -> sample(newPath(id), "{'name': 'm" + next++ + "', 'state': 'stopped'}");
      case "updateVip" ->
          sample(newPath(id), "{'name': 'p" + next++ + "', 'remark': 'r', " + floating() + "}");
      case "replaceBindings" -> {
        String network = newSubnet(vpc);
        yield sample(
            newVip(network, "") + "/bindings",
            "{'vmIds': ['" + newVm(vpc, network) + "'], 'vmacVmIds': []}");
      }
      case "bindVm" -> {
        String network = newSubnet(vpc);
        yield sample(newVip(network, "") + "/bindings/" + newVm(vpc, network), "{'vmac': true}");
      }
      case "unbindVm" -> {
        String network = newSubnet(vpc);
        String vm = newVm(vpc, network);
        yield bodiless(newVip(network, "'vmIds': ['" + vm + "']") + "/bindings/" + vm);
      }
      case "deleteVips" ->
          sample(
              "/v1/vips/batch-delete",
              "{'ids': ['" + newPath("getVip").substring("/v1/vips/".length()) + "']}");
      case "retryVip" -> bodiless(failedVip() + "/retry");
      case "signIn" -> sample("/v1/session", "{'token': '" + token + "'}");
      case "getSubnetAddresses" -> bodiless(newPath("getSubnet") + "/addresses");
      case "getExternalNetworkAddresses" -> bodiless(newPath("getExternalNetwork") + "/addresses");
      case "fenceVm" -> {
        Bound bound = bound();
        yield sample(bound.vip() + "/fence", "{'vmId': '" + bound.vm() + "', 'seconds': 1}");
      }
      case "beginDrill" -> {
        Bound bound = bound();
        hold(bound.vip(), bound.vm());
        await(bound.vip(), vip -> vip.path("state").asString().equals("available"));
        yield sample(
            bound.vip() + "/drills",
            "{'kind': 'isolate-holder', 'seconds': 1, 'targetMillis': 5000, 'force': false,"
                + " 'wholePort': false}");
      }
      case "listDrills" -> bodiless(newPath("getVip") + "/drills");
      case "getDrill" -> {
        Sample drill = sample("beginDrill");
        assertThat(call("POST", drill.path(), drill.body().toString()).status()).isEqualTo(202);
        yield bodiless(drill.path() + "/1");
      }
      case "announceVip" -> {
        Bound bound = bound();
        hold(bound.vip(), bound.vm());
        yield bodiless(bound.vip() + "/announce");
      }
      case "getKeepalivedConfiguration" -> configuration("keepalived");
      case "getHeartbeatConfiguration" -> configuration("heartbeat");
      case "getPacemakerConfiguration" -> configuration("pacemaker");
      case "checkKeepalived" ->
          sample(
              "/v1/keepalived/check",
              "{'files': [{'name': 'keepalived.conf', 'text': 'global_defs {\\n"
                  + "  vrrp_garp_interval 0\\n}\\n'}], 'vipId': '"
                  + newPath("getVip").substring("/v1/vips/".length())
                  + "'}");
      case "createWebhook" -> {
        // There can be only so many.
        for (JsonNode webhook : get("/v1/webhooks").json().get("items")) {
          call("DELETE", "/v1/webhooks/" + webhook.get("id").asString());
        }
        yield sample(
            "/v1/webhooks",
            "{'name': 'w', 'url': 'https://127.0.0.1:9/', 'kinds': ['split_began']}");
      }
      case "createToken" ->
          sample(
              "/v1/tokens",
              "{'name': 't%d', 'role': 'agent', 'account': 'default'}".formatted(next++));
      case "updateWebhook" ->
          sample(
              newPath(id),
              "{'name': 'w%d', 'url': 'http://127.0.0.1:9/', 'kinds': [], 'enabled': false}"
                  .formatted(next++));
      case "reportSightings" -> {
        fabric.setNeedsAgents(true);
        yield sample("/v1/chassis/host-1/sightings", "{'ports': []}");
      }
      case "explainVip" -> bodiless(newPath("getVip") + "/explain");
      case "listVipEvents" -> bodiless(newPath("getVip") + "/events");
      case "updateNic" -> {
        String network = newSubnet(vpc);
        String vm = newVm(vpc, network);
        String nic = get("/v1/vms/" + vm).json().at("/nics/0/id").asString();
        String sender = newVip(network, "").substring("/v1/vips/".length());
        yield sample(
            "/v1/vms/" + vm + "/nics/" + nic,
            ("{'mac': '02:00:00:00:03:01', 'port': 'tapu%d', 'allowedSources': ['10.8.0.0/16'],"
                    + " 'gateway': true, 'sendsFromVip': ['%s']}")
                .formatted(next++, sender));
      }
      case "deleteNic" -> {
        String vm = newVm(vpc, newSubnet(vpc));
        String nic = get("/v1/vms/" + vm).json().at("/nics/0/id").asString();
        yield bodiless("/v1/vms/" + vm + "/nics/" + nic);
      }
      default ->
          bodiless(
              contract.operation(id).path.contains("{")
                  ? newPath(id)
                  : contract.operation(id).path);
    };
  }

  /**
   * A VIP that two VMs are bound to.
   *
   * @param vip its path
   * @param vm one of them
   */
  private record Bound(String vip, String vm) {}

  private Bound bound() throws Exception {
    String network = newSubnet(vpc);
    List<String> vms = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      vms.add(
          made(
              "/v1/vms",
              "{'name': 'node-%d', 'vpcId': '%s', 'nics': [{'networkId': '%s'}]}"
                  .formatted(i, vpc, network)));
    }
    return new Bound(
        newVip(network, "'vmIds': ['" + String.join("','", vms) + "']"), vms.getFirst());
  }

  private Sample configuration(String software) throws Exception {
    Bound bound = bound();
    return bodiless(bound.vip() + "/" + software + "?vmId=" + bound.vm());
  }

  private static Sample bodiless(String path) {
    return new Sample(path, Json.MAPPER.createObjectNode());
  }

  private static Sample sample(String path, String body) {
    return new Sample(path, (ObjectNode) Json.MAPPER.readTree(body.replace('\'', '"')));
  }

  private String nic() throws Exception {
    int number = nextNic++;
    return ("{'networkId': '%s', 'address': '%s', 'mac': '02:00:00:00:01:%02x', 'port': 'tap%d',"
            + " 'allowedSources': ['10.8.0.0/16'], 'gateway': true, 'sendsFromVip': []}")
        .formatted(subnet, hostOf(subnet, 100 + number), number, number);
  }

  /** The path of something new, of the kind that an operation is about. */
  private String newPath(String id) throws Exception {
    String kind = id.replaceAll("^(get|update|delete)", "");
    return switch (kind) {
      case "Vip" -> newVip(newSubnet(vpc), "");
      case "Vm" -> "/v1/vms/" + newVm(vpc, newSubnet(vpc));
      default -> {
        Sample sample = sample("create" + kind);
        yield sample.path() + "/" + made(sample.path(), sample.body().toString());
      }
    };
  }

  private String floating() throws Exception {
    return floating(newPath("getExternalNetwork").replaceAll(".*/", ""), "");
  }

  private static String floating(String network, String more) {
    return "'floatingAddress': {'networkId': '" + network + "'" + more + "}";
  }

  private String newVip(String network, String more) throws Exception {
    String path =
        "/v1/vips/"
            + made("/v1/vips", vipBody("p", network, more.isEmpty() ? "'remark': ''" : more));
    await(path, it -> it.get("state").asString().equals("available"));
    return path;
  }

  /** One for which somebody else answers: one that only said so would be mended at any time. */
  private String failedVip() throws Exception {
    String network = newSubnet(vpc);
    String address = hostOf(network, 99);
    fabric.setAnswers(
        List.of(
            new io.havip.plan.Answer(
                segmentOf(network),
                Ipv4Address.parse(address),
                "uplink",
                MacAddress.parse("02:00:00:00:00:99"))));
    String path =
        "/v1/vips/" + made("/v1/vips", vipBody("p", network, "'address': '" + address + "'"));
    await(path, it -> it.at("/reason/code").asString("").equals("duplicate_address"));
    return path;
  }

  /** A NIC whose address a host outside has. */
  private void tryConflict() throws Exception {
    Sample joined = sample("createExternalNetwork");
    String network = made(joined.path(), joined.body().toString());
    String address =
        get("/v1/external-networks/" + network + "/addresses").json().path("next").asString();
    fabric.setAnswers(
        List.of(
            new io.havip.plan.Answer(
                segmentOf(network),
                Ipv4Address.parse(address),
                "uplink",
                MacAddress.parse("02:00:00:00:00:99"))));
    String nic = "{'networkId': '%s', 'address': '%s'}".formatted(network, address);
    String vm = made("/v1/vms", "{'name': 'c', 'vpcId': '%s', 'nics': [%s]}".formatted(vpc, nic));
    await("/v1/vms/" + vm, it -> it.at("/nics/0/conflict").has("mac"));
    call("DELETE", "/v1/vms/" + vm);
    String vip =
        made(
            "/v1/vips",
            "{'name': 'c', 'type': 'external', 'vpcId': '%s', 'networkId': '%s', 'address': '%s'}"
                .formatted(vpc, network, address));
    await("/v1/vips/" + vip, it -> it.at("/conflict").has("since"));
  }

  private int segmentOf(String network) {
    return Objects.requireNonNull(store)
        .read(reader -> reader.network(new NetworkId(network)))
        .orElseThrow()
        .segment();
  }

  private void endDrill(VipId id) {
    Decision<?> _ =
        Objects.requireNonNull(store)
            .write(reader -> {
              Drill drill = reader.drills(id).getFirst();
              Drill.Result result =
                  new Drill.Result(Drill.Outcome.PASSED, drill.vmId(), 5L, true, drill.endsAt());
              return DrillDecisions.finish(reader.vip(id).orElseThrow(), drill, result);
            });
  }

  private Answer send(Contract.Operation operation, Sample sample, String... headers)
      throws Exception {
    return send(operation, sample.path(), sample.body().toString(), headers);
  }

  private Answer send(Contract.Operation operation, String path, String body, String... headers)
      throws Exception {
    boolean hasBody = operation.body().isPresent();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .method(
                operation.method,
                hasBody ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.put("Authorization", "Bearer " + token);
    // Without a cookie nothing is written by who signs out.
    all.put("Cookie", "havip_session=nobodys");
    all.put("Sec-Fetch-Site", "same-origin");
    if (hasBody) {
      all.put("Content-Type", "application/json");
    }
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    all.forEach((name, value) -> {
      if (!value.isEmpty()) {
        request.header(name, value);
      }
    });
    return send(request);
  }

  private void refused(Answer answer, String code) {
    assertThat(answer.code())
        .as(answer.raw().request() + " " + answer.raw().body())
        .isEqualTo(code);
  }

  @Test
  void everyStatusCodeFieldAndParameterOfEveryOperationHappens() throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(MEMBER.getBytes(UTF_8));
    Decision<?> _ =
        Objects.requireNonNull(store)
            .write(_ ->
                new Decision<>(
                    List.of(
                        new Change.PutApiKey(
                            new ApiKey(
                                new TokenId("token-" + "1".repeat(26)),
                                HexFormat.of().formatHex(hash),
                                Objects.requireNonNull(account),
                                Role.MEMBER,
                                "member",
                                Instant.now()))),
                    Set.of(),
                    ""));
    for (Contract.Operation operation : contract.operations()) {
      Sample sample = sample(operation.id());
      assertThat(send(operation, sample).status()).as(operation.toString()).isBetween(200, 299);
      tryCodesOf(operation);
      tryParametersOf(operation);
      if (operation.body().isPresent()) {
        tryFieldsOf(operation);
      }
    }
    trySpecialAnswers();
    trySpecialRefusals();
    Set<String> documented = new TreeSet<>();
    for (Contract.Operation operation : contract.operations()) {
      for (String status : operation.statuses()) {
        List<String> codes = operation.codes(status);
        if (codes.isEmpty()) {
          documented.add(operation.id() + " " + status);
        } else if (!operation.isOpen()
            || operation.body().isPresent()
            || !status.equals("default")) {
          String number = status.equals("default") ? "500" : status;
          codes.forEach(code -> documented.add(operation.id() + " " + number + " " + code));
        }
      }
    }
    documented.removeAll(UNTRIED);
    Set<String> happened = new TreeSet<>(seen);
    happened.removeIf(it -> it.endsWith("method_not_allowed"));
    // Of a parameter that there is not the document speaks before any operation.
    happened.removeIf(it -> it.endsWith("400 unknown_field") && !documented.contains(it));
    assertThat(happened).isEqualTo(documented);
    assertThat(seenFields).containsAll(documentedFields());
  }

  /** The fields of resources; what an event tells depends on its kind, and has tests of its own. */
  private Set<String> documentedFields() {
    Set<String> fields = new LinkedHashSet<>();
    for (Map.Entry<String, JsonNode> schema :
        contract.document().at("/components/schemas").properties()) {
      if (!schema.getKey().startsWith("New") && !NOT_OF_RESOURCES.contains(schema.getKey())) {
        schema
            .getValue()
            .path("properties")
            .propertyNames()
            .forEach(field -> fields.add(schema.getKey() + "." + field));
      }
    }
    return fields;
  }

  /** Those refusals that every operation has that documents them. */
  private void tryCodesOf(Contract.Operation operation) throws Exception {
    String id = operation.id();
    Set<String> codes = new TreeSet<>();
    operation.statuses().forEach(status -> codes.addAll(operation.codes(status)));
    Sample sample = sample(id);
    refused(send(operation, sample, "Accept", "image/png"), "not_acceptable");
    if (operation.isOpen() && operation.body().isEmpty()) {
      return;
    }
    if (operation.isOpen()) {
      Sample nobody = new Sample(sample.path(), sample.body().deepCopy().put("token", "nobody's"));
      refused(send(operation, nobody), "unauthorized");
    } else {
      refused(send(operation, sample, "Authorization", ""), "unauthorized");
    }
    failing(readsFailWith, new IllegalStateException("told to"), operation, sample, "internal");
    failing(
        readsFailWith,
        StoreUnavailable.nothingChanged(new IOException()),
        operation,
        sample,
        "store_unavailable");
    if (codes.contains("outcome_unknown")) {
      failing(
          writesFailWith,
          StoreUnavailable.outcomeUnknown(new IOException()),
          operation,
          sample,
          "outcome_unknown");
    }
    if (codes.contains("not_found")) {
      // The history of a VIP that there never was is empty.
      String nobody = id.equals("listVipEvents") ? "-0" : "-00000000000000000000000000";
      String missing = sample.path().replaceFirst("-[0-9a-z]{26}", nobody);
      refused(send(operation, new Sample(missing, sample.body())), "not_found");
    }
    if (codes.contains("version_mismatch")) {
      refused(send(operation, sample, "If-Match", "\"v999\""), "version_mismatch");
    }
    boolean isAdministrators =
        operation.path.startsWith("/v1/external-networks")
            || operation.path.startsWith("/v1/tokens");
    if (isAdministrators && codes.contains("forbidden")) {
      refused(send(operation, sample, "Authorization", "Bearer " + MEMBER), "forbidden");
    }
    if (operation.body().isPresent()) {
      refused(send(operation, sample.path(), "["), "invalid_body");
      refused(send(operation, sample.path(), " ".repeat((1 << 20) + 1)), "body_too_large");
      refused(send(operation, sample, "Content-Type", "text/plain"), "unsupported_media_type");
    }
    if (operation.hasParameter("Idempotency-Key")) {
      assertThat(send(operation, sample(id), "Idempotency-Key", id).status()).isBetween(200, 299);
      Sample other = sample(id);
      if (other.body().has("name")) {
        other.body().put("name", "another");
      }
      Answer answer = send(operation, other, "Idempotency-Key", id);
      if (codes.contains("key_reused")) {
        refused(answer, "key_reused");
      }
    }
  }

  private void failing(
      AtomicReference<@Nullable RuntimeException> failure,
      RuntimeException e,
      Contract.Operation operation,
      Sample sample,
      String code)
      throws Exception {
    failure.set(e);
    try {
      refused(send(operation, sample), code);
    } finally {
      failure.set(null);
    }
  }

  /** The server looks at each parameter: a value that it cannot have is refused by its name. */
  private void tryParametersOf(Contract.Operation operation) throws Exception {
    Sample sample = sample(operation.id());
    if (operation.path.startsWith("/v1/")) {
      Sample misspelt = new Sample(withQuery(sample.path(), "dryrun", "true"), sample.body());
      assertRefused(send(operation, misspelt), 400, "unknown_field", "dryrun");
    }
    for (JsonNode parameter : operation.parameters) {
      String name = parameter.get("name").asString();
      String in = parameter.get("in").asString();
      if (in.equals("path")) {
        continue;
      }
      String target =
          in.equals("query") ? withQuery(sample.path(), name, "%5b".repeat(256)) : sample.path();
      String header = in.equals("header") ? name : "X-None";
      String accept = name.equals("Last-Event-ID") ? "text/event-stream" : "*/*";
      Answer answer =
          send(
              operation,
              new Sample(target, sample.body()),
              header,
              "x".repeat(256),
              "Accept",
              accept);
      assertThat(answer.status()).as("%s %s", operation, name).isIn(400, 422);
      assertThat(answer.field()).as("%s %s", operation, name).isEqualTo(name);
    }
  }

  /** A policy takes no MAC address from a NIC, and no VIP its last VRID. */
  private void tryPolicies() throws Exception {
    String all = IntStream.rangeClosed(1, 255).boxed().map(String::valueOf).collect(joining(","));
    String inside = newSubnet(vpc);
    String vm = newVm(vpc, inside);
    newVip(inside, "'vmIds': ['" + vm + "']");
    String subnet = "/v1/subnets/" + inside;
    refused(call("PATCH", subnet, "{'reservedVrids': [" + all + "]}"), "vrids_exhausted");
    String mac = get("/v1/vms/" + vm).json().at("/nics/0/mac").asString();
    refused(call("PATCH", subnet, "{'gatewayMac': '" + mac + "'}"), "in_use");

    String external = newPath("getExternalNetwork");
    String vip =
        made(
            "/v1/vips",
            ("{'name': 'x', 'type': 'external', 'vpcId': '%s', 'networkId': '%s',"
                    + " 'vmIds': ['%s'], 'vmacVmIds': ['%3$s']}")
                .formatted(vpc, external.replaceAll(".*/", ""), vm));
    refused(call("PATCH", external, "{'reservedVrids': [" + all + "]}"), "vrids_exhausted");
    JsonNode bound = get("/v1/vms/" + vm).json().at("/nics/1/mac");
    refused(call("PATCH", external, "{'gatewayMac': '" + bound.asString() + "'}"), "in_use");
    assertThat(call("DELETE", "/v1/vips/" + vip + "?force=true").status()).isEqualTo(204);
  }

  /** On a network that reaches hosts outside HAVIP members do not permit vmac. */
  private void tryJoinedNetwork() throws Exception {
    String joined =
        made(
            "/v1/subnets",
            "{'vpcId': '%s', 'name': 'joined', 'cidr': '10.201.0.0/24', 'uplink': 'j%d'}"
                .formatted(vpc, next++));
    String vm = newVm(vpc, joined);
    String bound = newVip(joined, "'vmIds': ['" + vm + "']");
    String[] asMember = {"Authorization", "Bearer " + MEMBER};
    String both = "{'vmIds': ['%s'], 'vmacVmIds': ['%s']}".formatted(vm, vm);
    refused(
        send(contract.operation("replaceBindings"), sample(bound + "/bindings", both), asMember),
        "forbidden");
    refused(
        send(
            contract.operation("bindVm"),
            sample(bound + "/bindings/" + vm, "{'vmac': true}"),
            asMember),
        "forbidden");
    refused(
        send(
            contract.operation("createVip"),
            sample("/v1/vips", vipBody("x", joined, both.substring(1, both.length() - 1))),
            asMember),
        "forbidden");
    refused(
        send(contract.operation("listVms"), bodiless("/v1/vms?account=default"), asMember),
        "forbidden");
  }

  /** The target with a parameter of this value, and no other of its name. */
  private static String withQuery(String target, String name, String value) {
    String others = target.replaceAll("([?&])" + name + "=[^&]*", "$1");
    return others + (others.contains("?") ? "&" : "?") + name + "=" + value;
  }

  /** Each documented field is taken, each that is required is missed, and there is no other. */
  private void tryFieldsOf(Contract.Operation operation) throws Exception {
    JsonNode schema = operation.body().orElseThrow();
    Sample whole = sample(operation.id());
    Set<String> documented = new TreeSet<>(schema.get("properties").propertyNames());
    documented.remove(ALTERNATIVES.getOrDefault(operation.id(), ""));
    assertThat(new TreeSet<>(whole.body().propertyNames()))
        .as(operation.toString())
        .isEqualTo(documented);
    if (whole.body().has("nics")) {
      JsonNode nic = contract.document().at("/components/schemas/NewNic/properties");
      assertThat(whole.body().at("/nics/0").propertyNames())
          .containsExactlyInAnyOrderElementsOf(nic.propertyNames());
    }
    List<String> required = schema.path("required").valueStream().map(JsonNode::asString).toList();
    for (String field : documented) {
      Sample without = sample(operation.id());
      without.body().remove(field);
      Answer answer = send(operation, without);
      if (required.contains(field)) {
        assertRefused(answer, 422, "invalid_field", field);
      } else {
        assertThat(answer.status())
            .as("%s without %s: %s", operation, field, answer.raw().body())
            .isBetween(200, 299);
      }
    }
    whole.body().put("undocumented", 1);
    assertRefused(send(operation, whole), 400, "unknown_field", "undocumented");
  }

  private void trySpecialAnswers() throws Exception {
    String network = newSubnet(vpc);
    String vm = newVm(vpc, network);
    String vip = newVip(network, "'vmIds': ['" + vm + "']");
    hold(vip, vm);
    String same = "{'vmIds': ['" + vm + "']}";
    assertThat(call("PUT", vip + "/bindings", same).status()).isEqualTo(200);
    assertThat(
            call("PUT", vip + "/bindings?dryRun=true", "{'vmIds': []}")
                .json()
                .get("holderLoses")
                .get(0)
                .asString())
        .isEqualTo(vm);
    assertThat(call("PUT", vip + "/bindings/" + vm).status()).isEqualTo(200);
    assertThat(call("PUT", vip + "/bindings/" + vm + "?dryRun=true").status()).isEqualTo(200);
    assertThat(call("DELETE", vip + "/bindings/" + vm + "?dryRun=true").status()).isEqualTo(200);
    assertThat(call("DELETE", "/v1/vms/" + vm + "?dryRun=true").status()).isEqualTo(200);
    assertThat(call("PATCH", "/v1/vms/" + vm + "?dryRun=true", "{}").status()).isEqualTo(200);
    assertThat(call("DELETE", vip + "?dryRun=true").status()).isEqualTo(200);
    String fence = "{'vmId': '" + vm + "', 'seconds': 60}";
    assertThat(post(vip + "/fence?dryRun=true", fence).status()).isEqualTo(200);
    await(vip, it -> it.path("state").asString().equals("available"));
    assertThat(post(vip + "/drills?dryRun=true", "{'kind': 'isolate-holder'}").status())
        .isEqualTo(200);
    Sample drill = sample("beginDrill");
    assertThat(call("POST", drill.path(), drill.body().toString()).status()).isEqualTo(202);
    endDrill(new VipId(drill.path().replaceAll(".*(vip-[^/]*).*", "$1")));
    assertThat(get(drill.path() + "/1").json().get("state").asString()).isEqualTo("passed");
    Bound bound = bound();
    get(bound.vip() + "/keepalived?vmId=" + bound.vm());
    assertThat(get(bound.vip()).json().get("vrid").asInt()).isPositive();
    assertThat(call("DELETE", vip + "?force=true").status()).isEqualTo(204);
    String external = newPath("getExternalNetwork").replaceAll(".*/", "");
    String outside =
        "{'name': 'x', 'type': 'external', 'vpcId': '%s', 'networkId': '%s', 'vmIds': ['%s']}"
            .formatted(vpc, external, vm);
    assertThat(post("/v1/vips?dryRun=true", outside).json().get("attachNics").size()).isEqualTo(1);
    tryConflict();
    tryWebhook();
    tryToken();
    for (String list :
        List.of("vpcs", "subnets", "external-networks", "vms", "vips", "webhooks", "tokens")) {
      assertThat(get("/v1/" + list + "?limit=1").json().has("nextCursor")).as(list).isTrue();
    }
    assertThat(
            call("POST", "/v1/vips/batch-delete", "{'ids': ['x']}")
                .json()
                .at("/results/0/problem/code")
                .asString())
        .isEqualTo("not_found");
    fabric.setBroken(true);
    awaitStatus("/readyz", 503);
    fabric.setBroken(false);
    awaitStatus("/readyz", 200);
  }

  private void tryToken() throws Exception {
    Sample twice = sample("createToken");
    String agent = post(twice.path(), twice.body().toString()).json().get("token").asString();
    refused(post(twice.path(), twice.body().toString()), "in_use");
    refused(post("/v1/session", "{'token': '" + agent + "'}"), "forbidden");
    String first = get(twice.path()).json().at("/items/0/id").asString();
    refused(call("DELETE", twice.path() + "/" + first), "in_use");
  }

  /** One that accepts the first call only, and enough others. */
  private void tryWebhook() throws Exception {
    Sample sample = sample("createWebhook");
    HttpServer fickle =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger calls = new AtomicInteger();
    fickle.createContext(
        "/",
        call -> {
          call.sendResponseHeaders(calls.getAndIncrement() == 0 ? 204 : 500, -1);
          call.close();
        });
    fickle.start();
    try {
      sample.body().put("url", "http://127.0.0.1:" + fickle.getAddress().getPort());
      sample.body().remove("kinds");
      String path = sample.path() + "/" + made(sample.path(), sample.body().toString());
      newPath("getVip");
      await(path, it -> it.at("/delivery").has("failing") && it.at("/delivery").has("deliveredAt"));
    } finally {
      fickle.stop(0);
    }
    sample.body().put("url", "https://127.0.0.1:9/");
    for (int i = 1; i < 10; i++) {
      made(sample.path(), sample.body().toString());
    }
    refused(post(sample.path(), sample.body().toString()), "webhook_limit");
  }

  private void trySpecialRefusals() throws Exception {
    String network = newSubnet(vpc);
    List<String> vms =
        List.of(newVm(vpc, network), newVm(vpc, network), newVm(vpc, network), newVm(vpc, network));
    String otherVpc = made("/v1/vpcs", "{'name': 'other', 'cidr': '10.0.0.0/8'}");
    String otherSubnet = newSubnet(otherVpc);
    String stranger = newVm(otherVpc, otherSubnet);
    String elsewhere = newVm(vpc, newSubnet(vpc));
    String nobody = "vm-00000000000000000000000000";
    String nowhere = "subnet-00000000000000000000000000";
    String full =
        made(
            "/v1/subnets",
            "{'vpcId': '%s', 'name': 'full', 'cidr': '10.200.0.0/30'}".formatted(vpc));
    newVm(vpc, full);
    newVm(vpc, full);
    String vip = newVip(network, "'vmIds': ['" + String.join("','", vms.subList(0, 3)) + "']");
    String taken = get(vip).json().get("address").asString();

    for (String field : List.of("vpcId", "name", "cidr")) {
      ObjectNode body = sample("createSubnet").body();
      body.put(field, field.equals("vpcId") ? "vpc-00000000000000000000000000" : "");
      refused(
          post("/v1/subnets", body.toString()),
          field.equals("vpcId") ? "reference_not_found" : "invalid_field");
    }
    refused(post("/v1/vpcs", "{'name': '', 'cidr': '10.0.0.0/8'}"), "invalid_field");

    Map<String, String> nics = new TreeMap<>();
    nics.put("{'networkId': '%s', 'address': '%s'}".formatted(network, taken), "address_taken");
    nics.put("{'networkId': '%s'}".formatted(full), "network_full");
    nics.put("{'networkId': '%s', 'mac': '02:00:00:00:02:01'}".formatted(network), "in_use");
    nics.put(
        "{'networkId': '%s', 'address': '10.99.0.9'}".formatted(network),
        "address_outside_network");
    nics.put(
        "{'networkId': '%s', 'address': '%s'}".formatted(network, hostOf(network, 1)),
        "address_reserved");
    nics.put("{'networkId': '%s'}".formatted(nowhere), "reference_not_found");
    nics.put("{'networkId': '%s'}".formatted(otherSubnet), "vm_wrong_vpc");
    made(
        "/v1/vms",
        "{'name': 'm', 'vpcId': '%s', 'nics': [{'networkId': '%s', 'mac': '02:00:00:00:02:01'}]}"
            .formatted(vpc, network));
    String bare = made("/v1/vms", "{'name': 'bare', 'vpcId': '%s'}".formatted(vpc));
    for (Map.Entry<String, String> nic : nics.entrySet()) {
      refused(post("/v1/vms/" + bare + "/nics", nic.getKey()), nic.getValue());
      refused(
          post(
              "/v1/vms", "{'name': 'm', 'vpcId': '%s', 'nics': [%s]}".formatted(vpc, nic.getKey())),
          nic.getValue());
    }
    for (String id : List.of("createSubnet", "createExternalNetwork")) {
      for (String field : List.of("uplink", "logicalSwitch")) {
        String inUse = "taken" + next++;
        Sample first = sample(id);
        Sample second = sample(id);
        for (Sample sample : List.of(first, second)) {
          sample.body().remove("uplink");
          sample.body().put(field, inUse);
        }
        assertThat(send(contract.operation(id), first).status()).isEqualTo(201);
        refused(send(contract.operation(id), second), "in_use");
      }
    }
    for (String id :
        List.of(
            "createSubnet", "updateSubnet", "createVm", "addNic", "updateNic", "reportSightings")) {
      refused(
          send(contract.operation(id), sample(id), "Authorization", "Bearer " + MEMBER),
          "forbidden");
    }

    tryJoinedNetwork();
    tryPolicies();
    Sample changed = sample("updateNic");
    refused(call("PATCH", changed.path(), "{'port': 'tapx', 'mac': 'x'}"), "invalid_field");
    refused(
        call("PATCH", changed.path(), "{'sendsFromVip': ['vip-00000000000000000000000000']}"),
        "reference_not_found");
    String ofAnother = "tap" + next++;
    made(
        "/v1/vms",
        "{'name': 'm', 'vpcId': '%s', 'nics': [{'networkId': '%s', 'port': '%s'}]}"
            .formatted(vpc, network, ofAnother));
    refused(call("PATCH", changed.path(), "{'port': '" + ofAnother + "'}"), "in_use");

    fabric.setNeedsAgents(false);
    refused(call("PUT", "/v1/chassis/host-1/sightings", "{'ports': []}"), "wrong_state");

    for (int i = 0; i < 5; i++) {
      newVip(network, "'vmIds': ['" + vms.get(3) + "']");
    }
    String empty = newVip(network, "");
    Map<String, String> vmIds = new TreeMap<>();
    vmIds.put(String.join("','", vms), "vip_binding_limit");
    vmIds.put(vms.get(3), "vm_vip_limit");
    vmIds.put(nobody, "reference_not_found");
    vmIds.put(stranger, "vm_wrong_vpc");
    vmIds.put(elsewhere, "vm_without_nic");
    for (Map.Entry<String, String> one : vmIds.entrySet()) {
      String ids = "'vmIds': ['" + one.getKey() + "']";
      refused(post("/v1/vips", vipBody("x", network, ids)), one.getValue());
      refused(call("PUT", empty + "/bindings", "{" + ids + "}"), one.getValue());
      if (!one.getKey().contains(",")) {
        refused(call("PUT", empty + "/bindings/" + one.getKey()), one.getValue());
      }
    }
    refused(call("PUT", vip + "/bindings/" + newVm(vpc, network)), "vip_binding_limit");
    refused(post("/v1/vips", vipBody("x", network, "'address': '" + taken + "'")), "address_taken");
    refused(post("/v1/vips", vipBody("x", full, "'remark': ''")), "network_full");
    refused(
        post("/v1/vips", vipBody("x", network, "'address': '10.99.0.9'")),
        "address_outside_network");
    refused(
        post("/v1/vips", vipBody("x", network, "'address': '" + hostOf(network, 1) + "'")),
        "address_reserved");

    String narrow =
        made(
            "/v1/external-networks",
            "{'name': 'x', 'cidr': '192.0.2.0/30', 'gateway': '192.0.2.1'}");
    newVip(network, floating(narrow, ""));
    Map<String, String> floating = new TreeMap<>();
    floating.put(floating(narrow, ""), "network_full");
    floating.put(floating(narrow, ", 'address': '192.0.2.2'"), "address_taken");
    floating.put(floating(narrow, ", 'address': '192.0.2.1'"), "address_reserved");
    floating.put(floating(narrow, ", 'address': '10.99.0.9'"), "address_outside_network");
    floating.put(floating(nowhere, ""), "reference_not_found");
    floating.put(floating(network, ""), "invalid_field");
    for (Map.Entry<String, String> one : floating.entrySet()) {
      refused(post("/v1/vips", vipBody("x", network, one.getKey())), one.getValue());
      refused(call("PATCH", empty, "{" + one.getKey() + "}"), one.getValue());
    }

    refused(call("DELETE", "/v1/vpcs/" + vpc), "in_use");
    refused(call("DELETE", "/v1/subnets/" + network), "in_use");
    String external = newPath("getExternalNetwork").replaceAll(".*/", "");
    made(
        "/v1/vips",
        "{'name': 'x', 'type': 'external', 'vpcId': '%s', 'networkId': '%s'}"
            .formatted(vpc, external));
    refused(call("DELETE", "/v1/external-networks/" + external), "in_use");
    refused(call("PATCH", "/v1/external-networks/" + external, "{'accounts': []}"), "in_use");
    refused(
        call("PATCH", "/v1/external-networks/" + external, "{'accounts': ['none']}"),
        "reference_not_found");
    refused(
        post(
            "/v1/external-networks",
            "{'name': 'x', 'cidr': '192.0.2.0/30', 'gateway': '192.0.2.1', 'accounts': ['none']}"),
        "reference_not_found");

    String fence = "{'vmId': '%s', 'seconds': 1}";
    refused(call("POST", vip + "/fence", fence.formatted(nobody)), "reference_not_found");
    refused(
        call("POST", "/v1/keepalived/check", "{'files': [], 'vmId': '" + nobody + "'}"),
        "invalid_field");
    refused(
        call(
            "POST",
            "/v1/keepalived/check",
            "{'files': [{'name': 'a', 'text': ''}], 'vmId': '" + nobody + "'}"),
        "reference_not_found");
    for (String software : List.of("keepalived", "heartbeat", "pacemaker")) {
      String configuration = vip + "/" + software + "?vmId=";
      refused(call("GET", configuration + nobody), "reference_not_found");
      refused(call("GET", configuration + vms.get(0) + "&nothing=1"), "unknown_field");
    }
    refused(call("POST", vip + "/retry"), "wrong_state");
    refused(call("POST", vip + "/announce"), "wrong_state");
    String drill = "{'kind': '%s', 'seconds': %d}";
    refused(call("POST", vip + "/drills", drill.formatted("isolate-holder", 1)), "wrong_state");
    refused(call("POST", vip + "/drills", drill.formatted("isolate-holder", 0)), "invalid_field");
    refused(call("POST", vip + "/drills", drill.formatted("fire", 1)), "invalid_field");
    refused(call("GET", vip + "/drills/1"), "not_found");
    fabric.setBroken(true);
    try {
      assertThat(call("DELETE", vip).status()).isEqualTo(202);
      refused(call("DELETE", vip), "wrong_state");
      refused(call("PATCH", vip, "{'floatingAddress': null}"), "wrong_state");
      refused(call("PUT", vip + "/bindings", "{'vmIds': []}"), "wrong_state");
      refused(call("PUT", vip + "/bindings/" + vms.get(0)), "wrong_state");
      refused(call("DELETE", vip + "/bindings/" + vms.get(0)), "wrong_state");
      refused(call("POST", vip + "/fence", fence.formatted(vms.get(0))), "wrong_state");
    } finally {
      fabric.setBroken(false);
    }
  }
}
