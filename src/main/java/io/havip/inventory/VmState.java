package io.havip.inventory;

/** Whether the VM's owner runs it; a stopped VM stays bound. */
public enum VmState {
  RUNNING,
  STOPPED
}
