package io.vrouter.membership.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The table, against a map. */
class PeerTableTest {
  private static final InetSocketAddress ENDPOINT = new InetSocketAddress("192.0.2.1", 7950);

  private record Nobody(NodeId id) implements Signer {
    @Override
    public Bytes publicKey() {
      return Bytes.of(new byte[32]);
    }

    @Override
    public Bytes sign(Bytes message) {
      return Bytes.of(new byte[64]);
    }
  }

  private static Peer peer(NodeId id) {
    SignedHead head =
        SignedHead.sign(new Nobody(id), 1, 1, 1, ENDPOINT, MemberRecord.Intent.STAY, Bytes.EMPTY);
    return new Peer(id, new Belief(head, Standing.ALIVE), Bytes.EMPTY, 0);
  }

  @Property(tries = 300)
  void holdsWhatWasAddedAndNotWhatWasRemoved(@ForAll long seed, @ForAll boolean crowded) {
    Random random = new Random(seed);
    PeerTable table = new PeerTable();
    Map<NodeId, Peer> map = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      // Crowded: few halves, so that all have the same few homes and chains are long.
      long high = crowded ? random.nextInt(3) : random.nextLong();
      NodeId id = new NodeId(high, random.nextInt(40));
      Peer held = map.get(id);
      if (held == null) {
        Peer peer = peer(id);
        table.add(peer);
        map.put(id, peer);
      } else if (random.nextBoolean()) {
        table.remove(held);
        map.remove(id);
      }
      assertThat(table.get(id)).isSameAs(map.get(id));
    }
    assertThat(table).containsExactlyInAnyOrderElementsOf(map.values());
    map.forEach((id, peer) -> assertThat(table.get(id)).isSameAs(peer));
  }
}
