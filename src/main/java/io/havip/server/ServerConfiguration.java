package io.havip.server;

import io.havip.deliver.Deliverer;
import io.havip.error.StoreUnavailable;
import io.havip.fabric.Fabric;
import io.havip.http.Heartbeat;
import io.havip.http.HttpConfiguration;
import io.havip.reconcile.Announcer;
import io.havip.reconcile.Drills;
import io.havip.reconcile.Observer;
import io.havip.reconcile.Reconciler;
import io.havip.service.Access;
import io.havip.service.Contexts;
import io.havip.service.DrillService;
import io.havip.service.ExplainService;
import io.havip.service.InventoryService;
import io.havip.service.KeepalivedCheckService;
import io.havip.service.Readiness;
import io.havip.service.Retention;
import io.havip.service.Revisions;
import io.havip.service.TimeOrderedIds;
import io.havip.service.VipService;
import io.havip.service.WebhookService;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;

/** Which rooms the server has and what they are given. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(
    // The store opens its databases itself; what is wrong is for programs, and no page.
    exclude = {
      DataSourceAutoConfiguration.class,
      FlywayAutoConfiguration.class,
      ErrorMvcAutoConfiguration.class
    })
@Import(HttpConfiguration.class)
class ServerConfiguration {
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean(initMethod = "start")
  Reconciler reconciler(Store store, Fabric fabric, Clock clock) {
    return new Reconciler(store, fabric, clock);
  }

  @Bean(initMethod = "start")
  Observer observer(Store store, Fabric fabric, Clock clock, Settings settings) {
    return new Observer(store, fabric, clock, settings.probePeriod());
  }

  @Bean
  TimeOrderedIds ids(Clock clock) {
    return new TimeOrderedIds(clock);
  }

  @Bean
  Contexts contexts(Clock clock, TimeOrderedIds ids, Limits limits) {
    return new Contexts(clock, ids, limits);
  }

  @Bean
  Limits limits(Settings settings) {
    return settings.limits();
  }

  @Bean
  Heartbeat heartbeat(Settings settings) {
    return new Heartbeat(settings.heartbeat());
  }

  @Bean
  Access access(Store store, TimeOrderedIds ids, Clock clock, Settings settings) {
    return new Access(store, ids, clock, settings.sessionLifetime());
  }

  @Bean(initMethod = "start")
  Revisions revisions(Store store) {
    return new Revisions(store);
  }

  /** Streams of events end before the server waits for the requests at hand. */
  @Bean
  ApplicationListener<ContextClosedEvent> endOfFollowing(Revisions revisions) {
    return _ -> revisions.close();
  }

  @Bean(initMethod = "start")
  Deliverer deliverer(
      Store store, Revisions revisions, Clock clock, Settings settings, MeterRegistry meters) {
    return new Deliverer(
        store, revisions, clock, settings.webhooksToThisHost(), Meters.webhookCalls(meters));
  }

  @Bean(initMethod = "start")
  Retention retention(Store store, Clock clock, Settings settings) {
    return new Retention(store, clock, settings.eventsPerVip());
  }

  @Bean
  WebhookService webhookService(Store store, Contexts contexts) {
    return new WebhookService(store, contexts);
  }

  @Bean
  VipService vipService(
      Store store, Contexts contexts, Reconciler reconciler, Observer observer, Fabric fabric) {
    return new VipService(
        store, contexts, reconciler::wake, new Announcer(fabric)::announce, observer::advertising);
  }

  @Bean(initMethod = "start")
  Drills drills(Store store, Fabric fabric, Clock clock, Reconciler reconciler) {
    return new Drills(store, fabric, clock, reconciler::wake);
  }

  @Bean
  DrillService drillService(
      Store store, Contexts contexts, Reconciler reconciler, Observer observer, Drills drills) {
    return new DrillService(
        store, contexts, reconciler::wake, observer::advertising, drills::begun);
  }

  @Bean
  InventoryService inventoryService(Store store, Contexts contexts, Reconciler reconciler) {
    return new InventoryService(store, contexts, reconciler::wake);
  }

  @Bean
  ExplainService explainService(
      Store store, Fabric fabric, Reconciler reconciler, Observer observer, Clock clock) {
    return new ExplainService(store, new FabricEyes(fabric, reconciler, observer), clock);
  }

  @Bean
  InitializingBean vipGauges(MeterRegistry meters, Store store, Reconciler reconciler) {
    return () -> VipGauges.register(meters, store, reconciler);
  }

  @Bean
  KeepalivedCheckService keepalivedCheckService(Store store) {
    return new KeepalivedCheckService(store);
  }

  @Bean
  Readiness readiness(Store store, Reconciler reconciler) {
    return new Readiness() {
      @Override
      public boolean storeAnswers() {
        try {
          return store.read(Reader::revision) >= 0;
        } catch (StoreUnavailable _) {
          return false;
        }
      }

      @Override
      public boolean fabricFollows() {
        return reconciler.isInSync();
      }
    };
  }
}
