/**
 * PURE: what the fabric should hold, what it was seen to hold, and the steps between. Uses only
 * other PURE rooms.
 */
@NullMarked
package io.havip.plan;

import org.jspecify.annotations.NullMarked;
