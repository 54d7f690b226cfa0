package io.havip.http;

import io.havip.service.Readiness;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class OperationRoutes {
  /** prometheus.io, "Exposition formats": the text format. */
  private static final MediaType METRICS =
      MediaType.parseMediaType("text/plain; version=0.0.4; charset=utf-8");

  private final Readiness readiness;
  private final PrometheusMeterRegistry meters;

  OperationRoutes(Readiness readiness, PrometheusMeterRegistry meters) {
    this.readiness = readiness;
    this.meters = meters;
  }

  record Health(String status) {}

  record Ready(boolean store, boolean fabric, boolean leads) {}

  @GetMapping(path = "/healthz", produces = MediaType.APPLICATION_JSON_VALUE)
  Health healthz() {
    return new Health("ok");
  }

  @GetMapping(path = "/readyz", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Ready> readyz() {
    Ready ready = new Ready(readiness.storeAnswers(), readiness.fabricFollows(), readiness.leads());
    HttpStatus status =
        ready.store() && ready.fabric() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE;
    return ResponseEntity.status(status).body(ready);
  }

  @GetMapping(path = "/metrics", produces = MediaType.TEXT_PLAIN_VALUE)
  ResponseEntity<String> metrics() {
    return ResponseEntity.ok().contentType(METRICS).body(meters.scrape());
  }

  @GetMapping(path = "/openapi.yaml", produces = "application/yaml")
  Resource openapi() {
    return new ClassPathResource("openapi.yaml");
  }
}
