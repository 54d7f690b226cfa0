package io.havip.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The way from the host to the API in the demo's sandbox, for the launcher: prints the URL at which
 * it listens, reads the path of the Unix socket inside, and forwards until its standard input ends.
 */
@Command(name = "demo-forward", hidden = true, description = "A way into the demo's sandbox.")
public final class ForwardCommand implements Callable<Integer> {
  private static final int USUAL_PORT = 8470;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Option(
      names = "--port",
      description = "The TCP port on 127.0.0.1; 0 for any that is free. Default: 8470 or any.")
  private @Nullable Integer port;

  /** Forwards; 1 when the port is taken. */
  @Override
  public Integer call() throws IOException {
    CompletableFuture<SocketAddress> target = new CompletableFuture<>();
    PrintWriter out = spec.commandLine().getOut();
    try (Forwarder forwarder = listen(target)) {
      out.println("http://127.0.0.1:" + ((InetSocketAddress) forwarder.address()).getPort());
      out.flush();
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        target.complete(UnixDomainSocketAddress.of(line));
      }
      return 0;
    } catch (BindException e) {
      spec.commandLine().getErr().println("havip: cannot listen on port " + port + " of 127.0.0.1");
      return 1;
    }
  }

  private Forwarder listen(CompletableFuture<SocketAddress> target) throws IOException {
    if (port != null) {
      return Forwarder.start(local(port), target::join);
    }
    try {
      return Forwarder.start(local(USUAL_PORT), target::join);
    } catch (BindException e) {
      return Forwarder.start(local(0), target::join);
    }
  }

  private static SocketAddress local(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }
}
