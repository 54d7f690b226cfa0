/**
 * Brings the fabric to what the store desires, and what the fabric shows back into the store. A
 * wake-up carries ids only. Uses store, fabric and PURE rooms.
 */
@NullMarked
package io.havip.reconcile;

import org.jspecify.annotations.NullMarked;
