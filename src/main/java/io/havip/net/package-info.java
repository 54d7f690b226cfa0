/** PURE: addresses of the wire. Uses nothing but the JDK. */
@NullMarked
package io.havip.net;

import org.jspecify.annotations.NullMarked;
