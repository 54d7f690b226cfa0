package io.havip.server;

import io.havip.deliver.Deliverer;
import io.havip.error.StoreUnavailable;
import io.havip.fabric.Fabric;
import io.havip.http.Heartbeat;
import io.havip.http.HttpConfiguration;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.plan.Advertising;
import io.havip.plan.Announcement;
import io.havip.reconcile.Announcer;
import io.havip.reconcile.Leadership;
import io.havip.service.Access;
import io.havip.service.AgentService;
import io.havip.service.Announcing;
import io.havip.service.Contexts;
import io.havip.service.DrillService;
import io.havip.service.ExplainService;
import io.havip.service.InventoryService;
import io.havip.service.KeepalivedCheckService;
import io.havip.service.Readiness;
import io.havip.service.Revisions;
import io.havip.service.TimeOrderedIds;
import io.havip.service.TokenService;
import io.havip.service.VipService;
import io.havip.service.Wakes;
import io.havip.service.WebhookService;
import io.havip.store.Reader;
import io.havip.store.Store;
import io.havip.vip.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.BiFunction;
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
  Leadership<LeadersWork> leadership(
      Store store,
      Fabric fabric,
      Clock clock,
      Settings settings,
      Revisions revisions,
      MeterRegistry meters) {
    Deliverer.Listener calls = Meters.webhookCalls(meters);
    return new Leadership<>(
        store,
        fabric,
        clock,
        settings.name(),
        (leadersStore, leadersFabric) ->
            LeadersWork.begin(leadersStore, leadersFabric, clock, settings, revisions, calls));
  }

  @Bean
  InitializingBean peersNews(Store store, Revisions revisions, Leadership<LeadersWork> leadership) {
    return () ->
        store.peers().ifPresent(peers -> peers.onChange(new PeersNews(revisions, leadership)));
  }

  @Bean
  Wakes wakes(Leadership<LeadersWork> leadership) {
    return ids -> leadership.work().ifPresent(work -> work.reconciler().wake(ids));
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
  Limits limits(Settings settings, Fabric fabric) {
    return settings.limits().asking(fabric.asks());
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

  @Bean
  TokenService tokenService(Store store, Contexts contexts) {
    return new TokenService(store, contexts);
  }

  @Bean
  WebhookService webhookService(Store store, Contexts contexts) {
    return new WebhookService(store, contexts);
  }

  @Bean
  VipService vipService(
      Store store,
      Contexts contexts,
      Wakes wakes,
      Leadership<LeadersWork> leadership,
      Fabric fabric) {
    Announcer announcer = new Announcer(fabric);
    return new VipService(
        store,
        contexts,
        wakes,
        new Announcing() {
          @Override
          public boolean isHere() {
            return leadership.leads();
          }

          @Override
          public boolean announce(Announcement announcement) {
            return announcer.announce(announcement);
          }
        },
        advertising(leadership),
        fabric::hears);
  }

  @Bean
  DrillService drillService(
      Store store, Contexts contexts, Wakes wakes, Leadership<LeadersWork> leadership) {
    return new DrillService(
        store,
        contexts,
        wakes,
        advertising(leadership),
        () -> leadership.work().ifPresent(work -> work.drills().begun()));
  }

  private static BiFunction<VipId, VmId, Advertising> advertising(
      Leadership<LeadersWork> leadership) {
    return (vipId, vmId) ->
        leadership
            .work()
            .map(work -> work.observer().advertising(vipId, vmId))
            .orElse(Advertising.UNKNOWN);
  }

  @Bean
  InventoryService inventoryService(
      Store store,
      Contexts contexts,
      Wakes wakes,
      Leadership<LeadersWork> leadership,
      Fabric fabric) {
    return new InventoryService(
        store, contexts, wakes, advertising(leadership), fabric::whyNotAdopt);
  }

  @Bean
  ExplainService explainService(
      Store store, Fabric fabric, Leadership<LeadersWork> leadership, Clock clock) {
    return new ExplainService(store, new FabricEyes(fabric, leadership), clock);
  }

  @Bean
  AgentService agentService(Fabric fabric) {
    return new AgentService(fabric::hear);
  }

  @Bean
  InitializingBean vipGauges(MeterRegistry meters, Store store, Readiness readiness) {
    return () -> VipGauges.register(meters, store, readiness);
  }

  @Bean
  KeepalivedCheckService keepalivedCheckService(Store store) {
    return new KeepalivedCheckService(store);
  }

  @Bean
  Readiness readiness(Store store, Leadership<LeadersWork> leadership) {
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
        return leadership.work().map(work -> work.reconciler().isInSync()).orElse(true);
      }

      @Override
      public boolean leads() {
        return leadership.leads();
      }
    };
  }
}
