package io.havip.service;

/** Whether the server can do its work now. */
public interface Readiness {
  boolean storeAnswers();

  boolean fabricFollows();
}
