/** How values are written as JSON and read back strictly. Uses PURE rooms and Jackson. */
@NullMarked
package io.havip.json;

import org.jspecify.annotations.NullMarked;
