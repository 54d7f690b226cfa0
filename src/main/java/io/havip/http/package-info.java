/**
 * The API of openapi.yaml: routes, JSON, problem+json. Uses service, json and PURE rooms; knows
 * neither store nor fabric.
 */
@NullMarked
package io.havip.http;

import org.jspecify.annotations.NullMarked;
