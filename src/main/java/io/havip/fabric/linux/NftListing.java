package io.havip.fabric.linux;

import io.havip.event.ClaimKind;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.Observed.Claim;
import io.havip.plan.Observed.ClaimCount;
import io.havip.plan.Observed.ForeignRouter;
import io.havip.plan.Observed.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what nft lists, see libnftables-json(5). */
final class NftListing {
  private static final JsonMapper JSON = new JsonMapper();

  private NftListing() {}

  /** The elements of all sets and maps listed that hold what is wanted. */
  static Set<Element> elements(String json) {
    Set<Element> elements = new HashSet<>();
    for (JsonNode object : JSON.readTree(json).path("nftables")) {
      JsonNode set = object.has("map") ? object.path("map") : object.path("set");
      ElementSet.named(set.path("name").asString(""))
          .ifPresent(known ->
              set.path("elem").forEach(e -> elements.add(new Element(known, text(known, e)))));
    }
    return elements;
  }

  /** The claims in the map of owners. */
  static List<Claim> claims(String json) {
    List<Claim> claims = new ArrayList<>();
    for (JsonNode element : elementsOf(json, "map")) {
      JsonNode key = element.path(0).path("concat");
      claims.add(
          new Claim(
              key.path(0).asInt(),
              Ipv4Address.parse(key.path(1).asString()),
              element.path(1).asString()));
    }
    return claims;
  }

  /** The counts in the set of claims. */
  static List<ClaimCount> claimCounts(String json) {
    List<ClaimCount> counts = new ArrayList<>();
    for (JsonNode listed : elementsOf(json, "set")) {
      JsonNode element = listed.path("elem");
      JsonNode key = element.path("val").path("concat");
      counts.add(
          new ClaimCount(
              key.path(0).asString(),
              address(key.path(1)),
              element.path("counter").path("packets").asLong()));
    }
    return counts;
  }

  /** The counts in the set of answers. */
  static Map<Said, Long> answers(String json) {
    Map<Said, Long> answers = new HashMap<>();
    for (JsonNode listed : elementsOf(json, "set")) {
      JsonNode element = listed.path("elem");
      JsonNode key = element.path("val").path("concat");
      answers.put(
          new Said(
              key.path(0).asString(),
              MacAddress.parse(key.path(1).asString()),
              address(key.path(2))),
          element.path("counter").path("packets").asLong());
    }
    return answers;
  }

  /** Through this port it was said that the address is at the MAC. */
  record Said(String port, MacAddress mac, Ipv4Address address) {}

  /** The counts in a set of refused packets. */
  static List<Refusal> refusals(ClaimKind kind, String json) {
    List<Refusal> refusals = new ArrayList<>();
    for (JsonNode listed : elementsOf(json, "set")) {
      JsonNode element = listed.path("elem");
      JsonNode value = element.path("val");
      JsonNode key = value.path("concat");
      long packets = element.path("counter").path("packets").asLong();
      refusals.add(
          switch (key.size()) {
            case 0 -> new Refusal(kind, value.asString(), null, null, packets);
            case 2 ->
                new Refusal(kind, key.path(0).asString(), null, address(key.path(1)), packets);
            default ->
                new Refusal(
                    kind,
                    key.path(0).asString(),
                    MacAddress.parse(key.path(1).asString()),
                    address(key.path(2)),
                    packets);
          });
    }
    return refusals;
  }

  /** The VRIDs of routers outside. */
  static Set<ForeignRouter> foreignRouters(String json) {
    Set<ForeignRouter> routers = new HashSet<>();
    for (JsonNode listed : elementsOf(json, "set")) {
      JsonNode key = listed.path("elem").path("val").path("concat");
      routers.add(new ForeignRouter(key.path(0).asInt(), key.path(1).asInt()));
    }
    return routers;
  }

  /** By segment the gateway's MAC address; of several the one that was heard last. */
  static Map<Integer, MacAddress> gatewayMacs(String json) {
    Map<Integer, MacAddress> macs = new HashMap<>();
    Map<Integer, Long> expires = new HashMap<>();
    for (JsonNode listed : elementsOf(json, "set")) {
      JsonNode element = listed.path("elem");
      JsonNode key = element.path("val").path("concat");
      int segment = key.path(0).asInt();
      long left = element.path("expires").asLong();
      if (left >= expires.getOrDefault(segment, 0L)) {
        expires.put(segment, left);
        macs.put(segment, MacAddress.parse(key.path(1).asString()));
      }
    }
    return macs;
  }

  private static Iterable<JsonNode> elementsOf(String json, String kind) {
    for (JsonNode object : JSON.readTree(json).path("nftables")) {
      if (object.has(kind)) {
        return object.path(kind).path("elem");
      }
    }
    return List.of();
  }

  private static String text(ElementSet set, JsonNode element) {
    if (set == ElementSet.SEGMENTS) {
      return first(element.path(0)) + " : " + element.path(1).asString();
    }
    if (!element.has("concat")) {
      return first(element);
    }
    JsonNode parts = element.path("concat");
    return first(parts.path(0))
        + parts.valueStream().skip(1).map(p -> " . " + later(p)).collect(Collectors.joining());
  }

  /** The first part is a port, which is quoted, or the number of a segment. */
  private static String first(JsonNode part) {
    return part.isNumber() ? part.asString() : '"' + part.asString() + '"';
  }

  private static String later(JsonNode part) {
    JsonNode prefix = part.path("prefix");
    return prefix.isMissingNode()
        ? part.asString()
        : prefix.path("addr").asString() + "/" + prefix.path("len").asInt();
  }

  private static Ipv4Address address(JsonNode part) {
    return part.isNumber() ? Ipv4Address.ofLong(part.asLong()) : Ipv4Address.parse(part.asString());
  }
}
