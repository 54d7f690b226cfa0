package io.havip.keepalived.check;

import io.havip.keepalived.parse.SourceFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The lines of the files, and what they become with edits. */
final class Sources {
  private final List<SourceFile> files;
  private final Map<String, String[]> lines = new HashMap<>();

  Sources(List<SourceFile> files) {
    this.files = files;
    for (SourceFile file : files) {
      lines.put(file.name(), file.text().split("\n", -1));
    }
  }

  /** Whether a file is one of those that were given, and not one that they include. */
  boolean has(String file) {
    return lines.containsKey(file);
  }

  int lineCount(String file) {
    return lines.getOrDefault(file, new String[0]).length;
  }

  /** A line without its end; empty where there is none. */
  String line(String file, int number) {
    String[] all = lines.getOrDefault(file, new String[0]);
    String line = number < 1 || number > all.length ? "" : all[number - 1];
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /** The lines that edits touch, as they become; nothing without edits. */
  @Nullable String touched(Collection<Edit> edits) {
    if (edits.isEmpty()) {
      return null;
    }
    Map<Integer, List<Edit>> byLine =
        edits.stream()
            .collect(Collectors.groupingBy(Edit::line, TreeMap::new, Collectors.toList()));
    String file = edits.iterator().next().file();
    return byLine.entrySet().stream()
        .map(entry -> applied(line(file, entry.getKey()), entry.getValue()))
        .collect(Collectors.joining("\n"));
  }

  /** The files with all edits that do not touch each other; the others must wait. */
  List<SourceFile> with(Collection<Edit> edits) {
    Map<String, Map<Integer, List<Edit>>> accepted = new HashMap<>();
    for (Edit edit : edits) {
      List<Edit> inLine =
          accepted
              .computeIfAbsent(edit.file(), _ -> new TreeMap<>())
              .computeIfAbsent(edit.line(), _ -> new ArrayList<>());
      if (inLine.stream().noneMatch(edit::overlaps) && !inLine.contains(edit)) {
        inLine.add(edit);
      }
    }
    return files.stream()
        .map(file -> {
          Map<Integer, List<Edit>> inFile = accepted.get(file.name());
          return inFile == null ? file : new SourceFile(file.name(), mended(file.name(), inFile));
        })
        .toList();
  }

  private String mended(String file, Map<Integer, List<Edit>> edits) {
    String[] mended = lines.getOrDefault(file, new String[0]).clone();
    edits.forEach((number, inLine) -> {
      if (number >= 1 && number <= mended.length) {
        String end = mended[number - 1].endsWith("\r") ? "\r" : "";
        mended[number - 1] = applied(line(file, number), inLine) + end;
      }
    });
    return String.join("\n", mended);
  }

  private static String applied(String line, List<Edit> edits) {
    StringBuilder mended = new StringBuilder();
    int at = 0;
    for (Edit edit : edits.stream().sorted(Comparator.comparingInt(Edit::column)).toList()) {
      int start = Math.clamp(edit.column() - 1L, at, line.length());
      mended.append(line, at, start).append(edit.text());
      at = Math.clamp(edit.endColumn() - 1L, start, line.length());
    }
    return mended.append(line, at, line.length()).toString();
  }
}
