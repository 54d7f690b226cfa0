package io.havip.keepalived.check;

import io.havip.keepalived.parse.Keywords;
import io.havip.keepalived.parse.Notice;
import io.havip.keepalived.parse.Place;
import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What keepalived cannot read, or reads otherwise than it was meant. */
final class FileChecks {
  private static final Set<String> JUDGED_ROOTS =
      Set.of(
          "global_defs",
          "vrrp_instance",
          "vrrp_script",
          "vrrp_sync_group",
          "vrrp_track_process",
          "vrrp_track_file",
          "track_file",
          "garp_group");

  /** Options of an address that have a value, and those that have none (ip-address(8)). */
  private static final Set<String> ADDRESS_PAIRS =
      Set.of("dev", "scope", "label", "brd", "broadcast", "peer", "preferred_lft", "track_group");

  private static final Set<String> ADDRESS_FLAGS =
      Set.of(
          "home",
          "noprefixroute",
          "mngtmpaddr",
          "nodad",
          "optimistic",
          "deprecated",
          "no_track",
          "mcast_autojoin");

  private static final Set<String> ROUTE_PAIRS =
      Set.of(
          "via",
          "src",
          "gw",
          "dev",
          "oif",
          "table",
          "metric",
          "protocol",
          "proto",
          "scope",
          "tos",
          "dsfield",
          "mtu",
          "hoplimit",
          "advmss",
          "rtt",
          "rttvar",
          "reordering",
          "window",
          "cwnd",
          "initcwnd",
          "initrwnd",
          "ssthresh",
          "realms",
          "rto_min",
          "features",
          "congctl",
          "quickack",
          "preference",
          "pref",
          "expires",
          "from",
          "to",
          "as",
          "or",
          "weight",
          "track_group",
          "ttl-propagate");

  private static final Set<String> ROUTE_FLAGS =
      Set.of("onlink", "no_track", "lock", "fastopen_no_cookie", "inet", "inet6");

  private static final Set<String> ROUTE_TYPES =
      Set.of(
          "unicast",
          "local",
          "broadcast",
          "anycast",
          "multicast",
          "throw",
          "unreachable",
          "prohibit",
          "blackhole",
          "nat",
          "to",
          "src");

  private static final Set<String> ROUTE_UNJUDGED =
      Set.of("encap", "nexthop", "features", "realms");

  private final Findings findings;
  private final Sources sources;

  FileChecks(Findings findings, Sources sources) {
    this.findings = findings;
    this.sources = sources;
  }

  void check(Node node) {
    node.file().notices().forEach(this::notice);
    for (Statement statement : node.file().statements()) {
      keyword(Keywords.ROOT, statement);
      if (JUDGED_ROOTS.contains(statement.keyword())) {
        block(statement);
      }
    }
    for (Instance instance : node.instances()) {
      source(instance);
      instance.vips().forEach(vip -> address(instance, vip));
      instance.lines("unicast_peer").forEach(this::peer);
      instance.lines("virtual_routes").forEach(this::route);
    }
    if (node.instances().isEmpty() && node.file().notices().isEmpty()) {
      findings.add(
          FindingCode.NO_INSTANCE,
          new Place(node.file().name(), 1, 1),
          1,
          "there is no vrrp_instance in this file",
          List.of());
    }
  }

