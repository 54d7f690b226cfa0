package io.havip.http;

import io.havip.service.VipDetails;
import io.havip.vip.Floating;
import io.havip.vip.Vip;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** VIPs as CSV. */
final class VipCsv {
  private static final String HEADER =
      "id,name,remark,type,vpcId,networkId,address,floatingAddress,state,vmIds,holderVmIds,version,createdAt,updatedAt";

  private VipCsv() {}

  static void writeHeader(Writer out) throws IOException {
    out.write(HEADER + "\r\n");
  }

  static void write(List<VipDetails> vips, Writer out) throws IOException {
    for (VipDetails details : vips) {
      out.write(line(details));
    }
  }

  private static String line(VipDetails details) {
    Vip vip = details.vip();
    Floating floating = vip.floating();
    return Csv.line(
        Stream.of(
            vip.id(),
            vip.name(),
            vip.remark(),
            vip.type().name().toLowerCase(Locale.ROOT),
            vip.vpcId(),
            vip.networkId(),
            vip.address(),
            floating == null ? "" : floating.address(),
            vip.state().name().toLowerCase(Locale.ROOT),
            together(vip.vmIds().stream()),
            together(details.holders().stream().map(holder -> holder.vmId())),
            vip.version(),
            vip.createdAt(),
            vip.updatedAt()));
  }

  private static String together(Stream<?> ids) {
    return ids.map(Object::toString).collect(Collectors.joining(" "));
  }
}
