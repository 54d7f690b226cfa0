package io.havip.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.havip.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;

/** Dashboard and alert rules ask for metrics, labels and values that the server really exports. */
class MonitoringTest extends ApiFixture {
  private static final Path DASHBOARD = Path.of("deploy/grafana/havip.json");
  private static final Path ALERTS = Path.of("deploy/prometheus/alerts.yaml");
  private static final Path GUIDE = Path.of("docs/howto/run-the-server.md");

  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^([a-z_]+)(?:\\{([^}]*)})? (\\S+)(?: .*)?$");
  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:havip|jvm|process|system)_[a-z_]+)(?:\\{([^}]*)})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(=~?)\"([^\"]*)\"");
  private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");

  /** Labels that Prometheus adds. */
  private static final Set<String> ADDED = Set.of("job", "instance");

  @Test
  void whatDashboardAndAlertsAskForIsThere() throws Exception {
    Map<String, List<Map<String, String>>> exported = exported();
    List<String> asked = expressions();
    assertThat(asked).hasSizeGreaterThan(25);
    List<String> faults = new ArrayList<>();
    Set<String> used = new TreeSet<>();
    for (String expression : asked) {
      assertBalanced(expression);
      Set<String> labels = new TreeSet<>(ADDED);
      for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
        List<Map<String, String>> series = exported.get(selector.group(1));
        if (series == null) {
          faults.add("no metric " + selector.group(1) + " in " + expression);
          continue;
        }
        used.add(selector.group(1));
        series.forEach(it -> labels.addAll(it.keySet()));
        if (!matches(series, selector.group(2))) {
          faults.add("no series of " + selector.group() + " in " + expression);
        }
      }
      GROUPING
          .matcher(expression)
          .results()
          .flatMap(it -> Pattern.compile(", *").splitAsStream(it.group(1)))
          .filter(label -> !labels.contains(label))
          .forEach(label -> faults.add("no label " + label + " in " + expression));
    }
    assertThat(faults).isEmpty();
    assertThat(used.stream().map(MonitoringTest::family).collect(Collectors.toSet()))
        .as("what the server exports is looked at")
        .containsAll(
            exported.keySet().stream()
                .filter(name -> name.startsWith("havip_"))
                .map(MonitoringTest::family)
                .filter(name -> !name.equals("havip_store_commit_changes"))
                .toList());
  }

  @Test
  void theGuideNamesEveryMetricOfHavip() throws Exception {
    String guide = Files.readString(GUIDE);
    assertThat(exported().keySet().stream().filter(name -> name.startsWith("havip_")))
        .allMatch(name -> guide.contains("`" + family(name)));
  }

  @Test
  void labelsAreBounded() throws Exception {
    String vip = made("/v1/vips", vipBody("secret-name", subnet, "'remark': ''"));
    get("/v1/vips/" + vip);
    Map<String, List<Map<String, String>>> exported = exported();
    assertThat(exported.get("havip_vips")).hasSize(5 * 3);
    assertThat(exported.toString()).doesNotContain(vip, "secret-name", subnet);
    exported.forEach((name, series) -> assertThat(series.size()).as(name).isLessThan(2_000));
  }

  @Test
  void failoversAreCountedByTheirOutage() throws Exception {
    String network = newSubnet(vpc);
    String first = newVm(vpc, network);
    String second = newVm(vpc, network);
    String vip =
        "/v1/vips/"
            + made(
                "/v1/vips", vipBody("v", network, "'vmIds': ['" + first + "','" + second + "']"));
    await(vip, it -> it.get("state").asString().equals("available"));
    hold(vip, first);
    fabric.see(List.of(), List.of());
    await(vip, it -> it.get("holders").isEmpty());
    hold(vip, second);
    awaitMetrics(now ->
        Objects.equals(now.get("havip_failover_outage_seconds_count"), 1.0)
            && Objects.equals(now.get("havip_failover_outage_seconds_bucket{le=\"30.0\"}"), 1.0));
  }

  /** Histograms and counters have several names, which begin alike. */
  private static String family(String name) {
    return name.replaceAll("_(bucket|count|sum|max)$", "");
  }

  private static boolean matches(List<Map<String, String>> series, @Nullable String selector) {
    if (selector == null) {
      return true;
    }
    Map<String, String> wanted = new HashMap<>();
    for (MatchResult label : LABEL.matcher(selector).results().toList()) {
      // 5xx never happens here; that there is a status is enough.
      wanted.put(label.group(1), label.group(2).equals("=~") ? "" : label.group(3));
    }
    return series.stream()
        .anyMatch(it ->
            wanted.entrySet().stream()
                .allMatch(label -> {
                  String value = it.get(label.getKey());
                  return value != null
                      && (label.getValue().isEmpty() || value.equals(label.getValue()));
                }));
  }

  private static void assertBalanced(String expression) {
    assertThat(count(expression, "([{")).as(expression).isEqualTo(count(expression, ")]}"));
  }

  private static long count(String text, String characters) {
    return text.chars().filter(c -> characters.indexOf(c) >= 0).count();
  }

  private static List<String> expressions() throws Exception {
    List<String> expressions = new ArrayList<>();
    JsonNode dashboard = Json.MAPPER.readTree(Files.readString(DASHBOARD));
    for (JsonNode panel : dashboard.get("panels")) {
      if (!panel.get("type").asString().equals("row")) {
        assertThat(panel.get("targets")).as(panel.get("title").asString()).isNotEmpty();
      }
      panel.path("targets").forEach(it -> expressions.add(it.get("expr").asString()));
    }
    JsonNode alerts =
        Json.MAPPER.valueToTree(
            new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(ALERTS)));
    for (JsonNode rule : alerts.at("/groups/0/rules")) {
      assertThat(rule.at("/annotations/summary").asString()).isNotBlank();
      assertThat(rule.at("/labels/severity").asString()).isIn("critical", "warning");
      String expression = rule.get("expr").asString();
      if (!expression.startsWith("up{")) {
        expressions.add(expression);
      }
    }
    return expressions;
  }

  /** The labels of every series, by metric. */
  private Map<String, List<Map<String, String>>> exported() throws Exception {
    get("/v1/vips");
    Map<String, List<Map<String, String>>> exported = new TreeMap<>();
    Matcher sample = SAMPLE.matcher(get("/metrics").raw().body());
    while (sample.find()) {
      Map<String, String> labels = new HashMap<>();
      if (sample.group(2) != null) {
        LABEL
            .matcher(sample.group(2))
            .results()
            .forEach(it -> labels.put(it.group(1), it.group(3)));
      }
      exported.computeIfAbsent(sample.group(1), _ -> new ArrayList<>()).add(labels);
    }
    return exported;
  }
}
