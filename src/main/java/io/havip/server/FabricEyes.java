package io.havip.server;

import io.havip.fabric.Fabric;
import io.havip.fabric.FabricException;
import io.havip.plan.Answer;
import io.havip.plan.AskedAddress;
import io.havip.plan.Seen;
import io.havip.reconcile.Leadership;
import io.havip.service.Eyes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees the fabric through whoever works with it already. */
record FabricEyes(Fabric fabric, Leadership<LeadersWork> leadership) implements Eyes {
  /** A host that is up answers within a millisecond. */
  private static final Duration ANSWERED_WITHIN = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(FabricEyes.class);

  @Override
  public boolean isInSync() {
    return leadership.work().map(work -> work.reconciler().isInSync()).orElse(true);
  }

  @Override
  public Optional<Seen> seen() {
    return leadership.work().flatMap(work -> work.observer().seen());
  }

  @Override
  public Optional<String> elsewhere() {
    return leadership.leads() ? Optional.empty() : Optional.of(leadership.leader());
  }

  @Override
  public Optional<List<Answer>> ask(Collection<AskedAddress> addresses)
      throws InterruptedException {
    if (!leadership.leads()) {
      return Optional.empty();
    }
    try {
      Optional<Fabric.Question> question = fabric.ask(addresses);
      if (question.isEmpty()) {
        return Optional.empty();
      }
      Thread.sleep(ANSWERED_WITHIN);
      return Optional.of(question.get().answers());
    } catch (FabricException e) {
      LOG.warn("The fabric cannot ask", e);
      return Optional.empty();
    }
  }
}
