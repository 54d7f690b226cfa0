/**
 * PURE: what is wrong with the keepalived.conf of a VM, of a cluster, and against what HAVIP knows,
 * and how to mend it. Uses net and keepalived.parse.
 */
@NullMarked
package io.havip.keepalived.check;

import org.jspecify.annotations.NullMarked;
