/**
 * PURE: octets of the frames and packets that HAVIP sends by itself, below any socket of the JDK.
 * Uses only net.
 */
@NullMarked
package io.havip.wire;

import org.jspecify.annotations.NullMarked;
