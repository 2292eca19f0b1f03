/**
 * Fuzzing of decoders, for the tests of all modules: a corpus in the tree, mutations of it, and the
 * rules that hold for each decoder.
 *
 * <p>May depend on the JDK, AssertJ, ArchUnit and {@code lab}'s {@code Sources}.
 */
@NullMarked
package io.vrouter.netlink.fuzz;

import org.jspecify.annotations.NullMarked;
