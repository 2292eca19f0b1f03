package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Verifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of signed records, for a file: for each the head as its owner signed it, the payload's
 * length (4) and the payload.
 */
public final class RecordList {
  private static final Codec.Heads NONE = RecordList::none;

  private RecordList() {}

  private static @Nullable SignedHead none(NodeId id) {
    return null;
  }

  /** Writes the records; signatures stay as they are. */
  public static Bytes encode(Collection<MemberRecord> records) {
    List<SignedHead> heads = records.stream().map(SignedHead::of).toList();
    int length = 0;
    for (SignedHead head : heads) {
      length += head.length() + 4 + head.payloadLength();
    }
    return Bytes.written(
        length,
        out -> {
          Writer fields = new Writer(out);
          int at = 0;
          for (MemberRecord record : records) {
            heads.get(at++).write(fields);
            fields.s32(record.payload().length()).bytes(record.payload());
          }
        });
  }

  /**
   * Reads the records.
   *
   * @throws WireException when a record is truncated or its signature is wrong
   */
  public static List<MemberRecord> decode(Bytes octets, Verifier verifier) throws WireException {
    Reader in = new Reader(octets, NONE);
    List<MemberRecord> records = new ArrayList<>();
    while (in.position() < octets.length()) {
      SignedHead head = SignedHead.read(in);
      int length = in.s32();
      if (length != head.payloadLength()) {
        throw in.error("a payload of " + length + " bytes, " + head.payloadLength() + " signed");
      }
      Bytes payload = in.bytes(length);
      if (!head.covers(payload) || !head.authentic(verifier)) {
        throw in.error("a record of " + head.id().abbreviated() + " that it did not sign");
      }
      records.add(head.record(payload));
    }
    return List.copyOf(records);
  }
}
