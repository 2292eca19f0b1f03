/**
 * {@link io.vrouter.netlink.fake.FakeKernel}: a kernel in memory, for the tests of whatever speaks
 * rtnetlink. It works on datagrams, so the real codec is exercised on both sides.
 *
 * <p>The same contract suite runs against it and against the real kernel ({@code
 * io.vrouter.netlink.KernelContract}), so that it can't drift.
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.netlink.fake;
