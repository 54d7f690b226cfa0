package io.havip.decision;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a request that was granted, in the words of the API.
 *
 * @param status of HTTP (RFC 9110, section 15)
 * @param location where the resource is that was made, if one was
 * @param eTag of the resource that was made or changed, if it was one
 * @param body JSON
 */
public record Reply(int status, @Nullable String location, @Nullable String eTag, String body) {}
