package io.havip.http;

import io.havip.id.VpcId;
import io.havip.inventory.InventoryQuery;
import java.util.Map;

/** What the parameters of the lists of subnets and VMs mean. */
final class InventoryLists {
  private InventoryLists() {}

  /** Reads the parameters; those that are no filter are not looked at. */
  static InventoryQuery query(Map<String, String> parameters) {
    return new InventoryQuery(
        VipLists.value(parameters, "name", VipLists::text),
        VipLists.value(parameters, "vpcId", VpcId::new));
  }
}
