/**
 * The fabric of one Linux host: a bridge per segment and one nftables table. Uses kernel and PURE
 * rooms; what is decided here (elements, their differences, the text of a transaction) is pure, and
 * {@link io.havip.fabric.linux.LinuxFabric} alone executes it.
 */
@NullMarked
package io.havip.fabric.linux;

import org.jspecify.annotations.NullMarked;
