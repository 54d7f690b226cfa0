/**
 * What runs on each host of VMs where Open Virtual Network is the fabric: it hears what the VMs say
 * and tells the servers. It decides nothing. A client of the public API; uses kernel, ovsdb, json,
 * PURE rooms, and of cli how servers and tokens are named.
 */
@NullMarked
package io.havip.agent;

import org.jspecify.annotations.NullMarked;
