package io.havip.service;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.account.Token;
import io.havip.decision.Command;
import io.havip.decision.Expected;
import io.havip.decision.TokenDecisions;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.TokenId;
import io.havip.store.Page;
import io.havip.store.Store;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What administrators do with tokens. Every method refuses with {@link Refused}. */
public final class TokenService {
  private final Store store;
  private final Changes changes;

  public TokenService(Store store, Contexts contexts) {
    this.store = store;
    this.changes = new Changes(store, contexts, _ -> {});
  }

  /**
   * A new token.
   *
   * @param secret what its user sends; it cannot be had again
   */
  public record Made(Token token, String secret) {}

  /**
   * Makes a token. A repetition is refused, because the name is taken: to answer it alike, the
   * secret would have to be kept.
   *
   * @param account the name of the account to act for, made when there is none; the caller's own
   *     when absent
   */
  public Made create(Caller caller, String name, Role role, @Nullable String account) {
    String secret = Access.newToken();
    Command.CreateToken command = new Command.CreateToken(name, role, account, Access.hash(secret));
    return new Made(
        changes.make(
            request(caller), (reader, context) -> TokenDecisions.create(reader, command, context)),
        secret);
  }

  /** Whoever uses it is let in no more, nor is a browser that signed in with it. */
  public void delete(Caller caller, TokenId id) {
    changes.make(request(caller), (reader, context) -> TokenDecisions.delete(reader, id, context));
  }

  public Token get(Caller caller, TokenId id) {
    TokenDecisions.checkAdmin(caller);
    return store
        .read(reader -> reader.token(id))
        .orElseThrow(() -> Refused.of(ErrorCode.NOT_FOUND, id + " does not exist"));
  }

  /** Every account's. */
  public Listing<Token> list(Caller caller, @Nullable String after, int limit) {
    TokenDecisions.checkAdmin(caller);
    Page<Token> page = store.read(reader -> reader.tokens(after, limit));
    return Listings.of(page.items(), page.total(), limit, token -> token.key().id());
  }

  private static Request request(Caller caller) {
    return new Request(caller, Expected.any(), Optional.empty());
  }
}
