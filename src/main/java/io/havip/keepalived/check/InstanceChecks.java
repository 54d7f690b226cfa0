package io.havip.keepalived.check;

import io.havip.keepalived.parse.Block;
import io.havip.keepalived.parse.Place;
import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import io.havip.net.Ipv4Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one can say of the instances of a file without knowing any other. */
final class InstanceChecks {
  private static final int VIPS_MAX = 5;

  /** There are no more VRIDs. */
  private static final int INSTANCES_MAX = 255;

  /** What a router has that owns the address; it always preempts (RFC 9568, section 5.2.4). */
  private static final int PRIORITY_OF_OWNER = 255;

  private static final int VMS_MAX = 3;
  private static final int PASSWORD_MAX = 8;
  private static final int VRID_OF_EXAMPLES = 51;

  /** With advert_int 1 it is 3.6 s at most. */
  private static final double FAILOVER_SECONDS_MAX = 4;

  /** The main table of ip-route(8), and what follows it. */
  private static final Set<String> MAIN_TABLES = Set.of("main", "254", "default", "253");

  /** What a route has that needs no interface, or is told so. */
  private static final Set<String> WITHOUT_DEV =
      Set.of("no_track", "blackhole", "unreachable", "prohibit", "throw", "nexthop");

  private static final Set<String> EVERYWHERE = Set.of("0.0.0.0/0", "default", "0/0", "0.0.0.0");

  private static final Set<String> WELL_KNOWN_PASSWORDS =
      Set.of(
          "password",
          "passw0rd",
          "pass",
          "secret",
          "keepalived",
          "keepaliv",
          "admin",
          "root",
          "k@l!ve1",
          "vrrp",
          "test",
          "changeme",
          "letmein",
          "qwerty",
          "abc123",
          "havip",
          "default",
          "haproxy",
          "nginx",
          "yourpass");

  private final Findings findings;

  InstanceChecks(Findings findings) {
    this.findings = findings;
  }

  void check(Node node) {
    strict(node);
    node.all("vrrp_sync_group").forEach(group -> syncGroup(node, group));
    Set<String> names = new HashSet<>();
    Map<String, Instance> byVrid = new HashMap<>();
    for (Instance instance : node.instances()) {
      if (!names.add(instance.name())) {
        findings.add(
            FindingCode.INSTANCE_REPEATED,
            instance.statement(),
            "there is a vrrp_instance " + instance.name() + " already",
            List.of());
      }
      required(instance);
      vrid(instance, byVrid);
      state(instance);
      timing(instance);
      authentication(instance);
      peers(instance);
      vips(instance);
      routes(instance);
    }
  }

  private void strict(Node node) {
    for (Statement global : node.globals()) {
      if (global.keyword().equals("vrrp_strict")) {
        strict(global);
      }
    }
    for (Instance instance : node.instances()) {
      instance
          .statement()
          .last("strict_mode")
          .filter(line ->
              line.value().map(Word::text).filter(Set.of("off", "no", "false")::contains).isEmpty())
          .ifPresent(this::strict);
    }
  }

  private void strict(Statement line) {
    findings.add(
        FindingCode.STRICT,
        line,
        line.keyword() + " makes the VIP unpingable",
        findings.commentOut(line));
  }

  private void syncGroup(Node node, Statement group) {
    Set<String> instances = new HashSet<>(node.instances().stream().map(Instance::name).toList());
    List<Word> members =
        group
            .all("group")
            .flatMap(block -> block.statements().stream())
            .flatMap(line -> line.words().stream())
            .limit(INSTANCES_MAX)
            .toList();
    List<Word> strangers =
        members.stream().filter(member -> !instances.contains(member.text())).toList();
    for (Word stranger : strangers) {
      findings.add(
          FindingCode.SYNC_GROUP,
          stranger,
          "there is no vrrp_instance " + stranger.text(),
          findings.comment(stranger));
    }
    if (strangers.isEmpty() && members.size() < 2) {
      findings.add(
          FindingCode.SYNC_GROUP,
          group,
          "there are fewer than two instances in this group",
          findings.commentOut(group));
    }
  }

  private void required(Instance instance) {
    Statement statement = instance.statement();
    if (instance.name().isEmpty()) {
      findings.add(
          FindingCode.MISSING_VALUE,
          statement,
          "a vrrp_instance needs a name",
          Findings.append(statement.words().getFirst(), " HAVIP"));
    }
    if (!instance.has("interface")) {
      findings.add(
          FindingCode.INTERFACE_MISSING,
          statement,
          label(instance) + " names no interface",
          findings.addTo(statement, "interface eth0"));
    }
    if (!instance.has("virtual_router_id")) {
      findings.add(
          FindingCode.VRID_MISSING,
          statement,
          label(instance) + " has no virtual_router_id",
          findings.addTo(statement, "virtual_router_id " + vridOf(instance)));
    }
    if (instance.vips().isEmpty()) {
      findings.add(
          FindingCode.VIP_MISSING, statement, label(instance) + " has no address", List.of());
    }
  }

