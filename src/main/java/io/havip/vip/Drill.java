package io.havip.vip;

import io.havip.id.VipId;
import io.havip.id.VmId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rehearsal of a failover: the VM that holds a VIP is cut off for a while.
 *
 * @param number counts the VIP's drills, from 1
 * @param vmId who held the VIP
 * @param wholePort whether its ports are off, and not only its permission: software that is not
 *     VRRP does not notice that
 * @param targetMillis the longest outage that passes
 * @param actor the name of the key that began it
 * @param endsAt when the cut ends, by itself
 * @param result none while it runs
 */
public record Drill(
    VipId vipId,
    int number,
    VmId vmId,
    boolean wholePort,
    long targetMillis,
    String actor,
    Instant beganAt,
    Instant endsAt,
    @Nullable Result result) {

  /** How it ended. */
  public enum Outcome {
    /** Another VM took over in time. */
    PASSED,
    /** None did, or too late. */
    FAILED,
    /** The server stopped before the end. */
    INTERRUPTED
  }

  /**
   * What came of it.
   *
   * @param newHolder who took over
   * @param outageMillis from the cut until the VIP was answered for again; absent when it never was
   * @param cameBack whether the VM had the VIP again soon after the cut
   */
  public record Result(
      Outcome outcome,
      @Nullable VmId newHolder,
      @Nullable Long outageMillis,
      boolean cameBack,
      Instant finishedAt) {}

  public Drill finished(Result how) {
    return new Drill(vipId, number, vmId, wholePort, targetMillis, actor, beganAt, endsAt, how);
  }

  public boolean isRunning() {
    return result == null;
  }
}
