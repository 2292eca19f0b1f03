package io.vrouter.netlink.netfilter;

import io.vrouter.netlink.wire.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One message of a listing of a set: a range's two ends may come in different ones. */
public final class SetDump {
  private final List<SetKind.Raw> raw;

  private SetDump(List<SetKind.Raw> raw) {
    this.raw = raw;
  }

  /** Reads an NFT_MSG_NEWSETELEM. */
  public static SetDump of(Payload body) {
    return new SetDump(TableCodec.rawElements(body));
  }

  /** The elements that all messages of a listing tell of. */
  public static Set<SetElement> read(List<SetDump> messages, SetKind kind) {
    List<SetKind.Raw> all = new ArrayList<>();
    messages.forEach(message -> all.addAll(message.raw));
    return kind.decode(all);
  }
}
