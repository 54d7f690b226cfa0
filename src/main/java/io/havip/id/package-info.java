/** PURE: the prefixed identifiers of every resource, sortable by time. Uses nothing but the JDK. */
@NullMarked
package io.havip.id;

import org.jspecify.annotations.NullMarked;
