package io.vrouter.membership.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.crypto.Verdict.Dropped;
import io.vrouter.membership.crypto.Verdict.Opened;
import io.vrouter.membership.crypto.Verdict.Reply;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/** Links of several nodes, real keys and virtual time; every datagram is recorded. */
final class KeyMesh {
  static final String TEXT = "hello, this is a frame of fifty-three octets: a pings";

  long now = 1;
  final Map<InetSocketAddress, Node> nodes = new LinkedHashMap<>();
  final List<Sent> recorded = new ArrayList<>();
  private final Deque<Sent> flying = new ArrayDeque<>();

  /** Which datagrams pass, by sender and receiver. */
  BiPredicate<Node, Node> passes = (from, to) -> true;

  record Sent(InetSocketAddress from, InetSocketAddress to, ByteBuffer datagram) {}

  final class Node {
    final InetSocketAddress at;
    final SeededSigner signer;
    final KeyBook book;
    final SealedLink link;
    final List<String> heard = new ArrayList<>();
    final List<Verdict.Reason> dropped = new ArrayList<>();

    Node(int number, KeyBook book, SeededSigner signer, long boot) {
      this.at = at(number);
      this.signer = signer;
      this.book = book;
      SealedLink.LinkConfig place = new SealedLink.LinkConfig(List.of(at), null, 64);
      this.link = new SealedLink(book, signer, place, new Random(boot), () -> now);
      book.electorate(
          new Electorate() {
            @Override
            public Set<NodeId> known() {
              return members;
            }

            @Override
            public Set<NodeId> alive() {
              return members;
            }
          });
      nodes.put(at, this);
    }

    final Set<NodeId> members = new HashSet<>();

    void says(Node to, String text) {
      ByteBuffer frame = ByteBuffer.wrap((TEXT + text).getBytes(US_ASCII));
      flying.add(new Sent(at, to.at, link.seal(to.at, frame)));
    }

    int key() {
      return book.keyring().id();
    }

    boolean in() {
      return book.keyring().hasEpoch();
    }

    private void take(Sent sent) {
      Verdict verdict = link.open(sent.from, sent.datagram.duplicate());
      if (verdict instanceof Opened frame) {
        heard.add(US_ASCII.decode(frame.frame()).toString().substring(TEXT.length()));
      } else if (verdict instanceof Reply reply) {
        reply.datagrams().forEach(d -> flying.add(new Sent(at, sent.from, d)));
      } else if (verdict instanceof Dropped drop) {
        dropped.add(drop.reason());
      }
    }
  }

  static InetSocketAddress at(int number) {
    return new InetSocketAddress("192.0.2." + number, 7950);
  }

  Node fresh(int number, MeshToken token) {
    SeededSigner signer = new SeededSigner(number);
    return new Node(
        number, KeyBook.empty(token, signer, new Random(number), () -> now), signer, number);
  }

  /** The node once more, with the same keys and address, as after a restart. */
  Node restarted(Node node, KeyBook book, long boot) {
    int number = node.at.getAddress().getAddress()[3];
    return new Node(number, book, node.signer, boot);
  }

  /** All know each other as members. */
  void acquaint() {
    for (Node node : nodes.values()) {
      for (Node other : nodes.values()) {
        node.members.add(other.signer.id());
      }
    }
  }

  /** Delivers all that is under way, and what it causes. */
  void deliver() {
    for (int i = 0; !flying.isEmpty(); i++) {
      if (i > 20_000) {
        throw new AssertionError("they never stop");
      }
      Sent sent = flying.remove();
      recorded.add(sent);
      Node from = Objects.requireNonNull(nodes.get(sent.from));
      Node to = nodes.get(sent.to);
      if (to != null && passes.test(from, to)) {
        to.take(sent);
      }
    }
  }

  /** Time passes in steps of 100 ms. */
  void run(double seconds) {
    for (int i = 0; i < seconds * 10; i++) {
      now += TimeUnit.MILLISECONDS.toNanos(100);
      for (Node node : nodes.values()) {
        node.link.dueKeys().forEach(out -> flying.add(new Sent(node.at, out.to(), out.datagram())));
      }
      deliver();
    }
  }

  /** Everybody speaks to everybody. */
  void talk(String text) {
    for (Node from : List.copyOf(nodes.values())) {
      for (Node to : List.copyOf(nodes.values())) {
        if (from != to) {
          from.says(to, text);
        }
      }
    }
    deliver();
  }
}
