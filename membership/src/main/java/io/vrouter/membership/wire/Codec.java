package io.vrouter.membership.wire;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages to bytes and back.
 *
 * <p>A datagram: version (1), type (1), sender's id (16), fields of the type, count of news (1),
 * then each news: kind (1) and its fields.
 */
public final class Codec {
  /** Bytes of a datagram before sealing. */
  public static final int MAX_DATAGRAM = 1100;

  /** The first byte of every datagram. */
  public static final int VERSION = 1;

  private static final int PING = 1;
  private static final int PING_REQ = 2;
  private static final int ACK = 3;
  private static final int RELAYED_ACK = 4;
  private static final int NACK = 5;
  private static final int GOSSIP = 6;
  private static final int DIGEST = 7;
  private static final int DETAIL = 8;
  private static final int PULL = 9;
  private static final int CHUNK_REQUEST = 10;
  private static final int CHUNK = 11;
  private static final int PROXY_PING = 12;
  private static final int PROVEN_ACK = 13;

  private static final int RUMOR = 1;
  private static final int HEAD = 2;
  private static final int RECORD = 3;

  /** Version, type, sender, count of news. */
  private static final int FRAME = 2 + NodeId.BYTES + 1;

  private Codec() {}

  /** Heads held by the caller. */
  public interface Heads {
    /** The head of a member, or null. */
    @Nullable SignedHead of(NodeId id);
  }

  /** Whether a datagram, which may be malformed, is a probe or an answer to one. */
  public static boolean isProbe(Bytes datagram) {
    if (datagram.length() < 2) {
      return false;
    }
    byte type = datagram.byteAt(1);
    return (type >= PING && type <= NACK) || type == PROXY_PING || type == PROVEN_ACK;
  }

  /** Bytes the message has without its news. */
  public static int bareLength(SwimMessage message) {
    if (message instanceof SwimMessage.Ping || message instanceof SwimMessage.Nack) {
      return FRAME + 8;
    } else if (message instanceof SwimMessage.PingReq m) {
      return FRAME + 8 + Writer.endpointLength(m.target());
    } else if (message instanceof SwimMessage.ProxyPing) {
      return FRAME + 8 + NodeId.BYTES + 8;
    } else if (message instanceof SwimMessage.Ack m) {
      return FRAME + 8 + (m.firstHand() ? 0 : NodeId.BYTES) + m.proof().length();
    } else if (message instanceof SwimMessage.Digest m) {
      return FRAME + 1 + 8 * m.hashes().size();
    } else if (message instanceof SwimMessage.Detail m) {
      return FRAME
          + 2
          + 8
          + 2 * NodeId.BYTES
          + 1
          + SwimMessage.DigestEntry.LENGTH * m.entries().size();
    } else if (message instanceof SwimMessage.Pull m) {
      return FRAME + 1 + NodeId.BYTES * m.ids().size();
    } else if (message instanceof SwimMessage.ChunkRequest) {
      return FRAME + NodeId.BYTES + SignedHead.HASH + 4;
    } else if (message instanceof SwimMessage.Chunk m) {
      return FRAME + NodeId.BYTES + SignedHead.HASH + 1 + 2 + m.octets().length();
    } else if (message instanceof SwimMessage.Gossip) {
      return FRAME;
    }
    throw new IllegalArgumentException("unknown message " + message);
  }

  /**
   * The datagram's bytes.
   *
   * @throws IllegalArgumentException when they are more than {@link #MAX_DATAGRAM}
   */
  public static Bytes encode(SwimMessage message) {
    int length = bareLength(message);
    for (News news : message.news()) {
      length += news.length();
    }
    if (length > MAX_DATAGRAM) {
      throw new IllegalArgumentException(
          "a datagram of " + length + " bytes, at most " + MAX_DATAGRAM + " are allowed");
    }
    return Bytes.written(length, new Octets(message));
  }

  /** Not a lambda: creating a capturing lambda is slow under C1, and each datagram needs one. */
  private record Octets(SwimMessage message) implements Consumer<ByteBuffer> {
    @Override
    public void accept(ByteBuffer datagram) {
      write(new Writer(datagram), message);
    }
  }

