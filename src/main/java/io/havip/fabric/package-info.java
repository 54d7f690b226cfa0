/**
 * The boundary to the network: desired state in, observed state out. Every fabric passes the same
 * contract test. Uses only PURE rooms.
 */
@NullMarked
package io.havip.fabric;

import org.jspecify.annotations.NullMarked;
