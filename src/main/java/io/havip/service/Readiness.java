package io.havip.service;

/** Whether the server can do its work now. */
public interface Readiness {
  boolean storeAnswers();

  /** Also where another server sees to the fabric. */
  boolean fabricFollows();

  /** Whether it is this server that works on the fabric. */
  boolean leads();
}
