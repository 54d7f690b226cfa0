package io.havip.service;

import io.havip.id.Id;
import java.util.Set;

/** Is told whose desired state changed, after the change is durable; returns at once. */
public interface Wakes {
  void wake(Set<Id> ids);
}
