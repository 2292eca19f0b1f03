package io.vrouter.mesh.trial;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.NodeId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A message between two hosts' trials, at most {@link #MOST} octets: version, type, id, rest. */
sealed interface TrialMessage {
  int MOST = 1_000;
  byte VERSION = 1;

  /**
   * Most results of one {@link PairReport}: with {@link PairResult#LISTED} failures each it fits.
   */
  int RESULTS = 1;

  /** Number that an answer repeats. */
  long id();

  /** Asks for an {@link Echoed}. */
  record Echo(long id) implements TrialMessage {}

  /** The answer to an {@link Echo}. */
  record Echoed(long id) implements TrialMessage {}

  /**
   * Asks for a trial.
   *
   * @param octets of the largest packets
   */
  record Open(long id, int octets, List<Site> sites) implements TrialMessage {}

  /** The answer to an {@link Open}: the responder has begun. */
  record Begun(long id, int octets, List<Site> sites) implements TrialMessage {}

  /** The answer of a responder that doesn't take part. */
  record Declined(long id, String why) implements TrialMessage {}

  /** Ends a trial and asks what arrived. */
  record Ask(long id) implements TrialMessage {}

  /**
   * What arrived at the responder, by lane.
   *
   * @param octets of bulk packets
   * @param micros from the first to the last of these
   */
  record SeenLanes(long id, BitSet small, BitSet large, BitSet other, long octets, int micros)
      implements TrialMessage {}

  /**
   * Asks for the trials with all members that have a higher id, except the asker's; asked again for
   * each next result.
   *
   * @param index of the result wanted
   */
  record Run(long id, int index, boolean speed) implements TrialMessage {}

  /**
   * A result, when there is one already.
   *
   * @param total how many there will be
   */
  record PairReport(long id, int index, int total, List<PairResult> results)
      implements TrialMessage {}

  /** A message as octets. */
  static Bytes encode(TrialMessage message) {
    ByteBuffer out = ByteBuffer.allocate(MOST);
    out.put(VERSION);
    if (message instanceof Echo) {
      out.put((byte) 1).putLong(message.id());
    } else if (message instanceof Echoed) {
      out.put((byte) 2).putLong(message.id());
    } else if (message instanceof Open open) {
      out.put((byte) 3).putLong(open.id).putShort((short) open.octets);
      sites(out, open.sites);
    } else if (message instanceof Begun opened) {
      out.put((byte) 4).putLong(opened.id).putShort((short) opened.octets);
      sites(out, opened.sites);
    } else if (message instanceof Declined refused) {
      out.put((byte) 5).putLong(refused.id);
      text(out, refused.why);
    } else if (message instanceof Ask) {
      out.put((byte) 6).putLong(message.id());
    } else if (message instanceof SeenLanes seen) {
      out.put((byte) 7).putLong(seen.id).putLong(seen.octets).putInt(seen.micros);
      bits(out, seen.small);
      bits(out, seen.large);
      bits(out, seen.other);
    } else if (message instanceof Run run) {
      out.put((byte) 8).putLong(run.id).putShort((short) run.index);
      out.put((byte) (run.speed ? 1 : 0));
    } else if (message instanceof PairReport report) {
      out.put((byte) 9).putLong(report.id).putShort((short) report.index);
      out.putShort((short) report.total).put((byte) report.results.size());
      report.results.forEach(result -> result(out, result));
    }
    return Bytes.from(out.flip());
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException when the octets are none
   */
  static TrialMessage decode(Bytes octets) {
    ByteBuffer in = octets.buffer();
    try {
      if (in.get() != VERSION) {
        throw new IllegalArgumentException("another version");
      }
      byte type = in.get();
      long id = in.getLong();
      return switch (type) {
        case 1 -> new Echo(id);
        case 2 -> new Echoed(id);
        case 3 -> new Open(id, in.getShort() & 0xFFFF, sites(in));
        case 4 -> new Begun(id, in.getShort() & 0xFFFF, sites(in));
        case 5 -> new Declined(id, text(in));
        case 6 -> new Ask(id);
        case 7 -> seen(id, in);
        case 8 -> new Run(id, in.getShort() & 0xFFFF, in.get() == 1);
        case 9 -> report(id, in);
        default -> throw new IllegalArgumentException("type " + type);
      };
    } catch (BufferUnderflowException | UnknownHostException e) {
      throw new IllegalArgumentException("too short", e);
    }
  }

  private static SeenLanes seen(long id, ByteBuffer in) {
    long octets = in.getLong();
    int micros = in.getInt();
    return new SeenLanes(id, bits(in), bits(in), bits(in), octets, micros);
  }

  private static PairReport report(long id, ByteBuffer in) throws UnknownHostException {
    int index = in.getShort() & 0xFFFF;
    int total = in.getShort() & 0xFFFF;
    int count = Math.min(RESULTS, in.get() & 0xFF);
    List<PairResult> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(result(in));
    }
    return new PairReport(id, index, total, results);
  }