  private void vrid(Instance instance, Map<String, Instance> byVrid) {
    Optional<Integer> vrid = instance.vrid();
    Optional<Word> word = instance.word("virtual_router_id");
    if (vrid.isEmpty() || word.isEmpty()) {
      return;
    }
    if (vrid.get() == VRID_OF_EXAMPLES) {
      findings.add(
          FindingCode.VRID_DEFAULT,
          word.get(),
          "51 is the virtual_router_id of every example",
          Findings.replace(word.get(), Integer.toString(vridOf(instance))));
    }
    String segment = instance.networkInterface().map(Word::text).orElse("") + " " + vrid.get();
    Instance other = byVrid.putIfAbsent(segment, instance);
    if (other != null && !other.name().equals(instance.name())) {
      findings.add(
          FindingCode.VRID_COLLISION,
          word.get(),
          label(other) + " has the virtual_router_id " + vrid.get() + " on this interface already",
          Findings.replace(word.get(), Integer.toString(vridOf(instance))));
    }
  }

  /** The last octet of the first VIP: the same for all nodes, and seldom anybody else's. */
  static int vridOf(Instance instance) {
    int octet =
        instance.vips().stream()
            .flatMap(vip -> vip.address().stream())
            .findFirst()
            .map(address -> address.bits() & 255)
            .orElse(0);
    boolean isTaken = instance.vrid().filter(vrid -> vrid == octet).isPresent();
    return octet == 0 || octet == VRID_OF_EXAMPLES || isTaken ? 100 + octet / 2 : octet;
  }

  private void state(Instance instance) {
    Optional<Statement> nopreempt = instance.statement().last("nopreempt");
    Optional<Word> state = instance.word("state");
    if (nopreempt.isPresent() && state.isPresent() && state.get().text().equals("MASTER")) {
      findings.add(
          FindingCode.STATE_MASTER_NOPREEMPT,
          state.get(),
          "nopreempt works only when the state is BACKUP on all nodes",
          Findings.replace(state.get(), "BACKUP"));
    }
    if (nopreempt.isEmpty()) {
      return;
    }
    instance
        .word("priority")
        .filter(_ -> instance.priority() == PRIORITY_OF_OWNER)
        .ifPresent(priority ->
            findings.add(
                FindingCode.OPTIONS_CONFLICT,
                priority,
                "with priority 255 keepalived ignores nopreempt",
                Findings.replace(priority, "254")));
    instance
        .statement()
        .last("preempt_delay")
        .ifPresent(delay ->
            findings.add(
                FindingCode.OPTIONS_CONFLICT,
                delay,
                "with nopreempt keepalived ignores preempt_delay",
                findings.commentOut(delay)));
  }

  private void timing(Instance instance) {
    Optional<Word> word = instance.word("advert_int");
    Optional<Double> said = word.flatMap(given -> Numbers.decimal(given.text()));
    if (word.isPresent() && said.isPresent() && said.get() >= 0.01) {
      if (instance.version() == 2 && said.get() != Math.rint(said.get())) {
        findings.add(
            FindingCode.ADVERT_INT_FRACTIONAL,
            word.get(),
            "version 2 has whole seconds; keepalived makes %s of %s"
                .formatted(seconds(instance.interval()), word.get().text()),
            Findings.replace(word.get(), Long.toString(Math.round(instance.interval()))));
      } else if (instance.version() == 3 && said.get() > 40.95 && said.get() <= 255) {
        findings.add(
            FindingCode.VALUE_OUT_OF_RANGE,
            word.get(),
            "advert_int is 0.01 to 40.95 with version 3, not " + word.get().text(),
            Findings.replace(word.get(), "1"));
        return;
      }
    }
    if (word.isPresent() && instance.failoverSeconds() > FAILOVER_SECONDS_MAX) {
      findings.add(
          FindingCode.SLOW_FAILOVER,
          word.get(),
          String.format(
              Locale.ROOT,
              "when the master crashes, this node takes over after %.1f s",
              instance.failoverSeconds()),
          Findings.replace(word.get(), "1"));
    }
  }

  private static String seconds(double value) {
    return Math.round(value) + " s";
  }

