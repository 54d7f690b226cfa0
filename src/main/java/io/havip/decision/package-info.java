/**
 * PURE: a snapshot and a command become a decision: the records to write, the events, the answer.
 * Uses only other PURE rooms.
 */
@NullMarked
package io.havip.decision;

import org.jspecify.annotations.NullMarked;
