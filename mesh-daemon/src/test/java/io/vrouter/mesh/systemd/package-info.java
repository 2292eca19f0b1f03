/**
 * Real Debian systems with systemd as hosts, in containers of {@code systemd-nspawn}, with the
 * {@code .deb} that {@code ./mesh package} makes. Run by {@code ./mesh test --hosts}: the tree they
 * boot from takes a minute to make, once.
 */
@NullMarked
package io.vrouter.mesh.systemd;

import org.jspecify.annotations.NullMarked;
