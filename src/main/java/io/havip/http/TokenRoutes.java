package io.havip.http;

import io.havip.account.ApiKey;
import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.account.Token;
import io.havip.http.Paging.PageJson;
import io.havip.id.TokenId;
import io.havip.service.TokenService;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(path = TokenRoutes.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class TokenRoutes {
  static final String PATH = "/v1/tokens";

  private static final String LIST = "tokens";

  private final TokenService tokens;

  TokenRoutes(TokenService tokens) {
    this.tokens = tokens;
  }

  record NewToken(String name, @Nullable Role role, @Nullable String account) {}

  /**
   * A token.
   *
   * @param token what its user sends; only where it is made
   */
  record TokenJson(
      TokenId id,
      String name,
      Role role,
      String account,
      @Nullable String token,
      Instant createdAt) {
    static TokenJson of(Token token) {
      return of(token, null);
    }

    static TokenJson of(Token token, @Nullable String secret) {
      ApiKey key = token.key();
      return new TokenJson(
          key.id(), key.name(), key.role(), token.account(), secret, key.createdAt());
    }
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<TokenJson> create(Caller caller, @RequestBody NewToken body) {
    Role role = body.role() == null ? Role.MEMBER : body.role();
    TokenService.Made made = tokens.create(caller, body.name(), role, body.account());
    return ResponseEntity.created(URI.create(PATH + "/" + made.token().key().id()))
        .body(TokenJson.of(made.token(), made.secret()));
  }

  @GetMapping
  PageJson<TokenJson> list(
      Caller caller,
      @RequestParam(defaultValue = "100") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return Paging.page(
        LIST,
        tokens.list(caller, Paging.after(LIST, cursor), Paging.checkLimit(limit)),
        TokenJson::of);
  }

  @GetMapping("/{id}")
  TokenJson get(Caller caller, @PathVariable TokenId id) {
    return TokenJson.of(tokens.get(caller, id));
  }

  @DeleteMapping("/{id}")
  ResponseEntity<Void> delete(Caller caller, @PathVariable TokenId id) {
    tokens.delete(caller, id);
    return ResponseEntity.noContent().build();
  }
}
