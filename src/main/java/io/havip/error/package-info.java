/**
 * PURE: the one closed set of reasons for which HAVIP refuses a request. Uses nothing but the JDK.
 */
@NullMarked
package io.havip.error;

import org.jspecify.annotations.NullMarked;
