/**
 * PURE: what happened, when, and by whom; the audit log is events with an actor. Uses only net and
 * id.
 */
@NullMarked
package io.havip.event;

import org.jspecify.annotations.NullMarked;
