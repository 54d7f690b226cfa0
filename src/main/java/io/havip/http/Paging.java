package io.havip.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.service.Listing;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** How lists are cut into pages. */
final class Paging {
  private static final int LIMIT_MAX = 1000;

  private Paging() {}

  /**
   * A page of a list, as the API shows it.
   *
   * @param nextCursor none on the last page
   */
  record PageJson<T>(List<T> items, @Nullable String nextCursor, long total) {}

  static <T, J> PageJson<J> page(String list, Listing<T> listing, Function<T, J> json) {
    String next = listing.next();
    return new PageJson<>(
        listing.items().stream().map(json).toList(),
        next == null ? null : cursor(list, next),
        listing.total());
  }

  static int checkLimit(int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw Refused.field("limit", ErrorCode.INVALID_FIELD, "give a limit from 1 to " + LIMIT_MAX);
    }
    return limit;
  }

  /**
   * The place behind which a page begins.
   *
   * @param list the name of the list that the cursor must be of
   */
  static @Nullable String after(String list, @Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), UTF_8);
      if (text.startsWith(list + " ")) {
        return text.substring(list.length() + 1);
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the refusal: it is no cursor of ours.
    }
    throw mismatch();
  }

  static Refused mismatch() {
    return Refused.field(
        "cursor",
        ErrorCode.CURSOR_MISMATCH,
        "this cursor is of another list, filter or order; begin again without one");
  }

  /** A list's name, which the same list with another filter or order does not share. */
  static String name(String list, Record query) {
    CRC32C hash = new CRC32C();
    hash.update(query.toString().getBytes(UTF_8));
    return list + "-" + Long.toHexString(hash.getValue());
  }

  static String cursor(String list, String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((list + " " + id).getBytes(UTF_8));
  }
}
