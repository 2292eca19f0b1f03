package io.vrouter.netlink;

import io.vrouter.netlink.fake.FakeKernel;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.socket.Netns;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;

/** A kernel for the contract's tests. */
interface TestKernel extends AutoCloseable {
  RtNetlink open();

  Monitor monitor();

  /** A foreign process takes the port. */
  void takeUdpPort(int port);

  @Override
  void close();

  /** Which there are. */
  enum Kind {
    FAKE,
    REAL;

    TestKernel create() {
      return this == FAKE ? new Fake() : new Real();
    }
  }

  /** In memory. */
  final class Fake implements TestKernel {
    private final FakeKernel kernel = new FakeKernel();

    @Override
    public RtNetlink open() {
      return kernel.open();
    }

    @Override
    public Monitor monitor() {
      return kernel.monitor();
    }

    @Override
    public void takeUdpPort(int port) {
      kernel.takeUdpPort(port);
    }

    @Override
    public void close() {}
  }

  /** The running one, in a namespace of its own. */
  final class Real implements TestKernel {
    private final Space netns = Space.bare();
    private final List<DatagramSocket> closing = new ArrayList<>();

    @Override
    public RtNetlink open() {
      return RtNetlink.open(netns.netns());
    }

    @Override
    public Monitor monitor() {
      return Monitor.open(netns.netns());
    }

    @Override
    public void takeUdpPort(int port) {
      closing.add(Netns.call(netns.netns(), () -> new DatagramSocket(port)));
    }

    @Override
    public void close() {
      closing.forEach(DatagramSocket::close);
      netns.close();
    }
  }
}
