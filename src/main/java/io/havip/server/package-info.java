/**
 * Puts the rooms together: main, configuration, Spring wiring, and measures store and fabric from
 * outside. Uses every room.
 */
@NullMarked
package io.havip.server;

import org.jspecify.annotations.NullMarked;
