package io.havip.http;

import io.havip.error.StoreUnavailable;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Makes a problem of a store that fails before a route is reached: when a token is looked up. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class StoreProblems extends OncePerRequestFilter {
  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (StoreUnavailable e) {
      Problem.of(e).writeTo(response);
    }
  }
}
