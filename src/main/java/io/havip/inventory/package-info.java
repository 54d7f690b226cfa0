/** PURE: VPCs, networks, VMs and NICs as values. Uses only net, id and error. */
@NullMarked
package io.havip.inventory;

import org.jspecify.annotations.NullMarked;
