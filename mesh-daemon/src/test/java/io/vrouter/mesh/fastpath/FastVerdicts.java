package io.vrouter.mesh.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.plan.Desired;
import io.vrouter.mesh.plan.FastEntry;
import io.vrouter.mesh.plan.FastHook;
import io.vrouter.mesh.plan.Observed;
import io.vrouter.mesh.plan.VtepMac;
import io.vrouter.mesh.plan.Wanted;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.netlink.BpfKernel;
import io.vrouter.netlink.lab.Stack;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.socket.Netns;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Random frames through the programs, through a model of our table, and through the documented
 * conditions of the fast path: a program takes a frame exactly when the table lets it through and
 * the conditions hold, and then the frame leads where the table leads.
 */
final class FastVerdicts {
  private static final int MTU = 1450;

  private final FastWorld world;
  private final Random random;
  private final TableModel table;
  private final Link redTunnel;
  private final Link blueTunnel;
  private final Link redPort;
  private final Link bluePort;
  private final List<MacAddress> macs = new ArrayList<>();
  private final List<InetAddress> addresses = new ArrayList<>();
  private final Map<InetAddress, Integer> containers = new HashMap<>();
  private final Map<InetAddress, MacAddress> peerEnds = new HashMap<>();
  private final Set<List<Object>> flows = new HashSet<>();
  private final Set<List<Object>> aside = new HashSet<>();
  private final List<TestFrame> taken = new ArrayList<>();

  FastVerdicts(FastWorld world, long seed) {
    this.world = world;
    this.random = new Random(seed);
    Observed observed = world.observed();
    Desired desired = world.desired(observed);
    this.table = new TableModel(desired.kernel().firewall());
    redTunnel = world.link("vxlan1000");
    blueTunnel = world.link("vxlan2000");
    redPort = world.link("veth1");
    bluePort = world.link("veth2");
    for (Link link : List.of(redTunnel, blueTunnel, bridge(world.red), bridge(world.blue))) {
      macs.add(mac(link));
    }
    for (int peer : new int[] {2, 3, 4}) {
      macs.add(VtepMac.of(Worlds.id(peer), FastWorld.RED));
      macs.add(VtepMac.of(Worlds.id(peer), FastWorld.BLUE));
    }
    macs.add(MacAddress.parse("ff:ff:ff:ff:ff:ff"));
    macs.add(MacAddress.parse("02:00:00:00:00:99"));
    Stream.of(
            "172.31.0.2 172.31.255.255 172.28.0.2 172.22.0.2 172.22.9.9 172.23.7.5 172.23.8.5"
                + " 172.30.0.2 172.30.0.23 172.30.0.1 172.30.9.9 172.29.0.2 172.29.0.23 172.29.0.1"
                + " 10.1.1.2 10.1.1.1 192.0.2.2 192.0.2.3 8.8.8.8 224.0.0.251")
        .flatMap(text -> Stream.of(text.split(" ")))
        .map(Worlds::ip)
        .forEach(addresses::add);
    for (FastEntry entry : observed.fastPath().entries()) {
      if (entry instanceof FastEntry.Container container) {
        containers.put(container.address(), container.tunnel());
      }
    }
    for (Wanted.Route route : desired.kernel().routes()) {
      desired.kernel().neighbors().stream()
          .filter(it -> it.device().equals(route.device()) && it.address().equals(route.via()))
          .forEach(
              end ->
                  addresses.stream()
                      .filter(route.prefix()::contains)
                      .forEach(address -> peerEnds.put(address, end.mac())));
    }
  }

  private Link bridge(Stack stack) {
    return world.link(stack.bridge());
  }

