/**
 * The story of `havip demo`: network namespaces that stand in for VMs, keepalived in them, and
 * attacks among them. A client of the public API; uses net, wire, vrrp, keepalived and kernel.
 */
@NullMarked
package io.havip.demo;

import org.jspecify.annotations.NullMarked;