  private static void write(Writer out, SwimMessage message) {
    out.u8(VERSION);
    if (message instanceof SwimMessage.Ping m) {
      out.u8(PING).id(m.from()).s64(m.number());
    } else if (message instanceof SwimMessage.PingReq m) {
      out.u8(PING_REQ).id(m.from()).s64(m.number()).endpoint(m.target());
    } else if (message instanceof SwimMessage.ProxyPing m) {
      out.u8(PROXY_PING).id(m.from()).s64(m.number()).id(m.asker()).s64(m.question());
    } else if (message instanceof SwimMessage.Ack m) {
      int type = m.firstHand() ? m.proof().length() == 0 ? ACK : PROVEN_ACK : RELAYED_ACK;
      out.u8(type).id(m.from()).s64(m.number());
      if (type == RELAYED_ACK) {
        out.id(m.responder());
      }
      out.bytes(m.proof());
    } else if (message instanceof SwimMessage.Nack m) {
      out.u8(NACK).id(m.from()).s64(m.number());
    } else if (message instanceof SwimMessage.Gossip m) {
      out.u8(GOSSIP).id(m.from());
    } else if (message instanceof SwimMessage.Digest m) {
      out.u8(DIGEST).id(m.from()).u8(m.hashes().size());
      m.hashes().forEach(out::s64);
    } else if (message instanceof SwimMessage.Detail m) {
      out.u8(DETAIL).id(m.from()).u8(m.answer() ? 1 : 0).u8(m.buckets()).s64(m.mask());
      out.id(m.first()).id(m.last()).u8(m.entries().size());
      for (SwimMessage.DigestEntry e : m.entries()) {
        out.id(e.id()).s64(e.incarnation()).s64(e.version()).u8(e.standing().code());
      }
    } else if (message instanceof SwimMessage.Pull m) {
      out.u8(PULL).id(m.from()).u8(m.ids().size());
      m.ids().forEach(out::id);
    } else if (message instanceof SwimMessage.ChunkRequest m) {
      out.u8(CHUNK_REQUEST).id(m.from()).id(m.subject()).bytes(m.hash()).s32(m.missing());
    } else if (message instanceof SwimMessage.Chunk m) {
      out.u8(CHUNK).id(m.from()).id(m.subject()).bytes(m.hash()).u8(m.index());
      out.u16(m.octets().length()).bytes(m.octets());
    } else {
      throw new IllegalArgumentException("unknown message " + message);
    }
    out.u8(message.news().size());
    for (News news : message.news()) {
      write(out, news);
    }
  }

  private static void write(Writer out, News news) {
    if (news instanceof News.Rumor r) {
      out.u8(RUMOR).u8(r.standing().code()).id(r.subject()).s64(r.incarnation()).id(r.by());
    } else if (news instanceof News.Heard h) {
      out.u8(h.payload() == null ? HEAD : RECORD).u8(h.standing().code());
      h.head().write(out);
      if (h.payload() != null) {
        out.u16(h.payload().length()).bytes(h.payload());
      }
    } else {
      throw new IllegalArgumentException("unknown news " + news);
    }
  }

  /**
   * Reads a datagram.
   *
   * @throws WireException when the bytes are not exactly one message
   */
  public static SwimMessage decode(Bytes datagram) throws WireException {
    return decode(datagram, id -> null);
  }