  private void notice(Notice notice) {
    String text = notice.text();
    Place place = notice.place();
    switch (notice.kind()) {
      case EXTRA_CLOSING_BRACE ->
          brace(notice, "this brace closes nothing", Findings.insert(place, "# "));
      case UNEXPECTED_OPENING_BRACE -> brace(notice, "this brace opens nothing", List.of());
      case MISSING_OPENING_BRACE ->
          brace(
              notice,
              "'" + text + "' needs a block, and no { follows",
              Findings.insert(new Place(place.file(), place.line(), notice.endColumn()), " {"));
      case MISSING_CLOSING_BRACE -> {
        int last = sources.lineCount(place.file());
        String line = sources.line(place.file(), last);
        brace(
            notice,
            text.lines().count() + " closing brace(s) are missing",
            Findings.insert(
                new Place(place.file(), last, line.length() + 1),
                (line.isEmpty() ? "" : "\n") + text + "\n"));
      }
      case UNMATCHED_QUOTE ->
          findings.add(
              FindingCode.UNMATCHED_QUOTE,
              place,
              notice.endColumn(),
              "the quote before " + text.substring(1) + " is never closed",
              List.of(
                  new Edit(
                      place.file(), place.line(), notice.endColumn(), notice.endColumn(), "\"")));
      case LONG_LINE -> add(FindingCode.LINE_TOO_LONG, notice, "the line has " + text);
      case ENDLESS_DEFINITION ->
          add(FindingCode.ENDLESS_DEFINITION, notice, "'" + text + "' grows without end");
      case UNDEFINED_PARAMETER ->
          add(FindingCode.UNDEFINED_PARAMETER, notice, text + " is not defined before this line");
      case SEQUENCE -> add(FindingCode.NOT_CHECKED, notice, "the lines that this makes");
      case INCLUDE_NOT_FOUND -> add(FindingCode.INCLUDE_NOT_READ, notice, text + " was not read");
      case LIMIT -> add(FindingCode.NOT_CHECKED, notice, "there are " + text);
    }
  }

  private void brace(Notice notice, String message, List<Edit> fix) {
    findings.add(FindingCode.UNBALANCED_BRACES, notice.place(), notice.endColumn(), message, fix);
  }

  private void add(FindingCode code, Notice notice, String message) {
    findings.add(code, notice.place(), notice.endColumn(), message, List.of());
  }

  private void block(Statement block) {
    for (Statement statement : block.statements()) {
      keyword(block.keyword(), statement);
      value(block.keyword(), statement);
      if (statement.keyword().equals("authentication")) {
        block(statement);
      }
    }
  }

  private void keyword(String block, Statement statement) {
    Set<String> known = Keywords.of(block);
    if (known.contains(statement.keyword()) || findings.isFull()) {
      return;
    }
    Word word = statement.words().getFirst();
    Optional<String> near = nearest(statement.keyword(), known);
    String meant = near.map(keyword -> "; did you mean " + keyword + "?").orElse("");
    findings.add(
        FindingCode.UNKNOWN_KEYWORD,
        word,
        "'" + statement.keyword() + "' is no keyword here" + meant,
        near.map(keyword -> Findings.replace(word, keyword))
            .orElseGet(() -> findings.commentOut(statement)));
  }

  private void value(String block, Statement statement) {
    Values.Range range = Values.NUMBERS.getOrDefault(block, Map.of()).get(statement.keyword());
    Integer count = Values.COUNTS.getOrDefault(block, Map.of()).get(statement.keyword());
    boolean needsValue = range != null || (count != null && count > 0);
    if (needsValue && statement.value().isEmpty()) {
      findings.add(
          FindingCode.MISSING_VALUE,
          statement,
          statement.keyword() + " has no value",
          findings.commentOut(statement));
      return;
    }
    if (range != null) {
      number(statement, range);
    }
    if (statement.keyword().equals("state") && block.equals("vrrp_instance")) {
      oneOf(statement, "BACKUP", "MASTER");
    }
    if (statement.keyword().equals("auth_type") && block.equals("authentication")) {
      oneOf(statement, "PASS", "AH");
    }
    if (count != null && statement.words().size() > count + 1) {
      Word first = statement.words().get(count + 1);
      findings.add(
          FindingCode.TRAILING_TEXT,
          Severity.WARNING,
          first.place(),
          statement.words().getLast().endColumn(),
          "'" + first.text() + "' is no part of " + statement.keyword() + "; keepalived skips it",
          findings.comment(first));
    }
  }

