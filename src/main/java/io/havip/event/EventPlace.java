package io.havip.event;

/**
 * A place in the history: behind the event with this revision and index, be there one or not.
 *
 * @param index from 0
 */
public record EventPlace(long revision, int index) implements Comparable<EventPlace> {
  private static final int INDEX_MAX = 999_999_999;

  /** Before everything. */
  public static final EventPlace BEGINNING = new EventPlace(0, 0);

  /** Behind everything that a revision brought. */
  public static EventPlace endOf(long revision) {
    return new EventPlace(revision, INDEX_MAX);
  }

  public static EventPlace of(RecordedEvent recorded) {
    return new EventPlace(recorded.revision(), recorded.index());
  }

  @Override
  public int compareTo(EventPlace other) {
    int byRevision = Long.compare(revision, other.revision);
    return byRevision == 0 ? Integer.compare(index, other.index) : byRevision;
  }

  /** As the API writes it, like {@code 42-0}. */
  @Override
  public String toString() {
    return revision + "-" + index;
  }
}
