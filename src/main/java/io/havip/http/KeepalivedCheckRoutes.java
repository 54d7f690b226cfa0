package io.havip.http;

import io.havip.account.Caller;
import io.havip.error.ErrorCode;
import io.havip.error.Refused;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.keepalived.check.Failover;
import io.havip.keepalived.check.Finding;
import io.havip.keepalived.check.FindingCode;
import io.havip.keepalived.check.Report;
import io.havip.keepalived.check.Severity;
import io.havip.keepalived.parse.SourceFile;
import io.havip.service.KeepalivedCheckService;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class KeepalivedCheckRoutes {
  private static final int FILES_MAX = 16;
  private static final int NAME_MAX = 255;
  private static final int TEXT_MAX = 1 << 18;

  private final KeepalivedCheckService service;

  KeepalivedCheckRoutes(KeepalivedCheckService service) {
    this.service = service;
  }

  record Check(List<SourceFile> files, @Nullable VmId vmId, @Nullable VipId vipId) {}

  record FindingJson(
      FindingCode code,
      Severity severity,
      String file,
      int line,
      int column,
      String message,
      String why,
      @Nullable String fix) {
    static FindingJson of(Finding finding) {
      return new FindingJson(
          finding.code(),
          finding.severity(),
          finding.place().file(),
          finding.place().line(),
          finding.place().column(),
          finding.message(),
          finding.why(),
          finding.fix());
    }
  }

  record ReportJson(
      List<FindingJson> findings, List<SourceFile> mended, List<Failover> failovers) {}

  @PostMapping(
      path = "/v1/keepalived/check",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ReportJson check(Caller caller, @RequestBody Check check) {
    requireValid(check);
    Report report = service.check(caller, check.files(), check.vmId(), check.vipId());
    return new ReportJson(
        report.findings().stream().map(FindingJson::of).toList(),
        report.mended(),
        report.failovers());
  }

  private static void requireValid(Check check) {
    if (check.vmId() != null && check.vipId() != null) {
      throw invalid("vipId", "give vmId or vipId, not both");
    }
    int count = check.files().size();
    if (count < 1 || count > FILES_MAX) {
      throw invalid("files", "give 1 to " + FILES_MAX + " files");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      SourceFile file = check.files().get(i);
      String name = file.name();
      if (name.isEmpty() || name.length() > NAME_MAX || !names.add(name)) {
        throw invalid(
            "files[" + i + "].name",
            "give a name of 1 to " + NAME_MAX + " characters that no other file has");
      }
      if (file.text().length() > TEXT_MAX) {
        throw invalid("files[" + i + "].text", "give at most " + TEXT_MAX + " characters");
      }
    }
  }

  private static Refused invalid(String field, String message) {
    return Refused.field(field, ErrorCode.INVALID_FIELD, message);
  }
}
