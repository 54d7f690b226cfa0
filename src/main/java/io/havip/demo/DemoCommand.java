package io.havip.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plays the story, or lets people play, against a server that runs in the same network namespace.
 * Needs the right to make namespaces and veth pairs; the launcher `./havip demo` gives it, and the
 * server, in a sandbox.
 */
@Command(
    name = "demo",
    description = "A VIP's life, with network namespaces as VMs and real keepalived in them.")
public final class DemoCommand implements Callable<Integer> {
  private static final Duration SERVER_LIMIT = Duration.ofSeconds(60);
  private static final Duration SERVER_POLL_PERIOD = Duration.ofMillis(100);

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
  private CommandSpec spec;

  @Option(names = "--once", description = "Tell the story of a VIP; else play with one.")
  private boolean once;

  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8470",
      description = "Where the server is: ${DEFAULT-VALUE}")
  @SuppressWarnings("NullAway.Init")
  private URI url;

  @Option(
      names = "--token",
      required = true,
      defaultValue = "${env:HAVIP_TOKEN}",
      description = "The bearer token that the server's first start printed: $HAVIP_TOKEN")
  @SuppressWarnings("NullAway.Init")
  private String token;

  /** What the server joins VMs by. */
  enum Fabric {
    linux,
    ovn
  }

  @Option(
      names = "--fabric",
      defaultValue = "linux",
      description =
          "What the server's --fabric is: ${COMPLETION-CANDIDATES}. The demo runs Open Virtual"
              + " Network itself, with two chassis.")
  @SuppressWarnings("NullAway.Init")
  private Fabric fabric;

  @Option(
      names = "--ovn-directory",
      hidden = true,
      defaultValue = "/run/havip/ovn",
      description = "Where it then has its sockets: nb.sock, sb.sock.")
  @SuppressWarnings("NullAway.Init")
  private Path ovnDirectory;

  @Option(
      names = "--socket",
      hidden = true,
      description = "Offer the API at this Unix socket too, for people outside the sandbox.")
  private @Nullable Path socket;

  @Option(
      names = "--reachable-at",
      hidden = true,
      description = "The URL at which people outside reach it then.")
  private @Nullable URI reachableAt;

  /** 0 when every promise of the story held, or whoever played has had enough. */
  @Override
  public Integer call() throws InterruptedException {
    if (fabric == Fabric.linux) {
      return run(Plugs.TO_THIS_HOST);
    }
    try (Ovn ovn = Ovn.start(Files.createDirectories(ovnDirectory))) {
      return run(new Plugs.ToOvn(ovn));
    } catch (CheckFailedException | IOException e) {
      return failed(e);
    }
  }

  private int failed(Exception why) {
    spec.commandLine().getErr().println("FAILED: " + why.getMessage());
    return 1;
  }

  private int run(Plugs plugs) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Api api = new Api(url, token)) {
      if (!isReady(api)) {
        spec.commandLine().getErr().println("The server at " + url + " is not ready.");
        return 1;
      }
      return once ? tell(api, plugs, out) : play(api, plugs, out);
    }
  }

  private int tell(Api api, Plugs plugs, PrintWriter out) throws InterruptedException {
    Outcome outcome = new Story(api, plugs, out).play();
    if (outcome.failed() != null) {
      spec.commandLine().getErr().println("FAILED: " + outcome.failed());
    }
    out.println(new JsonMapper().writeValueAsString(outcome));
    out.flush();
    return outcome.failed() == null ? 0 : 1;
  }

  private int play(Api api, Plugs plugs, PrintWriter out) throws InterruptedException {
    URI shown = reachableAt == null ? url : reachableAt;
    try (Stage stage = new Stage(api, plugs);
        Forwarder _ = offer()) {
      new Playground(stage, out).play(new InputStreamReader(System.in, UTF_8), shown, token);
      return 0;
    } catch (CheckFailedException | IOException e) {
      return failed(e);
    }
  }

  private @Nullable Forwarder offer() throws IOException {
    if (socket == null) {
      return null;
    }
    SocketAddress server = new InetSocketAddress(url.getHost(), url.getPort());
    return Forwarder.start(UnixDomainSocketAddress.of(socket), () -> server);
  }

  private static boolean isReady(Api api) throws InterruptedException {
    long deadline = System.nanoTime() + SERVER_LIMIT.toNanos();
    while (!api.isReady()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      Thread.sleep(SERVER_POLL_PERIOD);
    }
    return true;
  }
}