  private static MacAddress mac(Link link) {
    return Objects.requireNonNull(link.address());
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private int mostly(int usual, int... others) {
    return random.nextInt(8) != 0 ? usual : others[random.nextInt(others.length)];
  }

  /** A frame; many are right in all but one respect, since random ones are hardly ever right. */
  private TestFrame frame() {
    if (!taken.isEmpty() && random.nextInt(3) == 0) {
      return one(taken);
    }
    Link device = one(List.of(redTunnel, blueTunnel, redPort, bluePort));
    boolean inbound = device.equals(redTunnel) || device.equals(blueTunnel);
    boolean red = device.equals(redTunnel) || device.equals(redPort);
    InetAddress local =
        random.nextInt(4) == 0
            ? one(addresses)
            : Worlds.ip((red ? "172.30.0." : "172.29.0.") + one(List.of(2, 23)));
    InetAddress remote =
        random.nextInt(4) == 0
            ? one(addresses)
            : Worlds.ip(red ? one(List.of("172.31.0.2", "172.22.9.9")) : "172.28.0.2");
    MacAddress end = peerEnds.getOrDefault(remote, macs.get(0));
    MacAddress gateway = mac(inbound ? device : bridge(red ? world.red : world.blue));
    int protocol = mostly(random.nextBoolean() ? 6 : 17, 1, 47, 132);
    int payload = mostly(random.nextInt(64), 1400, 1410, 1422, 1423, 1460, 1473, 0);
    int options = mostly(0, 4, 40);
    int length = 20 + options + (protocol == 6 ? 20 : 8) + payload;
    int port = mostly(40_000 + random.nextInt(6), 1);
    return new TestFrame(
        device.index(),
        random.nextInt(10) == 0 ? one(macs) : gateway,
        inbound && random.nextInt(10) != 0 ? end : one(macs),
        // The kernel refuses trials of IPv6 frames that are shorter than a header.
        payload >= 12 ? mostly(0x0800, 0x86dd, 0x0806, 0x8100) : mostly(0x0800, 0x0806),
        options,
        mostly(random.nextBoolean() ? 0 : 0x4000, 0x2000, 1, 0x1fff, 0x8000),
        mostly(64, 0, 1, 2, 255),
        protocol,
        inbound ? remote : local,
        inbound ? local : remote,
        inbound ? port : 80,
        inbound ? 80 : port,
        mostly(length, length - 1, length + 1, 0, 20, 27, 28),
        mostly(0x10, 0x02, 0x12, 0x04, 0x11, 0x18),
        payload,
        mostly(0, 1398, 1410, 1411, 1422, 1423, 8));
  }

  /** What the documentation of the programs promises, and the state that they keep. */
  private boolean takes(TestFrame frame) {
    boolean inbound = isTunnel(frame.device());
    boolean fits =
        frame.etherType() == 0x0800
            && frame.options() == 0
            && (frame.fragment() & 0xbfff) == 0
            && frame.ttl() > 1
            && frame.length() >= 28
            && frame.length() <= frame.octetsOfIp()
            && (frame.protocol() == 17 || (frame.protocol() == 6 && (frame.flags() & 2) == 0));
    if (!fits || (inbound && !frame.to().equals(mac(tunnel(frame))))) {
      return false;
    }
    InetAddress local = inbound ? frame.destination() : frame.source();
    InetAddress remote = inbound ? frame.source() : frame.destination();
    int localPort = inbound ? frame.destinationPort() : frame.sourcePort();
    int remotePort = inbound ? frame.sourcePort() : frame.destinationPort();
    Link tunnel = tunnel(frame);
    MacAddress end = peerEnds.get(remote);
    boolean network =
        inbound
            ? end != null && end.equals(frame.from()) && isOf(remote, tunnel)
            : end != null && isOf(remote, tunnel);
    boolean container = Integer.valueOf(tunnel.index()).equals(containers.get(local));
    List<Object> flow =
        List.of(tunnel.index(), remote, local, remotePort, localPort, frame.protocol());
    List<Object> far = List.of(tunnel.index(), remote, remotePort, frame.protocol());
    if (inbound) {
      if (network && !container) {
        aside.add(far);
      }
      return network && container && frame.largest() <= 1500 && !flows.add(flow);
    }
    return network
        && container
        && frame.to().equals(mac(bridge(tunnel.equals(redTunnel) ? world.red : world.blue)))
        && frame.largest() <= MTU
        && flows.contains(flow)
        && !aside.contains(far);
  }

  private boolean isTunnel(int device) {
    return device == redTunnel.index() || device == blueTunnel.index();
  }

  private Link tunnel(TestFrame frame) {
    return frame.device() == redTunnel.index() || frame.device() == redPort.index()
        ? redTunnel
        : blueTunnel;
  }

  private boolean isOf(InetAddress remote, Link tunnel) {
    return remote.getHostAddress().startsWith("172.28.") == tunnel.equals(blueTunnel);
  }

  private boolean tableLets(TestFrame frame) {
    String bridge = tunnel(frame).equals(redTunnel) ? world.red.bridge() : world.blue.bridge();
    return isTunnel(frame.device())
        ? table.inbound(
            tunnel(frame).name(), frame.from(), frame.source(), frame.destination(), bridge)
        : table.outbound(bridge, frame.source(), tunnel(frame).name());
  }

  /**
   * Compares the verdicts.
   *
   * @return how many frames the programs took
   */
  int compare(int frames) {
    try (FastObjects objects =
        FastObjects.open(
            FastFilters.read(world.netlink, world.observer.observe().links()).ours())) {
      return Netns.call(world.host.netns(), () -> compare(frames, objects));
    }
  }

  private int compare(int frames, FastObjects objects) {
    int fast = 0;
    for (int i = 0; i < frames; i++) {
      TestFrame frame = frame();
      FastHook.Program program =
          isTunnel(frame.device()) ? FastHook.Program.FROM_TUNNEL : FastHook.Program.TOWARDS_TUNNEL;
      BpfKernel.Trial trial =
          BpfKernel.trial(objects.program(program), frame.octets(), frame.context());
      boolean expected = takes(frame);
      if (trial.verdict() != (expected ? FastPrograms.REDIRECT : FastPrograms.PASS)) {
        throw new AssertionError("frame %d, verdict %d: %s".formatted(i, trial.verdict(), frame));
      }
      if (expected) {
        assertThat(tableLets(frame)).as("the table and %s", frame).isTrue();
        check(frame, trial.packet());
        fast++;
        if (taken.size() < 200) {
          taken.add(frame);
        }
      } else {
        assertThat(trial.packet()).isEqualTo(frame.octets());
        if (flows.size() < 200 && taken.size() < 200 && frame.etherType() == 0x0800) {
          taken.add(frame);
        }
      }
    }
    return fast;
  }

  private void check(TestFrame frame, Payload after) {
    ByteBuffer out = ByteBuffer.wrap(after.toArray());
    ByteBuffer in = ByteBuffer.wrap(frame.octets().toArray());
    byte[] to = new byte[6];
    byte[] from = new byte[6];
    out.get(0, to).get(6, from);
    if (isTunnel(frame.device())) {
      boolean red = tunnel(frame).equals(redTunnel);
      assertThat(MacAddress.of(from)).isEqualTo(mac(bridge(red ? world.red : world.blue)));
      assertThat(MacAddress.of(to)).isEqualTo(containerMac(red ? world.red : world.blue));
    } else {
      assertThat(MacAddress.of(from)).isEqualTo(mac(tunnel(frame)));
      assertThat(MacAddress.of(to)).isEqualTo(peerEnds.get(frame.destination()));
    }
    assertThat(out.get(22) & 0xff).isEqualTo(frame.ttl() - 1);
    assertThat(Short.toUnsignedInt(out.getShort(24))).isEqualTo(TestFrame.sum(out));
    for (int i = 12; i < in.capacity(); i++) {
      if (i != 22 && i != 24 && i != 25) {
        assertThat(out.get(i)).isEqualTo(in.get(i));
      }
    }
  }

  private final Map<Stack, MacAddress> containerMacs = new HashMap<>();

  private MacAddress containerMac(Stack stack) {
    return containerMacs.computeIfAbsent(
        stack,
        it ->
            MacAddress.parse(
                it.container()
                    .json("ip", "-j", "link", "show", "dev", "eth0")
                    .path(0)
                    .path("address")
                    .asText()));
  }
}
