package io.havip.keepalived.parse;

/**
 * A configuration file.
 *
 * @param name what messages call it; an {@code include} is relative to its folder
 */
public record SourceFile(String name, String text) {}
