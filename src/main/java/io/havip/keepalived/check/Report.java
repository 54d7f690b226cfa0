package io.havip.keepalived.check;

import io.havip.keepalived.parse.SourceFile;
import java.util.List;

/**
 * What was found in files that were looked at together.
 *
 * @param findings by file in the order given, then by place
 * @param mended the files after every fix; a file that needs none is as it was
 */
public record Report(List<Finding> findings, List<SourceFile> mended, List<Failover> failovers) {
  public Report {
    findings = List.copyOf(findings);
    mended = List.copyOf(mended);
    failovers = List.copyOf(failovers);
  }

  public boolean hasErrors() {
    return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
  }
}
