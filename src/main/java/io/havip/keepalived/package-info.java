/** PURE: keepalived.conf(5), generated from what HAVIP knows. Uses only net, ha, vip and vrrp. */
@NullMarked
package io.havip.keepalived;

import org.jspecify.annotations.NullMarked;
