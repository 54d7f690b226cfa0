/**
 * The commands for people and scripts: login, VIPs, inventory. A client of the public API, which
 * openapi.yaml describes; uses json.
 */
@NullMarked
package io.havip.cli;

import org.jspecify.annotations.NullMarked;
