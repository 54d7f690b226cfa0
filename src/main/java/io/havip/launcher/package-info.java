/**
 * What {@code ./havip} runs once after a build so that the commands for people start at once: one
 * small jar of them, and a rehearsal that Java takes notes of. Uses server.
 */
@NullMarked
package io.havip.launcher;

import org.jspecify.annotations.NullMarked;