  private void number(Statement statement, Values.Range range) {
    Word word = statement.words().get(1);
    Optional<Double> value =
        range.isWhole()
            ? Numbers.whole(word.text()).map(Integer::doubleValue)
            : Numbers.decimal(word.text());
    boolean isOf = value.isPresent();
    if (isOf && value.get() >= range.min() && value.get() <= range.max()) {
      return;
    }
    findings.add(
        isOf || Numbers.decimal(word.text()).isPresent()
            ? FindingCode.VALUE_OUT_OF_RANGE
            : FindingCode.INVALID_VALUE,
        word,
        statement.keyword() + " is " + range + ", not " + word.text(),
        findings.commentOut(statement));
  }

  private void oneOf(Statement statement, String usual, String other) {
    Word word = statement.words().get(1);
    if (!word.text().equals(usual) && !word.text().equals(other)) {
      findings.add(
          FindingCode.INVALID_VALUE,
          word,
          statement.keyword() + " is " + usual + " or " + other + ", not " + word.text(),
          Findings.replace(word, usual));
    }
  }

  private void source(Instance instance) {
    instance
        .source()
        .filter(word -> word.text().indexOf(':') < 0 && Numbers.address(word.text()).isEmpty())
        .ifPresent(word ->
            findings.add(
                FindingCode.INVALID_VALUE,
                word,
                "'" + word.text() + "' is no address of this node; a name is not looked up",
                List.of()));
  }

  private void address(Instance instance, VipLine vip) {
    if (vip.isIpv6()) {
      if (vip.isAdvertised() && instance.sourceAddress().isPresent()) {
        findings.add(
            FindingCode.INVALID_VALUE,
            vip.word(),
            "an IPv4 instance advertises no IPv6 address; give it an instance of its own, or move"
                + " it with this one in virtual_ipaddress_excluded",
            List.of());
      }
      return;
    }
    boolean hasGoodPrefix =
        !vip.hasPrefix()
            || vip.prefixLength().filter(length -> length >= 0 && length <= 32).isPresent();
    if (vip.address().isEmpty() || !hasGoodPrefix) {
      findings.add(
          FindingCode.INVALID_VALUE,
          vip.word(),
          "'" + vip.word().text() + "' is no address with a prefix length, like 10.0.0.100/24",
          List.of());
    }
    options(vip.line(), 1, ADDRESS_PAIRS, ADDRESS_FLAGS, "the address");
  }

  private void peer(Statement line) {
    Word word = line.words().getFirst();
    if (word.text().indexOf(':') < 0 && Numbers.address(word.text()).isEmpty()) {
      findings.add(
          FindingCode.INVALID_VALUE,
          word,
          "'" + word.text() + "' is no address of a peer",
          List.of());
    }
    options(line, 1, Set.of("min_ttl", "max_ttl"), Set.of(), "the peer");
  }

  private void route(Statement line) {
    int start = 0;
    while (start < line.words().size() - 1
        && ROUTE_TYPES.contains(line.words().get(start).text())) {
      start++;
    }
    if (line.words().stream().noneMatch(word -> ROUTE_UNJUDGED.contains(word.text()))) {
      options(line, start + 1, ROUTE_PAIRS, ROUTE_FLAGS, "the whole route");
    }
  }

  /** Finds the first word that is no option: from there on somebody meant a comment. */
  private void options(
      Statement line, int start, Set<String> pairs, Set<String> flags, String what) {
    int at = start;
    while (at < line.words().size()) {
      Word word = line.words().get(at);
      if (pairs.contains(word.text())) {
        at += 2;
      } else if (flags.contains(word.text())) {
        at++;
      } else {
        findings.add(
            FindingCode.TRAILING_TEXT,
            word.place(),
            line.words().getLast().endColumn(),
            "'" + word.text() + "' is no option; keepalived refuses it and may drop " + what,
            findings.comment(word));
        return;
      }
    }
  }

  /** A keyword that somebody may have meant: at most two letters off. */
  private static Optional<String> nearest(String word, Set<String> known) {
    return known.stream()
        .filter(keyword -> Math.abs(keyword.length() - word.length()) <= 2)
        .filter(keyword -> distance(word, keyword) <= (word.length() < 5 ? 1 : 2))
        .min(
            Comparator.comparingInt((String keyword) -> distance(word, keyword))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's distance, exchanged neighbours counting as one. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(cost[i - 1][j - 1] + same, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
