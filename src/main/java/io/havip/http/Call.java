package io.havip.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.account.Caller;
import io.havip.decision.Expected;
import io.havip.decision.RequestKey;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.json.Json;
import io.havip.service.Request;
import jakarta.servlet.http.HttpServletRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request that changes something says beside its body.
 *
 * @param key the {@code Idempotency-Key}, if there is one
 * @param target method, path and query
 */
record Call(Caller caller, Expected expected, Optional<String> key, String target) {
  private static final Pattern KEY = Pattern.compile("[ -~]{1,255}");

  /** RFC 9110, section 8.8.3; a weak one never matches (section 13.1.1). */
  private static final Pattern ENTITY_TAG =
      Pattern.compile("\\s*(W/)?\"([\\x21\\x23-\\x7e\\x80-\\xff]*)\"\\s*(?:,|$)");

  private static final Pattern VERSION = Pattern.compile("v([1-9][0-9]{0,17})");

  /** Reads it off a request. */
  static Call of(Caller caller, HttpServletRequest request) {
    checkFlag(request, "dryRun");
    checkFlag(request, "force");
    Optional<String> key = Optional.ofNullable(request.getHeader("Idempotency-Key"));
    key.ifPresent(Call::checkKey);
    String query = request.getQueryString();
    return new Call(
        caller,
        expected(List.copyOf(Collections.list(request.getHeaders("If-Match")))),
        key,
        request.getMethod() + " " + request.getRequestURI() + (query == null ? "" : "?" + query));
  }

  /** The terms of a request that may be repeated anyway. */
  Request request() {
    return new Request(caller, expected, Optional.empty());
  }

  /**
   * The terms of a request whose repetition must be known as one.
   *
   * @param body what was asked for
   */
  Request request(Object body) {
    return new Request(
        caller, expected, key.map(value -> new RequestKey(value, hash(target, body))));
  }

  /** Nothing but true and false will do, lest a slip does the opposite. */
  private static void checkFlag(HttpServletRequest request, String flag) {
    String value = request.getParameter(flag);
    if (value != null && !value.matches("true|false")) {
      throw Refused.field(flag, ErrorCode.INVALID_FIELD, "give true or false");
    }
  }

  private static void checkKey(String key) {
    if (!KEY.matcher(key).matches()) {
      throw Refused.field(
          "Idempotency-Key", ErrorCode.INVALID_FIELD, "give 1 to 255 printable ASCII characters");
    }
  }

  private static Expected expected(List<String> headers) {
    if (headers.isEmpty()) {
      return Expected.any();
    }
    String header = String.join(",", headers);
    if (header.strip().equals("*")) {
      return Expected.any();
    }
    Set<Long> versions = new HashSet<>();
    Matcher tags = ENTITY_TAG.matcher(header);
    int end = 0;
    while (end < header.length()) {
      if (!tags.find() || tags.start() != end) {
        throw malformed();
      }
      Matcher version = VERSION.matcher(tags.group(2));
      if (tags.group(1) == null && version.matches()) {
        versions.add(Long.parseLong(version.group(1)));
      }
      end = tags.end();
    }
    if (end == 0) {
      throw malformed();
    }
    return new Expected.OneOf(versions);
  }

  private static Refused malformed() {
    return Refused.field(
        "If-Match", ErrorCode.INVALID_FIELD, "give an ETag with its quotes, like \"v3\", or *");
  }

  private static String hash(String target, Object body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(target.getBytes(UTF_8));
      digest.update((byte) '\n');
      return HexFormat.of().formatHex(digest.digest(Json.MAPPER.writeValueAsBytes(body)));
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every Java platform has SHA-256", e);
    }
  }
}
