package io.havip.server;

import io.havip.fabric.Fabric;
import io.havip.service.Access;
import io.havip.store.Store;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * A server that runs.
 *
 * @param firstToken the administrator's token, at the very first start and never again
 */
record Server(ServletWebServerApplicationContext context, Optional<String> firstToken)
    implements AutoCloseable {

  /**
   * Starts a server; it takes requests when this returns.
   *
   * @param store is closed with the server, like the fabric
   */
  static Server start(Settings settings, Store store, Fabric fabric) {
    PrometheusMeterRegistry meters = Meters.registry();
    Store measuredStore = new MeasuredStore(store, meters);
    Fabric measuredFabric = new MeasuredFabric(fabric, meters);
    var context =
        (ServletWebServerApplicationContext)
            new SpringApplicationBuilder(ServerConfiguration.class)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .initializers((GenericApplicationContext beans) -> {
                  beans.registerBean(Settings.class, () -> settings);
                  beans.registerBean(PrometheusMeterRegistry.class, () -> meters);
                  beans.registerBean(Store.class, () -> measuredStore);
                  beans.registerBean(Fabric.class, () -> measuredFabric);
                })
                .run(properties(settings));
    return new Server(context, context.getBean(Access.class).firstKey());
  }

  /** As arguments, which count more than whatever else Spring Boot would read. */
  private static String[] properties(Settings settings) {
    return Stream.of(
            "spring.config.location=classpath:/application.yaml",
            "server.address=" + settings.listen(),
            "server.port=" + settings.port(),
            "server.tomcat.connection-timeout=" + settings.clientTimeout().toSeconds() + "s",
            "spring.lifecycle.timeout-per-shutdown-phase="
                + settings.shutdownGrace().toSeconds()
                + "s",
            "logging.level.io.havip=" + settings.logLevel())
        .map(property -> "--" + property)
        .toArray(String[]::new);
  }

  /** The TCP port that it listens on. */
  int port() {
    return Objects.requireNonNull(context.getWebServer()).getPort();
  }

  /** Finishes the requests at hand and stops. */
  @Override
  public void close() {
    context.close();
  }
}
