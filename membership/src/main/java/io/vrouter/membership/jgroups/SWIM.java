package io.vrouter.membership.jgroups;

import io.vrouter.membership.Bytes;
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
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Responses;
import org.jspecify.annotations.Nullable;

/**
 * The top of the stack: engine messages out as unicasts, and in again. Stands where JGroups has its
 * group membership, failure detection and retransmission; needs none of them.
 *
 * <p>Public because JGroups reads its name by reflection; used by this package only.
 */
public final class SWIM extends Protocol {
  /** Names this protocol on the wire; JGroups leaves 1024 and above to others. */
  static final short ID = 1100;

  static {
    ClassConfigurator.addProtocol(ID, SWIM.class);
  }

  private final BiConsumer<InetSocketAddress, Bytes> messages;
  private final Consumer<InetSocketAddress> discovered;

  /**
   * Creates the protocol.
   *
   * @param messages takes what arrives; called on the transport's threads
   * @param discovered takes each address as discovery hears of it; likewise
   */
  SWIM(BiConsumer<InetSocketAddress, Bytes> messages, Consumer<InetSocketAddress> discovered) {
    this.messages = messages;
    this.discovered = discovered;
  }

  /** Sends one message; losing it is harmless. Any thread. */
  void send(InetSocketAddress to, Bytes bytes) {
    Message message = new BytesMessage(new IpAddress(to.getAddress(), to.getPort()));
    message.putHeader(ID, new SwimHeader()).setArray(bytes.toArray());
    down_prot.down(message);
  }

  /**
   * Asks the multicast group. Whoever hears it learns of this node; answers, and others' questions,
   * are heard from the first time on that {@code answers} is true.
   *
   * @param answers whether the others shall answer: a node that knows the mesh only shows itself
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
    if (message.getHeader(ID) instanceof SwimHeader
        && message.getSrc() instanceof IpAddress from
        && message.hasArray()) {
      ByteBuffer body =
          ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength());
      messages.accept(new InetSocketAddress(from.getIpAddress(), from.getPort()), Bytes.from(body));
    }
    return null;
  }

  @Override
  public void up(MessageBatch batch) {
    for (Message message : batch) {
      up(message);
    }
  }
}
