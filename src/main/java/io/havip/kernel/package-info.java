/**
 * What HAVIP asks of the Linux kernel, through java.lang.foreign and nowhere else: sockets of the
 * families that Java lacks, netlink, network namespaces, nftables. Uses only net.
 */
@NullMarked
package io.havip.kernel;

import org.jspecify.annotations.NullMarked;
