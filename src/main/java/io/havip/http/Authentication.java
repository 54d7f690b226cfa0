package io.havip.http;

import io.havip.account.Caller;
import io.havip.account.Role;
import io.havip.error.ErrorCode;
import io.havip.service.Access;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Who may call: with a token (RFC 6750) as its role may, and the open routes everybody. */
@Configuration(proxyBeanMethods = false)
class Authentication {

  private static final BearerTokenResolver TOKEN_IN_HEADER = new DefaultBearerTokenResolver();

  /** The caller, where Spring Security keeps it. */
  private record SignedIn(Caller caller) implements OAuth2AuthenticatedPrincipal {
    @Override
    public Map<String, Object> getAttributes() {
      return Map.of();
    }

    @Override
    public Collection<? extends GrantedAuthority> getAuthorities() {
      return List.of(new SimpleGrantedAuthority(caller.role().name()));
    }

    @Override
    public String getName() {
      return caller.actor();
    }
  }

  @Bean
  OpaqueTokenIntrospector tokens(Access access) {
    return token ->
        access
            .callerOf(token)
            .map(SignedIn::new)
            .orElseThrow(() -> new BadOpaqueTokenException("unknown token"));
  }

  /** The open routes do not look at a token, so that a wrong one does no harm. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  SecurityFilterChain open(HttpSecurity http) throws Exception {
    return http.securityMatchers(routes ->
            routes
                .requestMatchers("/healthz", "/readyz", "/metrics", "/openapi.yaml")
                .requestMatchers(Console.PATHS)
                .requestMatchers(HttpMethod.POST, SessionRoutes.PATH))
        .headers(Authentication::headers)
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http) throws Exception {
    AccessDeniedHandler forbidden =
        (_, response, _) ->
            Problem.of(
                    ErrorCode.FORBIDDEN,
                    "an agent's token may report what hosts hear, and nothing else; use a member's")
                .writeTo(response);
    AuthenticationEntryPoint unauthorized =
        (_, response, _) -> {
          response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
          Problem.of(
                  ErrorCode.UNAUTHORIZED,
                  "send 'Authorization: Bearer TOKEN'; an administrator makes one, as the first"
                      + " start of the server did")
              .writeTo(response);
        };
    return http.authorizeHttpRequests(requests ->
            requests
                .requestMatchers(HttpMethod.PUT, ChassisRoutes.PATH)
                .authenticated()
                .anyRequest()
                .hasAnyAuthority(Role.ADMIN.name(), Role.MEMBER.name()))
        // A token is sent by a program on purpose, and of what browsers send on their own
        // SessionCookie takes nothing that another site had them send.
        .csrf(AbstractHttpConfigurer::disable)
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .oauth2ResourceServer(server ->
            server
                .opaqueToken(_ -> {})
                .bearerTokenResolver(Authentication::secret)
                .authenticationEntryPoint(unauthorized))
        .headers(Authentication::headers)
        .exceptionHandling(handling ->
            handling.authenticationEntryPoint(unauthorized).accessDeniedHandler(forbidden))
        .build();
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers) {
    headers
        .contentSecurityPolicy(policy -> policy.policyDirectives(Console.CONTENT_SECURITY_POLICY))
        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER));
  }

  /** The token in the header, or the key of the browser's session. */
  private static @Nullable String secret(HttpServletRequest request) {
    String token = TOKEN_IN_HEADER.resolve(request);
    return token == null ? SessionCookie.keyIn(request).orElse(null) : token;
  }

  /** Gives routes their {@code Caller} or {@code Call} argument. */
  @Bean
  WebMvcConfigurer callers() {
    return new WebMvcConfigurer() {
      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerArgument());
        resolvers.add(new CallArgument());
      }
    };
  }

  private static Caller caller() {
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof SignedIn(Caller it)) {
      return it;
    }
    throw new IllegalStateException("a route with a caller is open to everybody");
  }

  private static final class CallerArgument implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == Caller.class;
    }

    @Override
    public Caller resolveArgument(
        MethodParameter parameter,
        @Nullable ModelAndViewContainer container,
        NativeWebRequest request,
        @Nullable WebDataBinderFactory binders) {
      return caller();
    }
  }

  private static final class CallArgument implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == Call.class;
    }

    @Override
    public Call resolveArgument(
        MethodParameter parameter,
        @Nullable ModelAndViewContainer container,
        NativeWebRequest request,
        @Nullable WebDataBinderFactory binders) {
      HttpServletRequest servletRequest =
          Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class));
      return Call.of(caller(), servletRequest);
    }
  }
}
