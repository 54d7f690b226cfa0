package io.havip.keepalived.check;

import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import io.havip.net.Ipv4Address;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A vrrp_instance, with keepalived's defaults for what it does not say. */
final class Instance {
  private static final int PRIORITY_DEFAULT = 100;
  private static final int LINES_MAX = 256;

  private final Node node;
  private final Statement statement;
  private final List<VipLine> vips;

  Instance(Node node, Statement statement) {
    this.node = node;
    this.statement = statement;
    this.vips =
        Stream.of("virtual_ipaddress", "virtual_ipaddress_excluded")
            .flatMap(block ->
                lines(block).stream()
                    .map(line -> VipLine.of(line, block.equals("virtual_ipaddress"))))
            .toList();
  }

  Node node() {
    return node;
  }

  Statement statement() {
    return statement;
  }

  String name() {
    return statement.value().map(Word::text).orElse("");
  }

  boolean has(String keyword) {
    return statement.last(keyword).isPresent();
  }

  Optional<Word> word(String keyword) {
    return statement.last(keyword).flatMap(Statement::value);
  }

  /** A whole number within a range. */
  Optional<Integer> number(String keyword, int min, int max) {
    return word(keyword)
        .flatMap(word -> Numbers.whole(word.text()))
        .filter(value -> value >= min && value <= max);
  }

  /** The lines of a block of values; more than keepalived's own limits allow are not looked at. */
  List<Statement> lines(String block) {
    return statement
        .all(block)
        .flatMap(values -> values.statements().stream())
        .limit(LINES_MAX)
        .toList();
  }

  /** All addresses, those that are not advertised among them. */
  List<VipLine> vips() {
    return vips;
  }

  List<VipLine> advertised() {
    return vips.stream().filter(VipLine::isAdvertised).toList();
  }

  Set<String> advertisedTexts() {
    return advertised().stream().map(VipLine::addressText).collect(Collectors.toSet());
  }

  List<Word> peers() {
    return lines("unicast_peer").stream().map(line -> line.words().getFirst()).toList();
  }

  Optional<Word> source() {
    return word("unicast_src_ip").or(() -> word("mcast_src_ip"));
  }

  Optional<Ipv4Address> sourceAddress() {
    return source().flatMap(word -> Numbers.address(word.text()));
  }

  Optional<Word> networkInterface() {
    return word("interface");
  }

  Optional<Integer> vrid() {
    return number("virtual_router_id", 1, 255);
  }

  int priority() {
    return number("priority", 1, 255).orElse(PRIORITY_DEFAULT);
  }

  int version() {
    return number("version", 2, 3).orElseGet(node::version);
  }

  /** Seconds between advertisements, as keepalived uses them. */
  double interval() {
    double said =
        word("advert_int")
            .flatMap(word -> Numbers.decimal(word.text()))
            .filter(value -> value >= 0.01 && value <= 255)
            .orElse(1.0);
    return version() == 2 ? Math.max(1, Math.rint(said)) : Math.min(said, 40.95);
  }

  /** RFC 9568, 6.1; RFC 3768, 6.1 for version 2, whose skew does not know the interval. */
  double failoverSeconds() {
    double skew = (256 - priority()) / 256.0;
    return 3 * interval() + (version() == 2 ? skew : skew * interval());
  }

  boolean isNopreempt() {
    return has("nopreempt");
  }

  /** The value of a keyword of the authentication. */
  Optional<Word> authentication(String keyword) {
    return statement
        .last("authentication")
        .flatMap(block -> block.last(keyword))
        .flatMap(Statement::value);
  }

  /** What keepalived compares: nothing with version 3. */
  String authentication() {
    String type = authentication("auth_type").map(Word::text).orElse("");
    String pass = authentication("auth_pass").map(Word::text).orElse("");
    return version() == 3 || (type.isEmpty() && pass.isEmpty())
        ? ""
        : type + " " + pass.substring(0, Math.min(8, pass.length()));
  }
}
