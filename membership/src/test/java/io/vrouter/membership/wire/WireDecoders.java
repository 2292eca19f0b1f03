package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.Verifier;
import io.vrouter.membership.sim.SimKeys;
import io.vrouter.netlink.fuzz.Decoder;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The decoders of gossip, with inputs of the present format. */
public final class WireDecoders {
  private static final SimKeys KEYS = new SimKeys();
  private static final Signer SIGNER = KEYS.signer(1);
  private static final InetSocketAddress FOUR = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress SIX = new InetSocketAddress("2001:db8::6", 7950);
  private static final NodeId ID = new NodeId(2, 3);

  /** Whoever signed: what is behind a signature is reached, too. */
  private static final Verifier ANY =
      new Verifier() {
        @Override
        public NodeId idOf(Bytes publicKey) {
          return KEYS.idOf(publicKey);
        }

        @Override
        public boolean verify(Bytes publicKey, Bytes message, Bytes signature) {
          return true;
        }
      };

  private WireDecoders() {}

  /** The decoders. */
  public static List<Decoder> all() {
    SignedHead held = head(FOUR, Bytes.EMPTY);
    return List.of(
        Decoder.of(
                "gossip",
                Codec.class,
                octets -> Codec.decode(Bytes.of(octets)),
                WireException.class)
            .writes(message -> Codec.encode((SwimMessage) message).toArray()),
        Decoder.of(
                "gossip-held",
                Codec.class,
                octets -> Codec.decode(Bytes.of(octets), id -> held),
                WireException.class)
            .writes(message -> Codec.encode((SwimMessage) message).toArray()),
        Decoder.of(
            "records",
            RecordList.class,
            octets -> RecordList.decode(Bytes.of(octets), ANY),
            WireException.class));
  }

  private static SignedHead head(InetSocketAddress endpoint, Bytes payload) {
    return SignedHead.sign(SIGNER, 1L << 32, 7, 9, endpoint, Intent.STAY, payload);
  }

  /** Inputs. */
  public static List<byte[]> seeds() {
    Bytes payload = Bytes.of(new byte[] {1, 2, 3, 4, 5});
    Bytes hash = SignedHead.hash(payload);
    List<News> news =
        List.of(
            new News.Heard(head(FOUR, Bytes.EMPTY), null, Standing.ALIVE),
            new News.Heard(head(SIX, payload), payload, Standing.FAILED),
            new News.Rumor(Standing.SUSPECT, ID, 1, ID));
    Bytes proof = AckProof.sign(SIGNER, ID, 5);
    List<SwimMessage> messages =
        List.of(
            new SwimMessage.Ping(ID, 1, news),
            new SwimMessage.ProxyPing(ID, 1, ID, 2, List.of()),
            new SwimMessage.PingReq(ID, 1, SIX, news.subList(2, 3)),
            new SwimMessage.PingReq(ID, 1, FOUR, List.of()),
            new SwimMessage.Ack(ID, 1, List.of()),
            new SwimMessage.Ack(ID, 1, ID, proof, List.of()),
            new SwimMessage.Ack(ID, 1, new NodeId(4, 4), proof, news.subList(0, 1)),
            new SwimMessage.Nack(ID, 1, List.of()),
            new SwimMessage.Gossip(ID, news),
            new SwimMessage.Digest(ID, List.of(1L, 2L, 3L, 4L), List.of()),
            new SwimMessage.Detail(
                ID,
                true,
                4,
                3,
                ID,
                new NodeId(9, 9),
                List.of(new SwimMessage.DigestEntry(ID, 1, 2, Standing.FAILED)),
                List.of()),
            new SwimMessage.Pull(ID, List.of(ID, ID), List.of()),
            new SwimMessage.ChunkRequest(ID, ID, hash, 5, List.of()),
            new SwimMessage.Chunk(ID, ID, hash, 1, payload, List.of()));
    List<byte[]> seeds = new ArrayList<>();
    messages.forEach(message -> seeds.add(Codec.encode(message).toArray()));
    List<MemberRecord> records =
        List.of(head(FOUR, payload).record(payload), head(SIX, Bytes.EMPTY).record(Bytes.EMPTY));
    seeds.add(RecordList.encode(records).toArray());
    seeds.add(RecordList.encode(records.subList(1, 2)).toArray());
    return seeds;
  }
}
