/** Tests the walls between the rooms. */
@NullMarked
package io.havip.architecture;

import org.jspecify.annotations.NullMarked;
