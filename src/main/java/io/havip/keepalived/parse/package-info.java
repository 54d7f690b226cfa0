/**
 * PURE: the grammar of keepalived.conf(5), as keepalived reads it. What {@code include} names comes
 * in through a function.
 */
@NullMarked
package io.havip.keepalived.parse;

import org.jspecify.annotations.NullMarked;
