package io.havip.server;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML file of settings: one mapping of names to plain values. Values are taken as they are
 * written, so that a password of digits stays what it is.
 */
final class ConfigurationFile {
  private ConfigurationFile() {}

  /**
   * @param place file and line
   */
  record Entry(String key, String value, String place) {}

  /** The message says which file and line, and what to do. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** What a file says, in its order. */
  static List<Entry> read(Path file) throws Unreadable {
    try {
      Node root =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .compose(new StringReader(Files.readString(file)));
      return root == null ? List.of() : entries(file, root);
    } catch (NoSuchFileException e) {
      throw new Unreadable(file + ": there is no such file");
    } catch (CharacterCodingException e) {
      throw new Unreadable(file + ": this is no UTF-8; save it as UTF-8");
    } catch (IOException e) {
      throw new Unreadable(file + ": cannot be read: " + e);
    } catch (MarkedYAMLException e) {
      throw new Unreadable(
          place(file, e.getProblemMark()) + ": this is no YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new Unreadable(file + ": this is no YAML: " + e.getMessage());
    }
  }

  private static List<Entry> entries(Path file, Node root) throws Unreadable {
    if (!(root instanceof MappingNode mapping)) {
      throw new Unreadable(place(file, root.getStartMark()) + ": write settings as 'name: value'");
    }
    List<Entry> entries = new ArrayList<>();
    Map<String, String> seen = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String place = place(file, tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new Unreadable(place + ": write settings as 'name: value'");
      }
      String before = seen.put(key.getValue(), place);
      if (before != null) {
        throw new Unreadable(
            "%s: '%s' is set before, at %s; leave one of them out"
                .formatted(place, key.getValue(), before));
      }
      if (!(tuple.getValueNode() instanceof ScalarNode value) || value.getTag().equals(Tag.NULL)) {
        throw new Unreadable(
            "%s: '%s' needs one plain value, and has %s"
                .formatted(place, key.getValue(), kind(tuple.getValueNode())));
      }
      entries.add(new Entry(key.getValue(), value.getValue(), place));
    }
    return entries;
  }

  private static String kind(Node node) {
    return switch (node.getNodeId()) {
      case mapping -> "settings below it";
      case sequence -> "a list";
      case scalar, anchor -> "none; give one or leave the line out";
    };
  }

  private static String place(Path file, @Nullable Mark mark) {
    return mark == null ? file.toString() : file + ":" + (mark.getLine() + 1);
  }
}
