package io.vrouter.netlink.wire;

/**
 * A request as a value, not sent yet.
 *
 * @param op text for errors and logs: {@code add route 172.31.0.0/16 via 10.1.1.2 dev 7}
 * @param type RTM_
 * @param flags NLM_F_ beyond REQUEST and ACK, which the sender sets
 * @param body fixed header and attributes
 */
public record Request(String op, int type, int flags, Payload body) {
  /** The message for this request. */
  public Message message(int seq, boolean ack) {
    int more = Netlink.NLM_F_REQUEST | (ack ? Netlink.NLM_F_ACK : 0);
    return new Message(type, flags | more, seq, 0, body);
  }

  @Override
  public String toString() {
    return op;
  }
}
