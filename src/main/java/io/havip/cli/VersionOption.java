package io.havip.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * `--if-version`: for who has looked before changing, and wants nobody's change in between lost.
 */
final class VersionOption {
  @Option(
      names = "--if-version",
      paramLabel = "N",
      description = "Only if it still has this version, which `show` says.")
  private @Nullable Long version;

  Optional<String> eTag() {
    return Optional.ofNullable(version).map(VersionOption::eTag);
  }

  static String eTag(long version) {
    return "\"v" + version + "\"";
  }
}
