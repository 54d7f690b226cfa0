/**
 * Keeps everything durably: one interface, SQLite and PostgreSQL behind it, one contract test. The
 * only room that knows java.sql; uses PURE rooms and json.
 */
@NullMarked
package io.havip.store;

import org.jspecify.annotations.NullMarked;
