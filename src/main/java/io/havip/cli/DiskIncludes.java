package io.havip.cli;

import io.havip.keepalived.parse.Includes;
import io.havip.keepalived.parse.SourceFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/** Files that a configuration includes; wildcards and braces in the last part of a path. */
final class DiskIncludes implements Includes {
  @Override
  public List<SourceFile> find(String from, String pattern) {
    List<Path> found = new ArrayList<>();
    try {
      Path path =
          Optional.ofNullable(Path.of(from).getParent()).orElse(Path.of("")).resolve(pattern);
      Path folder = Optional.ofNullable(path.getParent()).orElse(Path.of("."));
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(folder, String.valueOf(path.getFileName()))) {
        files.forEach(found::add);
      }
    } catch (IOException
        | DirectoryIteratorException
        | InvalidPathException
        | PatternSyntaxException _) {
      return List.of(); // the checker says that nothing was found
    }
    return found.stream()
        .filter(Files::isRegularFile)
        .sorted()
        .flatMap(file -> {
          try {
            return Optional.of(ConfigurationFiles.read(file.toString())).stream();
          } catch (CommandFailedException _) {
            return Optional.<SourceFile>empty().stream();
          }
        })
        .toList();
  }
}
