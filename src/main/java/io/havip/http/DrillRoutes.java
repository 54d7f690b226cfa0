package io.havip.http;

import io.havip.account.Caller;
import io.havip.decision.Command;
import io.havip.decision.DrillDecisions;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.service.DrillService;
import io.havip.vip.Drill;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Drills of VIPs. */
@RestController
@RequestMapping(path = "/v1/vips/{id}/drills", produces = MediaType.APPLICATION_JSON_VALUE)
final class DrillRoutes {
  private static final String KIND = "isolate-holder";
  private static final int SECONDS = 30;
  private static final long TARGET_MILLIS = 5_000;

  private final DrillService drills;

  DrillRoutes(DrillService drills) {
    this.drills = drills;
  }

  record NewDrill(
      String kind,
      @Nullable Integer seconds,
      @Nullable Long targetMillis,
      @Nullable Boolean force,
      @Nullable Boolean wholePort) {
    Command.Drill toCommand() {
      if (!kind.equals(KIND)) {
        throw Refused.field("kind", ErrorCode.INVALID_FIELD, "the only kind is " + KIND);
      }
      return new Command.Drill(
          seconds == null ? SECONDS : seconds,
          targetMillis == null ? TARGET_MILLIS : targetMillis,
          force != null && force,
          wholePort);
    }
  }

  record DrillJson(
      int number,
      String kind,
      VmId vmId,
      boolean wholePort,
      long targetMillis,
      String actor,
      Instant beganAt,
      Instant endsAt,
      String state,
      @Nullable VmId newHolder,
      @Nullable Long outageMillis,
      @Nullable Boolean cameBack,
      @Nullable Instant finishedAt) {
    static DrillJson of(Drill drill) {
      Drill.Result result = drill.result();
      return new DrillJson(
          drill.number(),
          KIND,
          drill.vmId(),
          drill.wholePort(),
          drill.targetMillis(),
          drill.actor(),
          drill.beganAt(),
          drill.endsAt(),
          result == null ? "running" : result.outcome().name().toLowerCase(Locale.ROOT),
          result == null ? null : result.newHolder(),
          result == null ? null : result.outageMillis(),
          result == null ? null : result.cameBack(),
          result == null ? null : result.finishedAt());
    }
  }

  record DrillList(List<DrillJson> items) {}

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> begin(Call call, @PathVariable VipId id, @RequestBody NewDrill body) {
    return Replies.response(
        drills.begin(
            call.request(body),
            id,
            body.toCommand(),
            drill ->
                Replies.begun(
                    "/v1/vips/" + id + "/drills/" + drill.number(), DrillJson.of(drill))));
  }

  @PostMapping(params = "dryRun=true", consumes = MediaType.APPLICATION_JSON_VALUE)
  DrillDecisions.Prediction predict(Call call, @PathVariable VipId id, @RequestBody NewDrill body) {
    return drills.predict(call.request(), id, body.toCommand());
  }

  @GetMapping
  DrillList list(Caller caller, @PathVariable VipId id) {
    return new DrillList(drills.list(caller, id).stream().map(DrillJson::of).toList());
  }

  @GetMapping("/{number}")
  DrillJson get(Caller caller, @PathVariable VipId id, @PathVariable String number) {
    if (!number.matches("[0-9]{1,9}")) {
      throw Refused.of(ErrorCode.NOT_FOUND, "a drill's number is a number, not " + number);
    }
    return DrillJson.of(drills.get(caller, id, Integer.parseInt(number)));
  }
}
