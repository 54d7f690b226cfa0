package io.havip.http;

import io.havip.account.Caller;
import io.havip.explain.Check;
import io.havip.id.VipId;
import io.havip.service.ExplainService;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class ExplainRoutes {
  private final ExplainService explaining;

  ExplainRoutes(ExplainService explaining) {
    this.explaining = explaining;
  }

  record CheckJson(
      Check.Topic check, Check.Status status, String evidence, @Nullable String next) {}

  record ExplanationJson(VipId vipId, Instant at, Check.Status status, List<CheckJson> checks) {}

  @GetMapping(path = "/v1/vips/{id}/explain", produces = MediaType.APPLICATION_JSON_VALUE)
  ExplanationJson explain(Caller caller, @PathVariable VipId id) throws InterruptedException {
    ExplainService.Explained explained = explaining.explain(caller, id);
    return new ExplanationJson(
        explained.vipId(),
        explained.at(),
        worst(explained.checks()),
        explained.checks().stream()
            .map(it -> new CheckJson(it.topic(), it.status(), it.evidence(), it.next()))
            .toList());
  }

  /** What is not known is no reason for alarm. */
  private static Check.Status worst(List<Check> checks) {
    List<Check.Status> statuses = checks.stream().map(Check::status).toList();
    if (statuses.contains(Check.Status.PROBLEM)) {
      return Check.Status.PROBLEM;
    }
    return statuses.contains(Check.Status.WARNING) ? Check.Status.WARNING : Check.Status.OK;
  }
}
