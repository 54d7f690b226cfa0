package io.havip.service;

import io.havip.account.Caller;
import io.havip.decision.Expected;
import io.havip.decision.RequestKey;
import java.util.Optional;

/**
 * On what terms a change is asked for.
 *
 * @param expected in which version the resource that is changed must be
 * @param key how a repetition of the request is known, if it is to be
 */
public record Request(Caller caller, Expected expected, Optional<RequestKey> key) {
  /** The same request for one of its parts. */
  Request part(String name) {
    return new Request(caller, expected, key.map(whole -> whole.part(name)));
  }
}
