/**
 * A client of OVSDB (RFC 7047, and what ovsdb-server(7) adds to it): transactions, and a copy of
 * some tables that follows the server's. It knows nothing of OVN or of HAVIP. Uses Jackson.
 */
@NullMarked
package io.havip.ovsdb;

import org.jspecify.annotations.NullMarked;
