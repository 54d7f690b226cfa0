package io.havip.decision;

import io.havip.id.Id;
import java.util.List;
import java.util.Set;

/**
 * What is to be done about a command; a refusal is an {@link io.havip.error.Refused} instead.
 *
 * @param changes to be written together, in this order; empty when nothing has to change
 * @param wakes whose desired state on the fabric these changes touch
 * @param answer what the caller gets
 */
public record Decision<T>(List<Change> changes, Set<Id> wakes, T answer) {
  public Decision {
    changes = List.copyOf(changes);
    wakes = Set.copyOf(wakes);
  }

  /** The same changes with another answer. */
  public <R> Decision<R> answering(R other) {
    return new Decision<>(changes, wakes, other);
  }
}
