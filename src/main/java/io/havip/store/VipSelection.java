package io.havip.store;

import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.vip.Floating;
import io.havip.vip.Vip;
import io.havip.vip.VipQuery;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which VIPs a statement is about.
 *
 * @param condition in SQL, over the columns of vips
 * @param parameters of the condition
 */
record VipSelection(String condition, Map<String, Object> parameters) {

  static VipSelection of(AccountId owner, VipQuery query) {
    StringBuilder condition = new StringBuilder("account_id = :owner");
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("owner", owner.value());
    if (query.type() != null) {
      condition.append(" AND type = :type");
      parameters.put("type", Columns.name(query.type()));
    }
    if (query.state() != null) {
      condition.append(" AND state = :state");
      parameters.put("state", Columns.name(query.state()));
    }
    if (query.vpcId() != null) {
      condition.append(" AND vpc_id = :vpcId");
      parameters.put("vpcId", query.vpcId().value());
    }
    if (query.networkId() != null) {
      condition.append(" AND network_id = :networkId");
      parameters.put("networkId", query.networkId().value());
    }
    if (query.vmId() != null) {
      condition.append(" AND id IN (SELECT vip_id FROM bindings WHERE vm_id = :vmId)");
      parameters.put("vmId", query.vmId().value());
    }
    if (query.address() != null) {
      condition.append(" AND address = :address");
      parameters.put("address", query.address().toLong());
    }
    if (query.text() != null) {
      condition.append(" AND search LIKE :pattern ESCAPE '!'");
      parameters.put("pattern", containing(lower(query.text())));
    }
    return new VipSelection(condition.toString(), parameters);
  }

  /** The selection without what is not behind a place. */
  VipSelection behind(VipQuery query, VipQuery.@Nullable Place place) {
    if (place == null) {
      return this;
    }
    String direction = query.descending() ? "<" : ">";
    Map<String, Object> more = new HashMap<>(parameters);
    more.put("placeId", place.id().value());
    String behind =
        switch (query.sort()) {
          case ID -> "id " + direction + " :placeId";
          case NAME, STATE -> {
            more.put("placeKey", place.key());
            yield "(" + column(query.sort()) + ", id) " + direction + " (:placeKey, :placeId)";
          }
          case CREATED_AT, ADDRESS -> {
            more.put("placeKey", Long.parseLong(place.key()));
            yield "(" + column(query.sort()) + ", id) " + direction + " (:placeKey, :placeId)";
          }
        };
    return new VipSelection(condition + " AND " + behind, more);
  }

  /** The columns to order by; nothing else can be equal in them. */
  static String order(VipQuery query) {
    String direction = query.descending() ? " DESC" : "";
    String byId = "vips.id" + direction;
    return query.sort() == VipQuery.Sort.ID ? byId : column(query.sort()) + direction + ", " + byId;
  }

  private static String column(VipQuery.Sort sort) {
    return switch (sort) {
      case ID -> "id";
      case NAME -> "name";
      case CREATED_AT -> "created_at";
      case ADDRESS -> "address";
      case STATE -> "state";
    };
  }

  /** What is searched in: lines, so that nothing that is searched for can lie across two. */
  static String searchable(Vip vip) {
    Id id = vip.id();
    Floating floating = vip.floating();
    return lower(
        String.join(
            "\n",
            vip.name(),
            vip.remark(),
            id.value(),
            vip.address().toString(),
            floating == null ? "" : floating.address().toString()));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static String containing(String text) {
    return "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
  }
}
