package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.ha.HeartbeatConfiguration;
import io.havip.ha.Node;
import io.havip.ha.PacemakerConfiguration;
import io.havip.id.NetworkId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.keepalived.GeneratedConfiguration;
import io.havip.keepalived.GenerationOptions;
import io.havip.service.VipService;
import io.havip.vrrp.VrrpVersion;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Configurations for the HA software in VMs. They hold secrets, so nobody on the way keeps them.
 */
@RestController
@RequestMapping(path = "/v1/vips/{id}", produces = MediaType.TEXT_PLAIN_VALUE)
final class ConfigurationRoutes {
  private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3})?");
  private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,14}");

  private final VipService vips;

  ConfigurationRoutes(VipService vips) {
    this.vips = vips;
  }

  @GetMapping("/keepalived")
  ResponseEntity<String> keepalived(
      Call call, @PathVariable VipId id, @RequestParam MultiValueMap<String, String> query) {
    Parameters parameters = new Parameters(query);
    GenerationOptions options = options(parameters);
    return configuration(
        call, id, parameters, options.vmac(), node -> GeneratedConfiguration.of(node, options));
  }

  @GetMapping("/heartbeat")
  ResponseEntity<String> heartbeat(
      Call call, @PathVariable VipId id, @RequestParam MultiValueMap<String, String> query) {
    return cluster(call, id, query, HeartbeatConfiguration::of);
  }

  @GetMapping("/pacemaker")
  ResponseEntity<String> pacemaker(
      Call call, @PathVariable VipId id, @RequestParam MultiValueMap<String, String> query) {
    return cluster(call, id, query, PacemakerConfiguration::of);
  }

  private ResponseEntity<String> cluster(
      Call call,
      VipId id,
      MultiValueMap<String, String> query,
      BiFunction<Node, VipId, String> write) {
    Parameters parameters = new Parameters(query);
    return configuration(
        call,
        id,
        parameters,
        false,
        node -> {
          try {
            return write.apply(node, id);
          } catch (IllegalArgumentException e) {
            throw Refused.field("vmId", ErrorCode.INVALID_FIELD, String.valueOf(e.getMessage()));
          }
        });
  }

  private ResponseEntity<String> configuration(
      Call call, VipId id, Parameters parameters, boolean hasVmac, Function<Node, String> write) {
    VmId vmId = parameters.value("vmId", VmId::new);
    if (vmId == null) {
      throw Refused.field("vmId", ErrorCode.INVALID_FIELD, "say for which bound VM: ?vmId=vm-…");
    }
    return text(vips.configure(call.request(), id, vmId, parameters.interfaces(), hasVmac, write));
  }

  private static ResponseEntity<String> text(String text) {
    return ResponseEntity.ok().contentType(TEXT).cacheControl(CacheControl.noStore()).body(text);
  }

  private static GenerationOptions options(Parameters parameters) {
    GenerationOptions normal = GenerationOptions.DEFAULT;
    VrrpVersion given = parameters.value("version", ConfigurationRoutes::version);
    VrrpVersion version = given == null ? normal.version() : given;
    Duration interval =
        parameters.value(
            "advertInt",
            text -> {
              Duration seconds = seconds(text);
              GenerationOptions.checkInterval(version, seconds);
              return seconds;
            });
    String script =
        parameters.value(
            "checkScript",
            path -> {
              GenerationOptions.checkPath(path);
              return path;
            });
    return new GenerationOptions(
        version,
        interval == null ? normal.advertInterval() : interval,
        script,
        parameters.flag("preempt"),
        parameters.flag("vmac"));
  }

  private static VrrpVersion version(String text) {
    return switch (text) {
      case "2" -> VrrpVersion.V2;
      case "3" -> VrrpVersion.V3;
      default -> throw new IllegalArgumentException("VRRP has version 2 and 3");
    };
  }

  private static Duration seconds(String text) {
    if (!SECONDS.matcher(text).matches()) {
      throw new IllegalArgumentException("give seconds like 1 or 0.1");
    }
    return Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValueExact());
  }

  private record Parameters(MultiValueMap<String, String> query) {
    <T> @Nullable T value(String name, Function<String, T> parse) {
      String text = query.getFirst(name);
      return text == null ? null : parsed(name, text, parse);
    }

    boolean flag(String name) {
      Boolean value =
          value(
              name,
              text -> {
                if (!text.matches("true|false")) {
                  throw new IllegalArgumentException("give true or false");
                }
                return text.equals("true");
              });
      return value != null && value;
    }

    /** What the VM calls its NICs: {@code <networkId>=<name>}, once for each network. */
    Map<NetworkId, String> interfaces() {
      Map<NetworkId, String> interfaces = new HashMap<>();
      for (String text : query.getOrDefault("interface", List.of())) {
        String[] pair = text.split("=", 2);
        if (pair.length < 2 || !INTERFACE.matcher(pair[1]).matches()) {
          throw Refused.field(
              "interface",
              ErrorCode.INVALID_FIELD,
              "give a network's id and the VM's name of its interface, like subnet-…=ens3");
        }
        if (interfaces.put(parsed("interface", pair[0], NetworkId::new), pair[1]) != null) {
          throw Refused.field(
              "interface", ErrorCode.INVALID_FIELD, "name the interface of a network once");
        }
      }
      return interfaces;
    }

    private static <T> T parsed(String name, String text, Function<String, T> parse) {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw Refused.field(name, ErrorCode.INVALID_FIELD, String.valueOf(e.getMessage()));
      }
    }
  }
}
