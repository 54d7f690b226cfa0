package io.havip.keepalived.check;

import io.havip.keepalived.parse.Place;
import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Health scripts: defined, tracked, safe, and able to move the VIP. */
final class ScriptChecks {
  private static final Set<String> WRITABLE_FOLDERS = Set.of("/tmp/", "/var/tmp/", "/dev/shm/");

  /** What may be in the PATH, as pidof or killall are; with a suffix like .sh it hardly is. */
  private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9_-]+");

  private static final int TRACKED_MAX = 1000;

  private final Findings findings;

  ScriptChecks(Findings findings) {
    this.findings = findings;
  }

  /**
   * A line of track_script.
   *
   * @param owner the instance or the sync group
   */
  private record Tracked(Statement owner, Statement line) {
    String name() {
      return line.keyword();
    }
  }

  void check(Node node) {
    Map<String, Statement> defined = new LinkedHashMap<>();
    node.all("vrrp_script")
        .forEach(
            script -> script.value().ifPresent(name -> defined.putIfAbsent(name.text(), script)));
    List<Tracked> tracked =
        Stream.concat(node.all("vrrp_sync_group"), node.all("vrrp_instance"))
            .flatMap(owner ->
                owner
                    .all("track_script")
                    .flatMap(block -> block.statements().stream())
                    .map(line -> new Tracked(owner, line)))
            .limit(TRACKED_MAX)
            .toList();
    Set<String> names = new HashSet<>(tracked.stream().map(Tracked::name).toList());
    defined.forEach((name, script) -> {
      if (!names.contains(name)) {
        untracked(node, name, script);
      }
      command(script);
    });
    for (Tracked line : tracked) {
      Statement script = defined.get(line.name());
      if (script == null) {
        findings.add(
            FindingCode.SCRIPT_UNDEFINED,
            line.line(),
            "there is no vrrp_script " + line.name(),
            findings.commentOut(line.line()));
      } else {
        order(node, line, script);
      }
    }
    tracked.stream()
        .flatMap(line -> Stream.ofNullable(defined.get(line.name())))
        .findFirst()
        .ifPresent(script -> security(node, script));
    for (Instance instance : node.instances()) {
      weights(instance, defined);
    }
  }

  private void untracked(Node node, String name, Statement script) {
    List<Edit> fix =
        node.instances().stream()
            .findFirst()
            .map(instance ->
                findings.addTo(instance.statement(), "track_script {", "    " + name, "}"))
            .orElse(List.of());
    findings.add(
        FindingCode.SCRIPT_UNTRACKED,
        script.value().orElse(script.words().getFirst()),
        "no track_script names " + name,
        fix);
  }

  private void command(Statement script) {
    Optional<Statement> line = script.last("script");
    List<String> words = line.map(Statement::scriptWords).orElse(List.of());
    if (line.isEmpty() || words.size() < 2) {
      findings.add(
          FindingCode.SCRIPT_MISSING, line.orElse(script), "it says no command to run", List.of());
      return;
    }
    // The command and its arguments may be one word in quotes.
    String path = words.get(1).strip().split("\\s+", 2)[0];
    if (PROGRAM.matcher(path).matches()) {
      findings.add(
          FindingCode.SCRIPT_RELATIVE, line.get(), "'" + path + "' has no path", List.of());
    } else if (!path.startsWith("/")) {
      findings.add(
          FindingCode.SCRIPT_MISSING, line.get(), "'" + path + "' is no absolute path", List.of());
    } else if (WRITABLE_FOLDERS.stream().anyMatch(path::startsWith)) {
      findings.add(
          FindingCode.SCRIPT_INSECURE,
          line.get(),
          "everybody can write where " + path + " is",
          List.of());
    }
  }

  private void order(Node node, Tracked tracked, Statement script) {
    List<Statement> all = node.file().statements();
    if (all.indexOf(script) < all.indexOf(tracked.owner())) {
      return;
    }
    findings.add(
        FindingCode.SCRIPT_DEFINED_LATER,
        tracked.line(),
        "vrrp_script %s is defined only in line %d"
            .formatted(tracked.name(), script.place().line()),
        findings.moved(script, tracked.owner()));
  }

  private void security(Node node, Statement script) {
    boolean isSecure = node.hasGlobal("enable_script_security");
    boolean hasUser = node.hasGlobal("script_user") || script.last("user").isPresent();
    if (isSecure && hasUser) {
      return;
    }
    List<String> missing = new ArrayList<>();
    if (!hasUser) {
      missing.add("script_user root");
    }
    if (!isSecure) {
      missing.add("enable_script_security");
    }
    List<Edit> fix =
        node.all("global_defs")
            .findFirst()
            .map(block -> findings.addTo(block, missing.toArray(String[]::new)))
            .orElseGet(() ->
                Findings.insert(
                    new Place(node.file().name(), 1, 1),
                    "global_defs {\n    " + String.join("\n    ", missing) + "\n}\n"));
    findings.add(
        FindingCode.SCRIPT_INSECURE,
        script.value().orElse(script.words().getFirst()),
        "global_defs lacks " + String.join(" and ", missing),
        fix);
  }

  private void weights(Instance instance, Map<String, Statement> defined) {
    if (!instance.isNopreempt()) {
      return;
    }
    for (Statement line : instance.lines("track_script")) {
      Optional<Word> weight = weight(line, defined);
      if (weight
          .flatMap(word -> Numbers.whole(word.text()))
          .filter(value -> value != 0)
          .isPresent()) {
        findings.add(
            FindingCode.NOPREEMPT_WITH_WEIGHT,
            weight.get(),
            "%s only changes the priority of %s, which has nopreempt"
                .formatted(line.keyword(), InstanceChecks.label(instance)),
            Findings.replace(weight.get(), "0"));
      }
    }
  }

  /** The weight with which an instance tracks a script. */
  static Optional<Word> weight(Statement line, Map<String, Statement> defined) {
    List<Word> words = line.words();
    for (int i = 1; i + 1 < words.size(); i++) {
      if (words.get(i).text().equals("weight")) {
        return Optional.of(words.get(i + 1));
      }
    }
    Statement script = defined.get(line.keyword());
    return script == null ? Optional.empty() : script.last("weight").flatMap(Statement::value);
  }
}
