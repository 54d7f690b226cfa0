/**
 * Calls webhooks and keeps how far each has been told. Uses service, store, json, PURE rooms and
 * the JDK's HTTP client.
 */
@NullMarked
package io.havip.deliver;

import org.jspecify.annotations.NullMarked;
