package io.havip.http;

import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.http.Paging.PageJson;
import io.havip.http.VipRoutes.VipJson;
import io.havip.id.NetworkId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.net.Ipv4Address;
import io.havip.service.VipPage;
import io.havip.vip.VipQuery;
import io.havip.vip.VipState;
import io.havip.vip.VipType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the parameters of the list of VIPs mean, and its cursors. */
final class VipLists {
  private static final int TEXT_MAX = 255;
  private static final Map<String, VipQuery.Sort> SORTS =
      Map.of(
          "name", VipQuery.Sort.NAME,
          "createdAt", VipQuery.Sort.CREATED_AT,
          "address", VipQuery.Sort.ADDRESS,
          "state", VipQuery.Sort.STATE);

  private VipLists() {}

  /** Reads the parameters; those that are no filter are not looked at. */
  static VipQuery query(Map<String, String> parameters) {
    String sort = parameters.getOrDefault("sort", "");
    boolean descending = sort.startsWith("-");
    return new VipQuery(
        value(parameters, "type", text -> constant(VipType.class, text)),
        value(parameters, "state", text -> constant(VipState.class, text)),
        value(parameters, "vpcId", VpcId::new),
        value(parameters, "networkId", NetworkId::new),
        value(parameters, "vmId", VmId::new),
        value(parameters, "address", Ipv4Address::parse),
        value(parameters, "q", VipLists::text),
        sort.isEmpty() ? VipQuery.Sort.ID : sort(descending ? sort.substring(1) : sort),
        descending);
  }

  static PageJson<VipJson> page(VipQuery query, VipPage page) {
    VipQuery.Place next = page.next();
    return new PageJson<>(
        page.items().stream().map(VipJson::of).toList(),
        next == null ? null : Paging.cursor(name(query), next.id() + " " + next.key()),
        page.total());
  }

  /** Where a page begins. */
  static VipQuery.@Nullable Place after(VipQuery query, @Nullable String cursor) {
    String place = Paging.after(name(query), cursor);
    if (place == null) {
      return null;
    }
    String[] idAndKey = place.split(" ", 2);
    try {
      if (idAndKey.length == 2) {
        return query.place(idAndKey[0], idAndKey[1]);
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the refusal: it is no cursor of ours.
    }
    throw Paging.mismatch();
  }

  /** The list's name, which another filter or order does not share. */
  private static String name(VipQuery query) {
    return Paging.name("vips", query);
  }

  static <T> @Nullable T value(
      Map<String, String> parameters, String name, Function<String, T> parse) {
    String text = parameters.get(name);
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw Refused.field(name, ErrorCode.INVALID_FIELD, String.valueOf(e.getMessage()));
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "give one of "
                    + Arrays.stream(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "))));
  }

  private static VipQuery.Sort sort(String text) {
    VipQuery.Sort sort = SORTS.get(text);
    if (sort == null) {
      throw Refused.field(
          "sort",
          ErrorCode.INVALID_FIELD,
          "give one of name, createdAt, address, state, with - before it for descending order");
    }
    return sort;
  }

  static String text(String text) {
    if (text.length() > TEXT_MAX || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("search for at most 255 characters, without line breaks");
    }
    return text;
  }
}