  /**
   * As above; a head equal to a held one is returned as that same object.
   *
   * @throws WireException when the bytes are not exactly one message
   */
  public static SwimMessage decode(Bytes datagram, Heads held) throws WireException {
    Reader in = new Reader(datagram, held);
    if (datagram.length() > MAX_DATAGRAM) {
      throw in.error("a datagram of " + datagram.length() + " bytes");
    }
    int version = in.u8();
    if (version != VERSION) {
      throw in.error("a datagram of version " + version + ", this reads " + VERSION);
    }
    int type = in.u8();
    NodeId from = in.id();
    SwimMessage message =
        switch (type) {
          case PING -> new SwimMessage.Ping(from, in.s64(), news(in));
          case PING_REQ -> new SwimMessage.PingReq(from, in.s64(), in.endpoint(), news(in));
          case PROXY_PING -> new SwimMessage.ProxyPing(from, in.s64(), in.id(), in.s64(), news(in));
          case ACK -> new SwimMessage.Ack(from, in.s64(), news(in));
          case PROVEN_ACK ->
              new SwimMessage.Ack(from, in.s64(), from, in.bytes(SignedHead.SIGNATURE), news(in));
          case RELAYED_ACK -> relayedAck(from, in);
          case NACK -> new SwimMessage.Nack(from, in.s64(), news(in));
          case GOSSIP -> new SwimMessage.Gossip(from, news(in));
          case DIGEST -> digest(from, in);
          case DETAIL -> detail(from, in);
          case PULL -> pull(from, in);
          case CHUNK_REQUEST ->
              new SwimMessage.ChunkRequest(
                  from, in.id(), in.bytes(SignedHead.HASH), in.s32(), news(in));
          case CHUNK -> chunk(from, in);
          default -> throw in.error("unknown type " + type);
        };
    in.end();
    return message;
  }

  private static SwimMessage relayedAck(NodeId from, Reader in) throws WireException {
    long number = in.s64();
    NodeId responder = in.id();
    if (responder.equals(from)) {
      throw in.error("a relayed ack whose responder is its sender");
    }
    Bytes proof = in.bytes(SignedHead.SIGNATURE);
    return new SwimMessage.Ack(from, number, responder, proof, news(in));
  }

  private static SwimMessage digest(NodeId from, Reader in) throws WireException {
    int buckets = buckets(in);
    List<Long> hashes = new ArrayList<>();
    for (int i = 0; i < buckets; i++) {
      hashes.add(in.s64());
    }
    return new SwimMessage.Digest(from, hashes, news(in));
  }

  private static int buckets(Reader in) throws WireException {
    int buckets = in.u8();
    if (buckets > SwimMessage.Digest.MAX_BUCKETS || Integer.bitCount(buckets) != 1) {
      throw in.error("a digest of " + buckets + " buckets");
    }
    return buckets;
  }

  private static SwimMessage detail(NodeId from, Reader in) throws WireException {
    int answer = in.u8();
    if (answer > 1) {
      throw in.error("a flag of " + answer);
    }
    int buckets = buckets(in);
    long mask = in.s64();
    NodeId first = in.id();
    NodeId last = in.id();
    int count = in.u8();
    List<SwimMessage.DigestEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(new SwimMessage.DigestEntry(in.id(), in.s64(), in.s64(), Standing.read(in)));
    }
    return new SwimMessage.Detail(from, answer == 1, buckets, mask, first, last, entries, news(in));
  }

  private static SwimMessage pull(NodeId from, Reader in) throws WireException {
    int count = in.u8();
    List<NodeId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(in.id());
    }
    return new SwimMessage.Pull(from, ids, news(in));
  }

  private static SwimMessage chunk(NodeId from, Reader in) throws WireException {
    NodeId subject = in.id();
    Bytes hash = in.bytes(SignedHead.HASH);
    int index = in.u8();
    Bytes octets = in.bytes(in.u16());
    return new SwimMessage.Chunk(from, subject, hash, index, octets, news(in));
  }

  private static List<News> news(Reader in) throws WireException {
    int count = in.u8();
    if (count == 0) {
      return List.of();
    }
    List<News> news = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kind = in.u8();
      Standing standing = Standing.read(in);
      switch (kind) {
        case RUMOR -> {
          if (standing == Standing.ALIVE) {
            throw in.error("a rumour with standing ALIVE: only the member itself can sign that");
          }
          news.add(new News.Rumor(standing, in.id(), in.s64(), in.id()));
        }
        case HEAD -> news.add(new News.Heard(SignedHead.read(in), null, standing));
        case RECORD -> {
          SignedHead head = SignedHead.read(in);
          news.add(new News.Heard(head, in.bytes(in.u16()), standing));
        }
        default -> throw in.error("unknown kind of news " + kind);
      }
    }
    return news;
  }
}
