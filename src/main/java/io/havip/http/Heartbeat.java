package io.havip.http;

import java.time.Duration;

/** After how long without an event the server tells a follower that it is still there. */
public record Heartbeat(Duration every) {}
