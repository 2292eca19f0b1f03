package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One message of a listing of a set: the two ends of a range may be in different messages. */
public final class SetDump {
  private final List<SetKind.Raw> raw;

  private SetDump(List<SetKind.Raw> raw) {
    this.raw = raw;
  }

  /** Reads an NFT_MSG_NEWSETELEM. */
  public static SetDump of(Payload body) {
    return new SetDump(TableCodec.rawElements(body));
  }

  /** The elements in all messages of a listing. */
  public static Set<SetElement> read(List<SetDump> messages, SetKind kind) {
    List<SetKind.Raw> all = new ArrayList<>();
    messages.forEach(message -> all.addAll(message.raw));
    return kind.decode(all);
  }
}
