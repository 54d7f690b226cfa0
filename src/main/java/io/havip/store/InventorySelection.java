package io.havip.store;

import io.havip.id.AccountId;
import io.havip.inventory.InventoryQuery;
import java.util.HashMap;
import java.util.Map;

/**
 * Which subnets or VMs a statement is about.
 *
 * @param condition in SQL, over the columns of networks or vms
 * @param parameters of the condition
 */
record InventorySelection(String condition, Map<String, Object> parameters) {
  static InventorySelection of(AccountId owner, InventoryQuery query) {
    StringBuilder condition = new StringBuilder("account_id = :owner");
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("owner", owner.value());
    if (query.name() != null) {
      condition.append(" AND name = :name");
      parameters.put("name", query.name());
    }
    if (query.vpcId() != null) {
      condition.append(" AND vpc_id = :vpcId");
      parameters.put("vpcId", query.vpcId().value());
    }
    return new InventorySelection(condition.toString(), parameters);
  }
}
