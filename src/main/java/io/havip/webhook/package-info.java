/** PURE: who is called when something happens, and how far that has come. Uses only PURE rooms. */
@NullMarked
package io.havip.webhook;

import org.jspecify.annotations.NullMarked;
