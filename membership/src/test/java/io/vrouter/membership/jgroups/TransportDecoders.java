package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.netlink.fuzz.Decoder;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.PING;
import org.jgroups.protocols.PingData;
import org.jgroups.protocols.PingHeader;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.TpHeader;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;
import org.jspecify.annotations.Nullable;

/** The decoders of frames and of the transport's files, with inputs of the present format. */
public final class TransportDecoders {
  private static final InetSocketAddress A = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress B = new InetSocketAddress("192.0.2.2", 7950);
  private static final FrameCheck CHECK = new FrameCheck("m", SWIM.ID);

  private TransportDecoders() {}

  /** The decoders. */
  public static List<Decoder> all() {
    return List.of(
        Decoder.of("frame", FrameCheck.class, octets -> accepted(octets, false)),
        Decoder.of("frame-group", FrameCheck.class, octets -> accepted(octets, true)),
        Decoder.of(
            "peers",
            PeersFile.class,
            octets -> PeersFile.parse(new String(octets, US_ASCII)),
            IllegalArgumentException.class));
  }

  /** What JGroups parses of a frame that is accepted. */
  private static @Nullable Object accepted(byte[] octets, boolean group) {
    ByteBuffer frame = ByteBuffer.wrap(octets);
    if (!CHECK.accepts(frame, A, group)) {
      return null;
    }
    return Frame.expand(frame, A, B);
  }

  /** Inputs. */
  public static List<byte[]> seeds() throws Exception {
    PingData data = new PingData(ip(A), false, "m", ip(A));
    return List.of(
        frame(
            with(new BytesMessage(ip(B), new byte[30]), A).putHeader(SWIM.ID, new SwimHeader()), B),
        frame(ping(PingHeader.GET_MBRS_REQ, data, null), null),
        frame(ping(PingHeader.GET_MBRS_RSP, data, ip(B)), B),
        "vrouter-peers 1\n192.0.2.1:7950\n[2001:db8::1]:7950\n".getBytes(US_ASCII));
  }

  private static IpAddress ip(InetSocketAddress address) {
    return new IpAddress(address.getAddress(), address.getPort());
  }

  private static Message with(Message message, InetSocketAddress from) {
    return message
        .setSrc(ip(from))
        .putHeader(ClassConfigurator.getProtocolId(TP.class), new TpHeader("m"));
  }

  private static Message ping(byte type, PingData data, @Nullable IpAddress to) throws Exception {
    Message message = new BytesMessage(to);
    message.setArray(Discovery.marshal(data));
    message.putHeader(
        ClassConfigurator.getProtocolId(PING.class), new PingHeader(type).clusterName("m"));
    return with(message, A);
  }

  private static byte[] frame(Message message, @Nullable InetSocketAddress to) throws Exception {
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
    Util.writeMessage(message, out, message.getDest() == null);
    ByteBuffer data = ByteBuffer.wrap(out.buffer(), 0, out.position()).slice();
    ByteBuffer frame = Frame.compact(data, A, to == null ? A : to);
    byte[] octets = new byte[frame.remaining()];
    frame.get(octets);
    return octets;
  }
}
