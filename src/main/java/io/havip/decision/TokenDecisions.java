package io.havip.decision;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.account.Token;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.event.Event;
import io.havip.id.TokenId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides about tokens, which administrators manage. */
public final class TokenDecisions {
  private TokenDecisions() {}

  public static Decision<Token> create(
      Snapshot snapshot, Command.CreateToken command, Context context) {
    checkAdmin(snapshot, context);
    Rules.checkName(command.name());
    if (command.name().equals(Event.SYSTEM)) {
      throw Refused.field(
          "name", ErrorCode.INVALID_FIELD, "history calls the server itself so; choose another");
    }
    @Nullable String name = command.account();
    List<Change> changes = new ArrayList<>();
    Account account;
    if (name == null) {
      account = snapshot.account(context.caller().accountId()).orElseThrow();
    } else {
      Rules.checkName("account", name);
      Optional<Account> known = snapshot.account(name);
      account = known.orElseGet(() -> new Account(context.ids().account(), name, context.now()));
      if (known.isEmpty()) {
        changes.add(new Change.PutAccount(account));
      }
    }
    if (snapshot.hasToken(account.id(), command.name())) {
      throw Refused.of(
          ErrorCode.IN_USE,
          account.name() + " has a token of this name; choose another, or delete that first");
    }
    ApiKey key =
        new ApiKey(
            context.ids().token(),
            command.tokenHash(),
            account.id(),
            command.role(),
            command.name(),
            context.now());
    changes.add(new Change.PutApiKey(key));
    return new Decision<>(changes, Set.of(), new Token(key, account.name()));
  }

  public static Decision<Token> delete(Snapshot snapshot, TokenId id, Context context) {
    checkAdmin(snapshot, context);
    Token token = snapshot.token(id).orElseThrow(() -> Rules.notFound(id));
    if (token.key().role() == Role.ADMIN && snapshot.adminTokenCount() == 1) {
      throw Refused.of(
          ErrorCode.IN_USE, "it is the last token of an administrator; create another one first");
    }
    return new Decision<>(List.of(new Change.DropApiKey(id)), Set.of(), token);
  }

  /** Whether the token that let somebody in has been deleted since. */
  public static boolean isOut(Snapshot snapshot, Caller caller) {
    TokenId id = caller.tokenId();
    return id != null && snapshot.token(id).isEmpty();
  }

  /** Refuses whoever may not see tokens. */
  public static void checkAdmin(Caller caller) {
    Rules.checkAdmin(caller, "manage tokens");
  }

  /** The same for who may not change them, be it because the own one was deleted a moment ago. */
  private static void checkAdmin(Snapshot snapshot, Context context) {
    checkAdmin(context.caller());
    if (isOut(snapshot, context.caller())) {
      throw Refused.of(ErrorCode.UNAUTHORIZED, "your own token was deleted meanwhile");
    }
  }
}
