package io.havip.decision;

/**
 * Which of the servers leads.
 *
 * @param generation grows with each server that begins to lead
 * @param server its name; empty when nobody leads
 * @param renewals grows while it goes on leading
 */
public record Leader(long generation, String server, long renewals) {
  public boolean isNobody() {
    return server.isEmpty();
  }
}
