package io.havip.http;

import io.havip.error.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses bodies over 1 MiB, whether their length is announced or not. */
final class BodyLimit extends OncePerRequestFilter {
  private static final int LIMIT_BYTES = 1 << 20;

  /** A body of unannounced length went over the limit while it was read. */
  static final class Exceeded extends IOException {
    private static final long serialVersionUID = 1L;
  }

  static Problem problem() {
    return Problem.of(ErrorCode.BODY_TOO_LARGE, "send a body of at most 1 MiB");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getContentLengthLong() > LIMIT_BYTES) {
      // The rest of the body is not worth reading.
      response.setHeader("Connection", "close");
      problem().writeTo(response);
      return;
    }
    chain.doFilter(new Limited(request), response);
  }

  private static final class Limited extends HttpServletRequestWrapper {
    Limited(HttpServletRequest request) {
      super(request);
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new LimitedStream(super.getInputStream());
    }
  }

  private static final class LimitedStream extends ServletInputStream {
    private final ServletInputStream in;
    private int left = LIMIT_BYTES;

    LimitedStream(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return taken(in.read(), 1);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      return taken(count, count);
    }

    private int taken(int result, int count) throws Exceeded {
      if (result >= 0) {
        left -= count;
        if (left < 0) {
          throw new Exceeded();
        }
      }
      return result;
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
