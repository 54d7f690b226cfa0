package io.havip.service;

import io.havip.decision.Change;
import io.havip.decision.Context;
import io.havip.decision.Decision;
import io.havip.decision.KeptReply;
import io.havip.decision.Reply;
import io.havip.decision.RequestKey;
import io.havip.store.Reader;
import io.havip.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes the changes that people ask for: decides, writes, and wakes whom it concerns. */
final class Changes {
  private final Store store;
  private final Contexts contexts;
  private final Wakes wakes;

  Changes(Store store, Contexts contexts, Wakes wakes) {
    this.store = store;
    this.contexts = contexts;
    this.wakes = wakes;
  }

  interface Deciding<T> {
    Decision<T> decide(Reader reader, Context context);
  }

  /** Makes a change, whatever the request's key. */
  <T> T make(Request request, Deciding<T> deciding) {
    Context context = contexts.of(request);
    Decision<T> decision = store.write(reader -> deciding.decide(reader, context));
    wakes.wake(decision.wakes());
    return decision.answer();
  }

  /**
   * Makes a change once for each key. The reply is kept in the change's own transaction, so that
   * there is either both or neither, whenever the server dies.
   */
  <T> Reply makeOnce(Request request, Deciding<T> deciding, Function<? super T, Reply> reply) {
    return make(
        request,
        (reader, context) -> {
          Optional<Reply> before =
              request.key().flatMap(key -> before(reader, context, key).map(kept -> kept.to(key)));
          if (before.isPresent()) {
            return new Decision<>(List.of(), Set.of(), before.get());
          }
          Decision<T> decision = deciding.decide(reader, context);
          Reply first = reply.apply(decision.answer());
          List<Change> changes = new ArrayList<>(decision.changes());
          request
              .key()
              .ifPresent(key ->
                  changes.add(
                      new Change.KeepReply(
                          context.caller().accountId(), new KeptReply(key, first), context.now())));
          return new Decision<>(changes, decision.wakes(), first);
        });
  }

  Context context(Request request) {
    return contexts.of(request);
  }

  /** Decides as a change would be, and writes nothing. */
  <T> T tryOut(Request request, Deciding<T> deciding) {
    Context context = contexts.of(request);
    return store.read(reader -> deciding.decide(reader, context).answer());
  }

  private static Optional<KeptReply> before(Reader reader, Context context, RequestKey key) {
    return reader.reply(
        context.caller().accountId(), key.value(), context.now().minus(KeptReply.KEPT_FOR));
  }
}
