package io.vrouter.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.netlink.route.Address;
import io.vrouter.netlink.route.AddressCodec;
import io.vrouter.netlink.route.AfSpec;
import io.vrouter.netlink.route.FdbCodec;
import io.vrouter.netlink.route.FdbEntry;
import io.vrouter.netlink.route.Inet4Conf;
import io.vrouter.netlink.route.Inet6Conf;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.LinkCodec;
import io.vrouter.netlink.route.LinkInfo;
import io.vrouter.netlink.route.MacAddress;
import io.vrouter.netlink.route.Neighbor;
import io.vrouter.netlink.route.NeighborCodec;
import io.vrouter.netlink.route.Route;
import io.vrouter.netlink.route.RouteCodec;
import io.vrouter.netlink.route.Vxlan;
import io.vrouter.netlink.wire.Attribute;
import io.vrouter.netlink.wire.Message;
import io.vrouter.netlink.wire.Payload;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** What is written is read again as it was. */
class RoundTripTest {
  @Property
  void links(@ForAll("seeds") Any any) {
    Link link = any.link();
    assertThat(LinkCodec.decode(LinkCodec.encode(link))).isEqualTo(link);
  }

  @Property
  void addresses(@ForAll("seeds") Any any) {
    Address address =
        new Address(
            any.u31(),
            any.ip(),
            any.u8(),
            any.u8(),
            any.u31(),
            null,
            any.maybeIp(),
            any.text(),
            any.unknown());
    assertThat(AddressCodec.decode(AddressCodec.encode(address))).isEqualTo(address);
  }

  @Property
  void neighbors(@ForAll("seeds") Any any) {
    Neighbor neighbor =
        new Neighbor(
            any.u31(), any.ip(), any.maybeMac(), any.u16(), any.u8(), any.u8(), any.unknown());
    assertThat(NeighborCodec.decode(NeighborCodec.encode(neighbor))).isEqualTo(neighbor);
  }

  @Property
  void fdbEntries(@ForAll("seeds") Any any) {
    FdbEntry entry =
        new FdbEntry(
            any.u31(),
            any.mac(),
            any.maybeIp(),
            any.u16(),
            any.u8(),
            any.u16(),
            any.u31(),
            any.u16(),
            any.u31(),
            any.unknown());
    assertThat(FdbCodec.decode(FdbCodec.encode(entry))).isEqualTo(entry);
  }

  @Property
  void routes(@ForAll("seeds") Any any) {
    Route.NextHop hop =
        new Route.NextHop(any.u31(), any.u8(), any.u8(), any.maybeIp(), any.unknown());
    Route route =
        new Route(
            any.ip(),
            any.u8(),
            any.maybeIp(),
            any.u31(),
            any.u8(),
            any.u31(),
            any.u31(),
            any.u31(),
            any.u8(),
            any.u8(),
            any.u8(),
            any.maybeIp(),
            any.random.nextBoolean() ? List.of() : List.of(hop, hop),
            any.unknown());
    assertThat(RouteCodec.decode(RouteCodec.encode(route))).isEqualTo(route);
  }

  @Property
  void messages(@ForAll("seeds") Any any) {
    List<Message> messages = List.of(any.message(), any.message(), any.message());
    ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    messages.forEach(message -> message.write(out));
    assertThat(Message.parse(out.flip())).isEqualTo(messages);
  }

  @Provide
  Arbitrary<Any> seeds() {
    return Arbitraries.longs().map(seed -> new Any(seed, new Random(seed)));
  }

  /** Random parts, from one seed that a failure prints. */
  record Any(long seed, Random random) {
    int u8() {
      return random.nextInt(256);
    }

    int u16() {
      return random.nextInt(65_536);
    }

    int u31() {
      return random.nextInt(4) == 0 ? 0 : random.nextInt(Integer.MAX_VALUE);
    }

    MacAddress mac() {
      return new MacAddress(random.nextLong() >>> 16);
    }

    @Nullable MacAddress maybeMac() {
      return random.nextBoolean() ? mac() : null;
    }

    InetAddress ip() {
      byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(octets);
      return Payload.of(octets).ip();
    }

    @Nullable InetAddress maybeIp() {
      return random.nextBoolean() ? ip() : null;
    }

    String text() {
      return random.nextBoolean() ? "" : "ä" + Integer.toString(random.nextInt(1 << 30), 36);
    }

    Payload payload() {
      byte[] octets = new byte[random.nextInt(40)];
      random.nextBytes(octets);
      return Payload.of(octets);
    }

    Message message() {
      return new Message(u16(), u16(), random.nextInt(), random.nextInt(), payload());
    }

    /** Types that no record has a component for. */
    List<Attribute> unknown() {
      return random
          .ints(random.nextInt(3), 200, 0x4000)
          .mapToObj(type -> new Attribute(type, random.nextInt(4) << 14, payload()))
          .toList();
    }

    Link link() {
      return new Link(
          u31(),
          u16(),
          text(),
          random.nextInt(),
          u31(),
          maybeMac(),
          u31(),
          u31(),
          u8(),
          text(),
          info(),
          afSpec(),
          unknown());
    }

    private LinkInfo info() {
      Vxlan vxlan =
          new Vxlan(
              random.nextInt(1 << 24),
              maybeIp(),
              u31(),
              u16(),
              u16(),
              u16(),
              random.nextBoolean(),
              u31(),
              u31(),
              random.nextBoolean(),
              maybeIp(),
              random.nextBoolean(),
              unknown());
      return switch (random.nextInt(3)) {
        case 0 -> LinkInfo.NONE;
        case 1 -> new LinkInfo("vxlan", vxlan, List.of(), unknown());
        default -> new LinkInfo("bridge", null, unknown(), unknown());
      };
    }

    private AfSpec afSpec() {
      List<Integer> values = random.ints(random.nextInt(40)).boxed().toList();
      return new AfSpec(
          random.nextBoolean() ? new Inet4Conf(values) : null,
          random.nextBoolean() ? new Inet6Conf(values) : null,
          random.nextInt(5) - 1,
          unknown(),
          unknown(),
          unknown());
    }
  }
}
