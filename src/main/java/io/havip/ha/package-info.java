/**
 * PURE: what the HA software in a VM must be told to take part in the election of its VIPs'
 * holders, and the configurations of heartbeat and pacemaker. Uses only net, id and vip.
 */
@NullMarked
package io.havip.ha;

import org.jspecify.annotations.NullMarked;
