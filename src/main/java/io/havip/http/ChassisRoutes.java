package io.havip.http;

import io.havip.account.Caller;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.plan.ChassisReport;
import io.havip.service.AgentService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What agents report. */
@RestController
final class ChassisRoutes {
  static final String PATH = "/v1/chassis/{name}/sightings";

  private static final int NAME_MAX = 255;
  private static final int PORTS_MAX = 2_000;
  private static final int ARPS_MAX = 64;
  private static final int ADVERTS_MAX = 16;
  private static final int ADDRESSES_MAX = 255;
  private static final long MILLIS_MAX = Duration.ofDays(1).toMillis();

  private final AgentService agents;

  ChassisRoutes(AgentService agents) {
    this.agents = agents;
  }

  record ArpJson(MacAddress mac, Ipv4Address address, long count, long agoMillis) {
    ChassisReport.Arp at(String field) {
      return new ChassisReport.Arp(
          mac,
          address,
          within(field + ".count", count, 1, Long.MAX_VALUE),
          millis(field + ".agoMillis", agoMillis));
    }
  }

  record AdvertJson(
      MacAddress mac,
      Ipv4Address source,
      int virtualRouterId,
      int priority,
      long intervalMillis,
      List<Ipv4Address> addresses,
      long count,
      long agoMillis) {
    ChassisReport.Advert at(String field) {
      return new ChassisReport.Advert(
          mac,
          source,
          (int) within(field + ".virtualRouterId", virtualRouterId, 0, 255),
          (int) within(field + ".priority", priority, 0, 255),
          millis(field + ".intervalMillis", intervalMillis),
          atMost(field + ".addresses", addresses, ADDRESSES_MAX),
          within(field + ".count", count, 1, Long.MAX_VALUE),
          millis(field + ".agoMillis", agoMillis));
    }
  }

  record PortJson(String port, List<ArpJson> arps, List<AdvertJson> adverts) {
    ChassisReport.Port at(String field) {
      List<ChassisReport.Arp> readArps = new ArrayList<>();
      for (ArpJson arp : atMost(field + ".arps", arps, ARPS_MAX)) {
        readArps.add(arp.at(field + ".arps[" + readArps.size() + "]"));
      }
      List<ChassisReport.Advert> readAdverts = new ArrayList<>();
      for (AdvertJson advert : atMost(field + ".adverts", adverts, ADVERTS_MAX)) {
        readAdverts.add(advert.at(field + ".adverts[" + readAdverts.size() + "]"));
      }
      return new ChassisReport.Port(port, readArps, readAdverts);
    }
  }

  record Sightings(List<PortJson> ports) {}

  @PutMapping(
      path = PATH,
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Void> report(
      Caller caller, @PathVariable String name, @RequestBody Sightings body) {
    requireName("name", name);
    List<ChassisReport.Port> ports = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (PortJson port : atMost("ports", body.ports(), PORTS_MAX)) {
      String field = "ports[" + ports.size() + "]";
      requireName(field + ".port", port.port());
      if (!names.add(port.port())) {
        throw invalid(field + ".port", "name each port once");
      }
      ports.add(port.at(field));
    }
    agents.report(caller, new ChassisReport(name, ports));
    return ResponseEntity.noContent().build();
  }

  private static void requireName(String field, String name) {
    if (name.isBlank() || name.length() > NAME_MAX) {
      throw invalid(field, "give a name of 1 to " + NAME_MAX + " characters");
    }
  }

  private static <T> List<T> atMost(String field, List<T> list, int most) {
    if (list.size() > most) {
      throw invalid(field, "give at most " + most);
    }
    return list;
  }

  private static Duration millis(String field, long millis) {
    return Duration.ofMillis(within(field, millis, 0, MILLIS_MAX));
  }

  private static long within(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw invalid(field, "give a whole number from " + least + " to " + most);
    }
    return value;
  }

  private static Refused invalid(String field, String message) {
    return Refused.field(field, ErrorCode.INVALID_FIELD, message);
  }
}
