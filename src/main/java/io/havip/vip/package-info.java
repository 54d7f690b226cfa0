/**
 * PURE: the HAVIP resource, its bindings, states and limits. Uses only net, id, error and
 * inventory.
 */
@NullMarked
package io.havip.vip;

import org.jspecify.annotations.NullMarked;
