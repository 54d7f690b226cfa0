/**
 * The fabric of many hosts: Open Virtual Network. HAVIP writes rows into its northbound database
 * and reads in its southbound database what became of them. Uses ovsdb and PURE rooms; which rows
 * are wanted and what has to change is decided without I/O, and {@link
 * io.havip.fabric.ovn.OvnFabric} alone talks to the databases.
 */
@NullMarked
package io.havip.fabric.ovn;

import org.jspecify.annotations.NullMarked;
