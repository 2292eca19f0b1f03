package io.vrouter.membership.jgroups;

import io.vrouter.membership.crypto.KeyBook;
import io.vrouter.membership.crypto.SealedLink;
import io.vrouter.membership.crypto.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TP;
import org.jgroups.protocols.TpHeader;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;

/**
 * Start-up self-test: marshals, seals, opens and parses one message without a socket. Fails when a
 * version of JGroups marshals differently from {@link FrameCheck}'s grammar, and loads the classes
 * that the first real message needs.
 */
final class MarshallingCheck {
  private static final int PORT = 9;

  private MarshallingCheck() {}

  /**
   * Runs the check.
   *
   * @return the frame form of this program's messages
   * @throws IllegalStateException when the parsed message differs from the one sent
   */
  static SwimFrame run(JGroupsConfig config, FrameCheck check, String cluster) {
    InetSocketAddress a = new InetSocketAddress(config.underlay(), PORT);
    InetSocketAddress b = new InetSocketAddress(config.underlay(), PORT + 1);
    RandomGenerator random = config.random();
    // A fixed clock: on a busy host loading these classes takes longer than a cookie is valid.
    long now = config.nanoTime().getAsLong();
    KeyBook keys = KeyBook.founded(config.keys().token(), config.identity(), random, () -> now);
    SealedLink from = link(config, keys, a, random, () -> now);
    SealedLink to = link(config, keys.sibling(config.identity()), b, random, () -> now);
    SwimFrame form = new SwimFrame(Frame.compact(marshalled(a, b, cluster, new byte[0]), a, b));
    byte[] payload = new byte[64];
    ByteBuffer marshalled = marshalled(a, b, cluster, payload);
    ByteBuffer frame = Frame.compact(marshalled, a, b);
    Verdict arrived = exchange(to, a, from, b, from.seal(b, frame));
    if (!(arrived instanceof Verdict.Opened opened)
        || !check.accepts(opened.frame(), a, false)
        || !Frame.expand(opened.frame(), a, b).equals(marshalled)
        || !sameInShort(form, opened, a, b, payload)) {
      throw new IllegalStateException(
          "this version of JGroups marshals messages otherwise than this program expects");
    }
    return form;
  }

  private static SealedLink link(
      JGroupsConfig config,
      KeyBook keys,
      InetSocketAddress self,
      RandomGenerator random,
      LongSupplier nanoTime) {
    SealedLink.LinkConfig place = new SealedLink.LinkConfig(List.of(self), null, 1);
    return new SealedLink(keys, config.identity(), place, random, nanoTime);
  }

  private static boolean sameInShort(
      SwimFrame form,
      Verdict.Opened opened,
      InetSocketAddress a,
      InetSocketAddress b,
      byte[] payload) {
    ByteBuffer frame = opened.frame();
    Message message = form.in(frame, address(a), address(b), opened.sender());
    return message != null
        && Arrays.equals(message.getArray(), payload)
        && frame.equals(form.of(message));
  }

  /** Delivers a datagram and its replies; the verdict of the last one. */
  private static Verdict exchange(
      SealedLink to,
      InetSocketAddress source,
      SealedLink from,
      InetSocketAddress destination,
      ByteBuffer datagram) {
    Verdict verdict = to.open(source, datagram);
    if (verdict instanceof Verdict.Reply reply) {
      for (ByteBuffer answer : reply.datagrams()) {
        verdict = exchange(from, destination, to, source, answer);
      }
    }
    return verdict;
  }

  private static IpAddress address(InetSocketAddress address) {
    return new IpAddress(address.getAddress(), address.getPort());
  }

  private static ByteBuffer marshalled(
      InetSocketAddress a, InetSocketAddress b, String cluster, byte[] payload) {
    Message message = new BytesMessage(address(b), payload);
    message.setSrc(address(a));
    message.putHeader(ClassConfigurator.getProtocolId(TP.class), new TpHeader(cluster));
    message.putHeader(SWIM.ID, new SwimHeader());
    ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(256);
    try {
      Util.writeMessage(message, out, false);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory fails for no reason known", e);
    }
    return ByteBuffer.wrap(out.buffer(), 0, out.position()).slice();
  }
}
