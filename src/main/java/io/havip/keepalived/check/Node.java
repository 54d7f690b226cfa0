package io.havip.keepalived.check;

import io.havip.keepalived.parse.ParsedFile;
import io.havip.keepalived.parse.Statement;
import io.havip.keepalived.parse.Word;
import java.util.List;
import java.util.stream.Stream;

/** A VM of a cluster: a file, or what it says for one host. */
final class Node {
  private static final int VERSION_DEFAULT = 2;

  /** There are no more VRIDs. */
  private static final int INSTANCES_MAX = 255;

  private final ParsedFile file;
  private final List<Instance> instances;

  Node(ParsedFile file) {
    this.file = file;
    this.instances =
        all("vrrp_instance")
            .limit(INSTANCES_MAX)
            .map(statement -> new Instance(this, statement))
            .toList();
  }

  ParsedFile file() {
    return file;
  }

  List<Instance> instances() {
    return instances;
  }

  Stream<Statement> all(String keyword) {
    return file.statements().stream().filter(statement -> statement.keyword().equals(keyword));
  }

  /** All statements of the blocks global_defs. */
  List<Statement> globals() {
    return all("global_defs").flatMap(block -> block.statements().stream()).toList();
  }

  boolean hasGlobal(String keyword) {
    return globals().stream().anyMatch(statement -> statement.keyword().equals(keyword));
  }

  /** The version that instances have which do not say one. */
  int version() {
    return globals().stream()
        .filter(statement -> statement.keyword().equals("vrrp_version"))
        .reduce((_, later) -> later)
        .flatMap(Statement::value)
        .map(Word::text)
        .flatMap(Numbers::whole)
        .filter(version -> version == 2 || version == 3)
        .orElse(VERSION_DEFAULT);
  }
}
