/** PURE: the Virtual Router Redundancy Protocol, RFC 9568 and RFC 3768. Uses only net and wire. */
@NullMarked
package io.havip.vrrp;

import org.jspecify.annotations.NullMarked;
