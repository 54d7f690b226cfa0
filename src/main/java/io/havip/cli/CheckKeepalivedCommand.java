package io.havip.cli;

import io.havip.json.Json;
import io.havip.keepalived.check.Checker;
import io.havip.keepalived.check.Finding;
import io.havip.keepalived.check.Report;
import io.havip.keepalived.parse.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    description = "Find mistakes in keepalived.conf, also those that keepalived cannot see.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} keepalived.conf              # needs no server",
      "  ${COMMAND-FULL-NAME} a.conf b.conf c.conf         # a whole cluster",
      "  ${COMMAND-FULL-NAME} --vm db-1 keepalived.conf    # asks the server, too",
      "  ${COMMAND-FULL-NAME} --vip db *.conf -o json",
      "",
      "JSON is an array of findings. The exit code is 1 when one of them is an error."
    })
final class CheckKeepalivedCommand extends ClientCommand {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files, of one node each.")
  @SuppressWarnings("NullAway.Init")
  private List<String> files;

  @ArgGroup private @Nullable Against against;

  @Mixin private final FormatOption format = new FormatOption();

  static final class Against {
    @Option(
        names = "--vm",
        paramLabel = "VM",
        description = "The VM whose file it is; asks the server.")
    private @Nullable String vm;

    @Option(
        names = "--vip",
        paramLabel = "VIP",
        description = "The VIP whose VMs have the files; asks the server.")
    private @Nullable String vip;
  }

  CheckKeepalivedCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run() throws CommandFailedException, InterruptedException {
    if (format.format() == Format.CSV) {
      throw wrongUsage("findings are no table; choose -o json or none");
    }
    List<SourceFile> sources = new ArrayList<>();
    for (String file : new LinkedHashSet<>(files)) {
      sources.add(ConfigurationFiles.read(file));
    }
    Against known = against;
    JsonNode report = known == null ? checkedHere(sources) : checkedThere(sources, known);
    JsonNode findings = report.path("findings");
    if (format.format() == Format.JSON) {
      output().json(findings);
    } else {
      show(sources, report);
    }
    long errors = count(findings, "error");
    if (errors > 0) {
      throw new CommandFailedException(
          ExitCode.FAILED, errors + (errors == 1 ? " error" : " errors"));
    }
  }

  private JsonNode checkedThere(List<SourceFile> sources, Against known)
      throws CommandFailedException, InterruptedException {
    ObjectNode body = Json.MAPPER.createObjectNode();
    String vm = known.vm;
    String vip = known.vip;
    if (vm != null) {
      body.put("vmId", directory().id(Kind.VM, vm));
    } else if (vip != null) {
      body.put("vipId", directory().id(Kind.VIP, vip));
    }
    ArrayNode all = body.putArray("files");
    sources.forEach(file -> all.addObject().put("name", file.name()).put("text", file.text()));
    return api().post("/v1/keepalived/check", body);
  }

  /** The server's answer, made here. */
  private static JsonNode checkedHere(List<SourceFile> sources) {
    Report report = new Checker(new DiskIncludes(), null).check(sources);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode findings = answer.putArray("findings");
    for (Finding finding : report.findings()) {
      ObjectNode json =
          findings
              .addObject()
              .put("code", finding.code().name().toLowerCase(Locale.ROOT))
              .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
              .put("file", finding.place().file())
              .put("line", finding.place().line())
              .put("column", finding.place().column())
              .put("message", finding.message())
              .put("why", finding.why());
      if (finding.fix() != null) {
        json.put("fix", finding.fix());
      }
    }
    ArrayNode failovers = answer.putArray("failovers");
    report
        .failovers()
        .forEach(failover ->
            failovers
                .addObject()
                .put("file", failover.file())
                .put("instance", failover.instance())
                .put("seconds", failover.seconds()));
    return answer;
  }

  private void show(List<SourceFile> sources, JsonNode report) {
    Output output = output();
    Map<String, List<String>> lines =
        sources.stream()
            .collect(Collectors.toMap(SourceFile::name, file -> file.text().lines().toList()));
    for (JsonNode finding : report.path("findings")) {
      int line = finding.path("line").asInt();
      int column = finding.path("column").asInt();
      String file = finding.path("file").asString();
      output.line(
          "%s:%d:%d: %s: %s [%s]"
              .formatted(
                  file,
                  line,
                  column,
                  finding.path("severity").asString(),
                  finding.path("message").asString(),
                  finding.path("code").asString()));
      List<String> text = lines.getOrDefault(file, List.of());
      if (line <= text.size()) {
        String source = text.get(line - 1).replace('\t', ' ');
        String before = Text.printable(source.substring(0, Math.min(column - 1, source.length())));
        output.line("%5d | %s".formatted(line, source));
        output.line("      | " + " ".repeat(Text.width(before)) + "^");
      }
      output.line("      why:  " + finding.path("why").asString());
      finding
          .path("fix")
          .asString("")
          .lines()
          .map(mended -> "      mend: " + mended.replace('\t', ' '))
          .forEach(output::line);
      output.line("");
    }
    for (JsonNode failover : report.path("failovers")) {
      output.line(
          String.format(
              Locale.ROOT,
              "%s: %s takes over %.1f s after the master crashed",
              failover.path("file").asString(),
              failover.path("instance").asString(),
              failover.path("seconds").asDouble()));
    }
    output.line(
        "%d error(s), %d warning(s), %d info"
            .formatted(
                count(report.path("findings"), "error"),
                count(report.path("findings"), "warning"),
                count(report.path("findings"), "info")));
  }

  private static long count(JsonNode findings, String severity) {
    return findings
        .valueStream()
        .filter(finding -> finding.path("severity").asString().equals(severity))
        .count();
  }
}
