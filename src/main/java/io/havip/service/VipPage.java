package io.havip.service;

import io.havip.vip.VipQuery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of VIPs.
 *
 * @param next behind which the next page begins; none on the last page
 * @param total how many VIPs the query is for in all
 */
public record VipPage(List<VipDetails> items, VipQuery.@Nullable Place next, long total) {
  public VipPage {
    items = List.copyOf(items);
  }
}