  private void authentication(Instance instance) {
    Optional<Statement> block = instance.statement().last("authentication");
    if (block.isEmpty()) {
      return;
    }
    if (instance.version() == 3) {
      findings.add(
          FindingCode.AUTH_WITH_V3,
          block.get(),
          "version 3 has no authentication",
          findings.commentOut(block.get()));
      return;
    }
    Optional<Statement> line = block.get().last("auth_pass");
    if (line.isEmpty()) {
      findings.add(
          FindingCode.MISSING_VALUE,
          block.get(),
          "authentication has no auth_pass",
          findings.commentOut(block.get()));
    }
    line.ifPresent(pass -> password(block.get(), pass));
  }

  private void password(Statement block, Statement line) {
    if (line.value().isEmpty()) {
      return;
    }
    Word word = line.value().get();
    String password = word.text();
    Optional<String> meant = findings.uncut(word);
    if (meant.isPresent()) {
      String asMeant = meant.get().substring(0, Math.min(PASSWORD_MAX, meant.get().length()));
      findings.add(
          FindingCode.AUTH_PASS_COMMENT,
          word,
          "the password ends before its " + meant.get().charAt(password.length()),
          Findings.replace(word, '"' + asMeant + "\" "));
      return;
    }
    if (password.length() > PASSWORD_MAX) {
      findings.add(
          FindingCode.AUTH_PASS_TOO_LONG,
          word,
          "the password has " + password.length() + " characters",
          Findings.replace(word, password.substring(0, PASSWORD_MAX)));
    } else if (isGuessable(password)) {
      findings.add(
          FindingCode.AUTH_PASS_GUESSABLE,
          word,
          "this password is in every list of passwords; HAVIP lets VRRP pass only between the"
              + " bound VMs, and needs none",
          findings.commentOut(block));
    }
  }

  private static boolean isGuessable(String password) {
    boolean isRepeated = password.chars().distinct().count() == 1;
    boolean isNumber = password.chars().allMatch(c -> c >= '0' && c <= '9');
    return password.length() < 4
        || isRepeated
        || isNumber
        || WELL_KNOWN_PASSWORDS.contains(password.toLowerCase(Locale.ROOT));
  }

  private void peers(Instance instance) {
    Optional<Statement> block = instance.statement().last("unicast_peer");
    List<Word> peers = instance.peers();
    Optional<Word> unicast = instance.word("unicast_src_ip");
    if (block.isEmpty() && unicast.isPresent()) {
      findings.add(
          FindingCode.EMPTY_PEER_LIST,
          unicast.get(),
          label(instance) + " has unicast_src_ip and no unicast_peer",
          List.of());
      return;
    }
    if (block.isEmpty()) {
      findings.add(
          FindingCode.MULTICAST,
          instance.statement(),
          label(instance) + " has no unicast_peer and uses multicast",
          List.of());
      return;
    }
    if (peers.isEmpty()) {
      findings.add(
          FindingCode.EMPTY_PEER_LIST, block.get(), "there is no peer in the list", List.of());
      return;
    }
    if (instance.source().isEmpty()) {
      findings.add(
          FindingCode.SOURCE_MISSING,
          instance.statement(),
          label(instance) + " has unicast_peer and no unicast_src_ip",
          List.of());
    }
    Set<String> seen = new HashSet<>();
    for (Word peer : peers) {
      if (instance.source().filter(source -> source.text().equals(peer.text())).isPresent()) {
        findings.add(
            FindingCode.PEER_IS_SELF,
            peer,
            peer.text() + " is this node's own unicast_src_ip",
            findings.comment(peer));
      } else if (!seen.add(peer.text())) {
        findings.add(
            FindingCode.PEER_REPEATED,
            peer,
            peer.text() + " is a peer already",
            findings.comment(peer));
      } else if (seen.size() == VMS_MAX) {
        findings.add(
            FindingCode.TOO_MANY_VMS,
            peer,
            "with " + VMS_MAX + " peers and this node there are " + (VMS_MAX + 1) + " VMs",
            List.of());
      }
    }
  }

