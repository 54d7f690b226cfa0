package io.havip.keepalived.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ParserTest {
  @Test
  void commentsEndLinesButNotInDoubleQuotes() {
    assertThat(read("a b # c\n! d\ne \"f # g\" h ! i\nj k\\#l 'm # n'"))
        .isEqualTo("a b; e [f # g] h; j k#l 'm");
  }

  @Test
  void bracesSplitLines() {
    assertThat(read("a { b c } d {\n e }f\n{ g }")).isEqualTo("a{b c}; d{e}; f{g}");
    assertThat(read("a \"{\" b")).isEqualTo("a { b");
  }

  @Test
  void scriptsHaveTheDialectOfAShell() {
    Statement script = parse("script \"/bin/a 'b c' \\x41\\t\" d\\ e 'f\"g'").getFirst();
    assertThat(script.scriptWords()).containsExactly("script", "/bin/a 'b c' A\t", "d e", "f\"g");
    assertThat(script.words()).extracting(Word::text).contains("/bin/a 'b c' \\x41\\t", "d\\");
  }

  @Test
  void conditionalLinesAreOfTheirHost() {
    String text = "@a b\n@^a c\n@d e\n@^d f\n@a\n";
    assertThat(shown(Parser.parse(file(text), "a", Includes.NONE))).isEqualTo("b; f");
    assertThat(Parser.hosts(file(text))).containsExactly("a", "d");
  }

  @Test
  void definitionsAreReplacedWhenTheyAreUsed() {
    assertThat(read("$B=10.2.${S}\n$S=0\n${B}.1\n$S=9\n${B}.1 $UNKNOWN"))
        .isEqualTo("10.2.0.1; 10.2.9.1 $UNKNOWN");
    assertThat(read("$I= \\\n x${N} { \\\n # no \\\n y \\\n }\n$N=1\n$I\n$N=2\n$I\nz"))
        .isEqualTo("x1{y}; x2{y}; z");
    assertThat(read("$A=1\n$AB $A")).isEqualTo("$AB 1");
    assertThat(read("@h $A=1\n$A=2\na $A ${_HASH}")).isEqualTo("a 2 #");
  }

  @Test
  void anEmptyLineEndsADefinition() {
    assertThat(read("$I= \\\n a \\\n\n b\n$I")).isEqualTo("b; a");
  }

  @Test
  void includedFilesTakeThePlaceOfTheLine() {
    Includes includes =
        (from, pattern) ->
            pattern.equals("*.conf")
                ? List.of(
                    new SourceFile("d/1.conf", "b\n$X=2\ninclude deep"),
                    new SourceFile("d/2.conf", "c $X"))
                : List.of(new SourceFile(from + ":" + pattern, "e"));
    ParsedFile parsed = Parser.parse(file("a {\ninclude *.conf\n}\nd"), "", includes);
    assertThat(shown(parsed)).isEqualTo("a{b; e; c 2}; d");
    Statement deep = parsed.statements().getFirst().statements().get(1);
    assertThat(deep.place()).isEqualTo(new Place("d/1.conf:deep", 1, 1));
  }

  @Test
  void aFileThatIncludesItselfEnds() {
    ParsedFile parsed =
        Parser.parse(file("a\ninclude k"), "", (_, _) -> List.of(file("b\ninclude k"), file("c")));
    assertThat(parsed.notices()).extracting(Notice::kind).contains(Notice.Kind.LIMIT);
  }

  @Test
  void wordsKnowTheirPlaces() {
    List<Statement> statements = parse("a\r\n\tb  \"c d\" {\n  $X=long\n  e $X f\n}");
    Word quoted = statements.get(1).words().get(1);
    assertThat(quoted).isEqualTo(new Word("c d", new Place("k", 2, 5), 10, true));
    List<Word> inner = statements.get(1).statements().getFirst().words();
    assertThat(inner.get(1)).isEqualTo(new Word("long", new Place("k", 4, 5), 6, false));
    assertThat(inner.get(2)).isEqualTo(new Word("f", new Place("k", 4, 8), 9, true));
  }

  @Test
  void whatIsUnbalancedIsToldAndRead() {
    assertThat(notices("a {\nb")).containsExactly("MISSING_CLOSING_BRACE 2");
    assertThat(notices("a\n}\nb")).containsExactly("EXTRA_CLOSING_BRACE 2");
    assertThat(notices("{\nb\n}")).containsExactly("UNEXPECTED_OPENING_BRACE 1");
    assertThat(notices("vrrp_instance V\nstate BACKUP\n}"))
        .containsExactly("MISSING_OPENING_BRACE 1");
    assertThat(notices("a \"b\nc")).containsExactly("UNMATCHED_QUOTE 1");
    assertThat(notices("{ ".repeat(100))).contains("LIMIT 1");
    assertThat(notices("$A=${A}\nb ${A}")).containsExactly("ENDLESS_DEFINITION 2");
    assertThat(notices("$A=x ${A}\nb ${A}")).containsExactly("ENDLESS_DEFINITION 2");
    assertThat(notices("$A= \\\n b \\\n $A\n$A")).containsExactly("LIMIT 3");
    assertThat(notices("$A= \\\n $A \\\n b\n$A")).containsExactly("ENDLESS_DEFINITION 2");
  }

  @Property(tries = 2000)
  void survivesAnything(@ForAll("configurations") String text) {
    ParsedFile parsed =
        Parser.parse(file(text), "h", (_, pattern) -> List.of(new SourceFile(pattern, text)));
    assertThat(parsed.statements().size()).isLessThanOrEqualTo(50_000);
  }

  /** Mostly what means something to the parser, in any order. */
  @Provide
  Arbitrary<String> configurations() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "{",
            "}",
            "\"",
            "'",
            "\\",
            "\n",
            "\r\n",
            " ",
            "\t",
            "#",
            "!",
            "$A=",
            "$B= \\\n",
            "$A",
            "${A}",
            "${B}",
            "$",
            "${",
            "@h ",
            "@^h ",
            "@",
            "include x",
            "include",
            "~SEQ(A, 1, 9)",
            "vrrp_instance V",
            "virtual_ipaddress",
            "10.0.0.1/24",
            "priority",
            "1",
            "dev",
            "\u0000",
            "\ud800",
            "é",
            "global_defs",
            "vrrp_script",
            "track_script",
            "authentication");
    return Arbitraries.oneOf(piece, Arbitraries.strings().ofMaxLength(6))
        .list()
        .ofMaxSize(60)
        .map(pieces -> String.join("", pieces));
  }

  private static List<String> notices(String text) {
    return Parser.parse(file(text), "", Includes.NONE).notices().stream()
        .map(notice -> notice.kind() + " " + notice.place().line())
        .toList();
  }

  private static SourceFile file(String text) {
    return new SourceFile("k", text);
  }

  private static List<Statement> parse(String text) {
    return Parser.parse(file(text), "", Includes.NONE).statements();
  }

  private static String read(String text) {
    return shown(Parser.parse(file(text), "", Includes.NONE));
  }

  private static String shown(ParsedFile parsed) {
    return shown(parsed.statements().stream());
  }

  private static String shown(Stream<Statement> statements) {
    return statements
        .map(statement ->
            statement.words().stream()
                    .map(word -> word.text().contains(" ") ? "[" + word.text() + "]" : word.text())
                    .collect(Collectors.joining(" "))
                + (statement.block() == null
                    ? ""
                    : "{" + shown(statement.statements().stream()) + "}"))
        .collect(Collectors.joining("; "));
  }
}
