/**
 * The use cases: load, decide, write, wake. Makes ids and time. Uses store and PURE rooms; knows
 * neither HTTP nor a fabric.
 */
@NullMarked
package io.havip.service;

import org.jspecify.annotations.NullMarked;