  private static void sites(ByteBuffer out, List<Site> sites) {
    out.put((byte) sites.size());
    for (Site site : sites) {
      out.put((byte) (site.vni() >> 16)).putShort((short) site.vni()).putShort((short) site.port());
      address(out, site.address());
    }
  }

  private static List<Site> sites(ByteBuffer in) throws UnknownHostException {
    int count = in.get() & 0xFF;
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int vni = (in.get() & 0xFF) << 16 | (in.getShort() & 0xFFFF);
      int port = in.getShort() & 0xFFFF;
      if (port == 0) {
        throw new IllegalArgumentException("port 0");
      }
      sites.add(new Site(vni, address(in), port));
    }
    return sites;
  }

  private static void address(ByteBuffer out, InetAddress address) {
    byte[] octets = address.getAddress();
    out.put((byte) octets.length).put(octets);
  }

  private static InetAddress address(ByteBuffer in) throws UnknownHostException {
    int length = in.get();
    if (length != 4 && length != 16) {
      throw new IllegalArgumentException("an address of " + length + " octets");
    }
    byte[] octets = new byte[length];
    in.get(octets);
    return InetAddress.getByAddress(octets);
  }

  private static void bits(ByteBuffer out, BitSet bits) {
    byte[] octets = bits.toByteArray();
    out.put((byte) octets.length).put(octets);
  }

  private static BitSet bits(ByteBuffer in) {
    byte[] octets = new byte[in.get() & 0xFF];
    in.get(octets);
    return BitSet.valueOf(octets);
  }

  private static void text(ByteBuffer out, String text) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    int length = Math.min(200, octets.length);
    out.put((byte) length).put(octets, 0, length);
  }

  private static String text(ByteBuffer in) {
    byte[] octets = new byte[in.get() & 0xFF];
    in.get(octets);
    return new String(octets, StandardCharsets.US_ASCII).replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static void result(ByteBuffer out, PairResult result) {
    out.putLong(result.from().high()).putLong(result.from().low());
    out.putLong(result.to().high()).putLong(result.to().low());
    text(out, result.trouble());
    out.putShort((short) result.connected()).putShort((short) result.apart());
    out.putShort((short) result.octets()).putInt(result.micros()).putLong(result.bitsPerSecond());
    out.putShort((short) result.failed());
    out.put((byte) Math.min(PairResult.LISTED, result.failures().size()));
    result.failures().stream()
        .limit(PairResult.LISTED)
        .forEach(
            failure -> {
              address(out, failure.near());
              address(out, failure.far());
              out.put((byte) failure.kind().code());
            });
  }

  private static PairResult result(ByteBuffer in) throws UnknownHostException {
    NodeId from = new NodeId(in.getLong(), in.getLong());
    NodeId to = new NodeId(in.getLong(), in.getLong());
    String trouble = text(in);
    int connected = in.getShort() & 0xFFFF;
    int apart = in.getShort() & 0xFFFF;
    int octets = in.getShort() & 0xFFFF;
    int micros = in.getInt();
    long bits = in.getLong();
    int failed = in.getShort() & 0xFFFF;
    int listed = Math.min(PairResult.LISTED, in.get() & 0xFF);
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < listed; i++) {
      InetAddress near = address(in);
      InetAddress far = address(in);
      failures.add(new Failure(near, far, Failure.Finding.of(in.get() & 0xFF)));
    }
    return new PairResult(
        from, to, trouble, connected, apart, octets, micros, bits, failed, failures);
  }
}