  private void vips(Instance instance) {
    List<VipLine> advertised = instance.advertised();
    if (advertised.size() > VIPS_MAX) {
      findings.add(
          FindingCode.TOO_MANY_VIPS,
          advertised.get(VIPS_MAX).word(),
          label(instance) + " advertises " + advertised.size() + " addresses",
          List.of());
    }
    Optional<Ipv4Address> source = instance.sourceAddress();
    Set<String> peers = new HashSet<>(instance.peers().stream().map(Word::text).toList());
    for (VipLine vip : instance.vips()) {
      if (vip.address().isEmpty()) {
        continue;
      }
      boolean isOwn = source.equals(vip.address());
      if (isOwn || peers.contains(vip.addressText())) {
        findings.add(
            FindingCode.VIP_IS_NODE_ADDRESS,
            vip.word(),
            vip.addressText() + " is the address of " + (isOwn ? "this node" : "a peer"),
            List.of());
      }
      if (!vip.hasPrefix()) {
        findings.add(
            FindingCode.VIP_WITHOUT_PREFIX,
            vip.word(),
            vip.addressText() + " has no prefix length",
            prefix(instance, vip));
      }
      if (vip.dev().isEmpty()) {
        findings.add(
            FindingCode.VIP_WITHOUT_DEV,
            vip.word(),
            vip.addressText() + " has no dev",
            instance
                .networkInterface()
                .map(nic -> Findings.append(vip.word(), " dev " + nic.text()))
                .orElse(List.of()));
      }
    }
  }

  /** The prefix length of another VIP, or 24 when the node's own address is that near. */
  private static List<Edit> prefix(Instance instance, VipLine vip) {
    Optional<Integer> length =
        instance.vips().stream().flatMap(other -> other.prefixLength().stream()).findFirst();
    boolean isNear =
        instance
            .sourceAddress()
            .flatMap(source -> vip.address().map(it -> (it.bits() ^ source.bits()) >>> 8 == 0))
            .orElse(false);
    return length
        .or(() -> isNear ? Optional.of(24) : Optional.empty())
        .map(given -> Findings.append(vip.word(), "/" + given))
        .orElse(List.of());
  }

  private void routes(Instance instance) {
    for (Statement routes : instance.statement().all("virtual_routes").toList()) {
      for (Statement route : routes.statements()) {
        List<String> words = route.words().stream().map(Word::text).toList();
        int table = words.indexOf("table");
        boolean isMain =
            table < 0 || table + 1 >= words.size() || MAIN_TABLES.contains(words.get(table + 1));
        boolean isNowhere = words.stream().anyMatch(WITHOUT_DEV::contains);
        if (!words.contains("dev") && !words.contains("oif") && !isNowhere) {
          findings.add(
              FindingCode.ROUTE_WITHOUT_DEV,
              route,
              "this route names no dev",
              instance
                  .networkInterface()
                  .map(nic -> Findings.append(lastOption(route), " dev " + nic.text()))
                  .orElse(List.of()));
        }
        boolean isDefault =
            EVERYWHERE.contains(words.getFirst())
                || (words.size() > 1
                    && Set.of("to", "unicast").contains(words.getFirst())
                    && EVERYWHERE.contains(words.get(1)));
        if (isDefault && isMain) {
          findings.add(
              FindingCode.DEFAULT_ROUTE_IN_MAIN_TABLE,
              route,
              "this default route takes all traffic of the VM",
              table < 0 ? ownTable(instance, routes, route) : List.of());
        }
      }
    }
  }

  /** A table for the traffic that comes from the VIPs. */
  private List<Edit> ownTable(Instance instance, Statement routes, Statement route) {
    int table = 1000 + instance.vrid().orElse(0);
    Word last = lastOption(route);
    Optional<Statement> rules = instance.statement().last("virtual_rules");
    Block block = routes.block();
    Place close = block == null ? null : block.close();
    if (!last.isVerbatim() || close == null || instance.vips().isEmpty()) {
      return List.of();
    }
    String[] from =
        instance.vips().stream()
            .map(vip -> "from %s table %d priority %d".formatted(vip.addressText(), table, table))
            .toArray(String[]::new);
    List<Edit> edits = new ArrayList<>(Findings.append(last, " table " + table));
    List<Edit> rule =
        rules.isPresent()
            ? findings.addTo(rules.get(), from)
            : Findings.insert(
                new Place(close.file(), close.line(), close.column() + 1),
                "\n    virtual_rules {\n        " + String.join("\n        ", from) + "\n    }");
    edits.addAll(rule);
    return rule.isEmpty() ? List.of() : List.copyOf(edits);
  }

  /** The value of the last option; what follows is no part of the route. */
  private static Word lastOption(Statement route) {
    Set<String> pairs = Set.of("via", "dev", "src", "metric", "scope", "proto", "protocol");
    int last = 0;
    for (int i = 0; i + 1 < route.words().size(); i++) {
      if (pairs.contains(route.words().get(i).text())) {
        last = i + 1;
      }
    }
    return route.words().get(last);
  }

  static String label(Instance instance) {
    return instance.name().isEmpty() ? "the instance" : instance.name();
  }
}
