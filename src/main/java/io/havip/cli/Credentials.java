package io.havip.cli;

import io.havip.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Where the server is and what lets the user in. */
public record Credentials(URI url, String token) {
  public static final String DEFAULT_URL = "http://127.0.0.1:8470";

  /** RFC 6750, section 2.1. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private record Saved(String url, String token) {}

  /**
   * From HAVIP_URL and HAVIP_TOKEN, else as `havip login` saved them.
   *
   * @throws CommandFailedException when there are none, or when the saved token would go to another
   *     server than it is for
   */
  static Credentials of(Map<String, String> environment) throws CommandFailedException {
    String url = environment.get("HAVIP_URL");
    String token = environment.get("HAVIP_TOKEN");
    if (token != null) {
      return parse(url == null ? savedOrDefaultUrl(environment) : url, token);
    }
    Saved saved =
        read(file(environment))
            .orElseThrow(() ->
                new CommandFailedException(
                    ExitCode.NO_ACCESS,
                    "you are not logged in; run `havip login`, or set HAVIP_TOKEN (and HAVIP_URL)"));
    Credentials credentials = parse(saved.url(), saved.token());
    if (url != null && !parseUrl(url).equals(credentials.url())) {
      throw new CommandFailedException(
          ExitCode.NO_ACCESS,
          "HAVIP_URL is %s, but your token is for %s; set HAVIP_TOKEN too, or run `havip login --url %s`"
              .formatted(url, saved.url(), url));
    }
    return credentials;
  }

  /**
   * Checks both.
   *
   * @throws CommandFailedException when one of them cannot be
   */
  public static Credentials parse(String url, String token) throws CommandFailedException {
    if (!TOKEN.matcher(token).matches()) {
      throw new CommandFailedException(
          ExitCode.WRONG_USAGE,
          token.isEmpty() ? "the token is empty" : "the token has characters that no token has");
    }
    return new Credentials(parseUrl(url), token);
  }

  private static URI parseUrl(String url) throws CommandFailedException {
    try {
      URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
      boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (isHttp && uri.getHost() != null && uri.getRawQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Told below, like every other text that is no such URL.
    }
    throw new CommandFailedException(
        ExitCode.WRONG_USAGE,
        "'" + Text.printable(url) + "' is no server's URL; one looks like " + DEFAULT_URL);
  }

  private static String savedOrDefaultUrl(Map<String, String> environment)
      throws CommandFailedException {
    return read(file(environment)).map(Saved::url).orElse(DEFAULT_URL);
  }

  /** Where they are saved: below XDG_CONFIG_HOME, else below ~/.config. */
  static Path file(Map<String, String> environment) {
    String config = environment.get("XDG_CONFIG_HOME");
    Path directory =
        config == null || config.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".config")
            : Path.of(config);
    return directory.resolve("havip").resolve("credentials");
  }

  private static Optional<Saved> read(Path file) throws CommandFailedException {
    try {
      return Optional.of(Json.MAPPER.readValue(Files.readString(file), Saved.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JacksonException e) {
      throw new CommandFailedException(
          ExitCode.NO_ACCESS, "cannot read " + file + "; run `havip login` to write it anew");
    }
  }

  /** Saves them so that only this user can read them, whole or not at all. */
  void save(Path file) throws IOException {
    @Nullable Path directory = file.getParent();
    if (directory == null) {
      throw new IOException(file + " is in no directory");
    }
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path draft =
        Files.createTempFile(
            directory,
            "credentials",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(
          draft, Json.MAPPER.writeValueAsString(new Saved(url.toString(), token)) + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
