/**
 * PURE: why a VIP works or does not, from what is stored and what was seen. Uses only other PURE
 * rooms.
 */
@NullMarked
package io.havip.explain;

import org.jspecify.annotations.NullMarked;
