package io.havip.store;

import io.havip.vip.VipState;

/** How many VIPs there are in this state that so many VMs use. */
public record VipCount(VipState state, int holders, long vips) {}
