package io.havip.decision;

import static io.havip.decision.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.havip.account.Account;
import io.havip.account.ApiKey;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.account.Token;
import io.havip.error.ErrorCode;
import io.havip.id.TokenId;
import io.havip.vip.Limits;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may be let in by whom, and be kept out again. */
class TokenRulesTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final CountingIds ids = new CountingIds();
  private final Account account = new Account(ids.account(), "default", NOW);
  private final ApiKey first =
      new ApiKey(ids.token(), "0".repeat(64), account.id(), Role.ADMIN, "admin", NOW);
  private World world =
      new World().apply(List.of(new Change.PutAccount(account), new Change.PutApiKey(first)));

  @Test
  void aTokenIsOfTheOwnAccountOrOfOneThatIsMadeOnce() {
    assertThat(create("own", Role.ADMIN, null).account()).isEqualTo("default");
    Token ci = create("ci", Role.MEMBER, "team-a");
    Token people = create("people", Role.MEMBER, "team-a");
    assertThat(ci.account()).isEqualTo("team-a");
    assertThat(people.key().accountId()).isEqualTo(ci.key().accountId());
    assertThat(ci.key().accountId()).isNotEqualTo(account.id());
  }

  @Test
  void membersAndAgentsManageNone() {
    for (Role role : List.of(Role.MEMBER, Role.AGENT)) {
      Caller caller = new Caller(account.id(), role, "x", first.id());
      assertRefused(
          ErrorCode.FORBIDDEN,
          () -> TokenDecisions.create(world, command("y", Role.MEMBER, null), context(caller)));
      assertRefused(
          ErrorCode.FORBIDDEN, () -> TokenDecisions.delete(world, first.id(), context(caller)));
    }
  }

  @Test
  void whoseOwnTokenIsGoneMakesNoOther() {
    Token deputy = create("deputy", Role.ADMIN, null);
    delete(deputy.key().id());
    Caller late = new Caller(account.id(), Role.ADMIN, "deputy", deputy.key().id());
    assertRefused(
        ErrorCode.UNAUTHORIZED,
        () -> TokenDecisions.create(world, command("back", Role.ADMIN, null), context(late)));
    assertRefused(
        ErrorCode.UNAUTHORIZED, () -> TokenDecisions.delete(world, first.id(), context(late)));
  }

  @Test
  void theLastAdministratorsStays() {
    create("ci", Role.MEMBER, null);
    assertRefused(ErrorCode.IN_USE, () -> delete(first.id()));
    create("deputy", Role.ADMIN, "team-a");
    delete(first.id());
    assertThat(world.token(first.id())).isEmpty();
  }

  @Test
  void namesSayWhoItWas() {
    assertRefused(ErrorCode.IN_USE, () -> create("admin", Role.MEMBER, null));
    assertRefused("name", ErrorCode.INVALID_FIELD, () -> create("havip", Role.MEMBER, null));
    assertRefused("account", ErrorCode.INVALID_FIELD, () -> create("x", Role.MEMBER, "\n"));
    create("admin", Role.MEMBER, "team-a");
  }

  private Token create(String name, Role role, @Nullable String of) {
    return decided(TokenDecisions.create(world, command(name, role, of), context(admin())));
  }

  private void delete(TokenId id) {
    decided(TokenDecisions.delete(world, id, context(admin())));
  }

  private Token decided(Decision<Token> decision) {
    world = world.apply(decision.changes());
    return decision.answer();
  }

  private Command.CreateToken command(String name, Role role, @Nullable String of) {
    return new Command.CreateToken(name, role, of, ids.token().value());
  }

  private Caller admin() {
    return new Caller(account.id(), Role.ADMIN, "admin", first.id());
  }

  private Context context(Caller caller) {
    return new Context(caller, NOW, ids, Limits.DEFAULT);
  }
}
