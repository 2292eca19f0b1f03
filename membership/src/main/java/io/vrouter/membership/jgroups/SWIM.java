package io.vrouter.membership.jgroups;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.wire.Codec;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.Discovery;
import org.jgroups.protocols.PING;
import org.jgroups.protocols.PingData;
import org.jgroups.stack.IpAddress;
import org.jgroups.stack.Protocol;
import org.jgroups.util.Responses;
import org.jspecify.annotations.Nullable;

/**
 * The top of the stack: sends and receives engine messages as unicasts. Replaces JGroups' own group
 * membership, failure detection and retransmission.
 *
 * <p>Public because JGroups reads its name by reflection; used by this package only.
 */
public final class SWIM extends Protocol {
  /** This protocol's id on the wire; JGroups leaves 1024 and above to applications. */
  static final short ID = 1100;

  static {
    ClassConfigurator.addProtocol(ID, SWIM.class);
  }

  /** Offset of the sender's id in each message: after version and type. */
  private static final int SENDER_AT = 2;

  /** The type of a message that isn't the engine's; the codec's own are small numbers. */
  private static final byte APPLICATION = 0x7F;

  private static final int APPLICATION_HEAD = SENDER_AT + NodeId.BYTES;

  private final BiConsumer<InetSocketAddress, Bytes> messages;
  private final Consumer<InetSocketAddress> discovered;
  private final Foreign foreign;
  private volatile @Nullable BiConsumer<NodeId, Bytes> passed;

  /** Receives offences, on the transport's threads. */
  interface Foreign {
    /** A message names another sender than the node of its session (null when unknown). */
    void foreign(@Nullable NodeId node, InetSocketAddress from);
  }

  /**
   * Creates the protocol.
   *
   * @param messages receives each message; called on the transport's threads
   * @param discovered receives each address that discovery finds; likewise
   * @param foreign receives each dropped message; likewise
   */
  SWIM(
      BiConsumer<InetSocketAddress, Bytes> messages,
      Consumer<InetSocketAddress> discovered,
      Foreign foreign) {
    this.messages = messages;
    this.discovered = discovered;
    this.foreign = foreign;
  }

  /** The id of the sender that a message names, or null when the message has none. */
  static @Nullable NodeId sender(Bytes message) {
    return message.length() < SENDER_AT + NodeId.BYTES
        ? null
        : new NodeId(message.longAt(SENDER_AT), message.longAt(SENDER_AT + Long.BYTES));
  }

  /** Sends one message, which may get lost. Any thread. */
  void send(InetSocketAddress to, Bytes bytes) {
    Message message = new BytesMessage(new IpAddress(to.getAddress(), to.getPort()));
    message.putHeader(ID, new SwimHeader()).setArray(bytes.toArray());
    down_prot.down(message);
  }

  /** Sends a message of the application, which may get lost. Any thread. */
  void pass(InetSocketAddress to, NodeId self, Bytes content) {
    send(
        to,
        Bytes.written(
            APPLICATION_HEAD + content.length(),
            buffer -> {
              buffer.put((byte) Codec.VERSION).put(APPLICATION);
              buffer.putLong(self.high()).putLong(self.low());
              content.putInto(buffer);
            }));
  }

  /** Passes the application's messages on; called on the transport's threads. */
  void passed(BiConsumer<NodeId, Bytes> listener) {
    passed = listener;
  }

  /**
   * Sends a discovery request to the multicast group. Receivers learn this node's address. Answers
   * and other nodes' requests are reported from the first call with {@code answers} on.
   *
   * @param answers whether an answer is wanted: a node with live peers only announces itself
   */
  void askGroup(boolean answers) {
    Discovery ping = stack.findProtocol(PING.class);
    if (ping != null && answers) {
      Consumer<PingData> each = this::heard;
      if (down_prot.down(new Event(Event.FIND_MBRS_ASYNC, each)) instanceof Responses responses) {
        responses.done();
      }
    } else if (ping != null) {
      ping.findMembers(List.of(local_addr), false, false, 0).done();
    }
  }

  private void heard(PingData data) {
    if (data.getPhysicalAddr() instanceof IpAddress address) {
      discovered.accept(new InetSocketAddress(address.getIpAddress(), address.getPort()));
    }
  }

  @Override
  public @Nullable Object up(Message message) {
    if (message.getHeader(ID) instanceof SwimHeader header
        && message.getSrc() instanceof IpAddress source
        && message.hasArray()) {
      InetSocketAddress from = new InetSocketAddress(source.getIpAddress(), source.getPort());
      Bytes body =
          Bytes.from(ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength()));
      NodeId node = header.sender();
      if (node != null && node.equals(sender(body))) {
        if (body.byteAt(1) == APPLICATION) {
          BiConsumer<NodeId, Bytes> listener = passed;
          if (listener != null) {
            listener.accept(node, body.part(APPLICATION_HEAD, body.length() - APPLICATION_HEAD));
          }
        } else {
          messages.accept(from, body);
        }
      } else {
        foreign.foreign(node, from);
      }
    }
    return null;
  }
}
