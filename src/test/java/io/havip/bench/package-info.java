/** Measures; run by bench/, not by the tests. */
@NullMarked
package io.havip.bench;

import org.jspecify.annotations.NullMarked;
