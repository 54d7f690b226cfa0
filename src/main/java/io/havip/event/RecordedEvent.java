package io.havip.event;

/**
 * An event with its place in the history.
 *
 * @param revision the revision of the store that the event came with
 * @param index its place among the events of that revision, from 0
 */
public record RecordedEvent(long revision, int index, Event event) {}
