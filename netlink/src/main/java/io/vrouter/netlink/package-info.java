/**
 * A client of the kernel's rtnetlink: {@link io.vrouter.netlink.RtNetlink} sends typed requests,
 * alone or in batches, and dumps; {@link io.vrouter.netlink.Monitor} reports changes. The one error
 * is {@link io.vrouter.netlink.NetlinkException}.
 *
 * <p>May depend on {@code wire}, {@code route}, {@code socket} and the JDK. The seam below is the
 * datagram ({@link io.vrouter.netlink.socket.NetlinkSocket}), so that a fake kernel exercises the
 * codec too; the test-jar ships one ({@code io.vrouter.netlink.fake.FakeKernel}).
 *
 * <p>Native code: jnr-ffi's jffi unpacks a shared object into {@code java.io.tmpdir} at its first
 * call and fails where that and the working directory are read-only. A distribution lays the object
 * out beside its jars and starts the JVM with {@code -Djffi.boot.library.path=DIR}, where DIR holds
 * {@code libjffi-1.2.so} (from {@code jni/ARCH-Linux/} of the jffi native jar).
 */
@org.jspecify.annotations.NullMarked
package io.vrouter.netlink;
