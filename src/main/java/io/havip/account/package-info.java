/** PURE: who owns resources and who is calling. Uses only id. */
@NullMarked
package io.havip.account;

import org.jspecify.annotations.NullMarked;
