package io.havip.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/** The kinds of resources. */
enum Kind {
  VIP("VIP", "vips", "vip"),
  VPC("VPC", "vpcs", "vpc"),
  SUBNET("subnet", "subnets", "subnet"),
  NETWORK("external network", "external-networks", "extnet"),
  VM("VM", "vms", "vm"),
  TOKEN("token", "tokens", "token");

  private final String noun;
  private final String path;
  private final Pattern id;

  Kind(String noun, String collection, String idPrefix) {
    this.noun = noun;
    this.path = "/v1/" + collection;
    this.id = Pattern.compile(idPrefix + "-[0-9a-z]{26}");
  }

  /** For people: "external network". */
  String noun() {
    return noun;
  }

  /** As commands call it: "network". */
  String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The collection's path. */
  String path() {
    return path;
  }

  String path(String resourceId) {
    return path + "/" + resourceId;
  }

  /** Whether a text is an id of this kind and not a name. */
  boolean isId(String text) {
    return id.matcher(text).matches();
  }
}
