package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Members by id: open addressing with linear probing. Each news item costs a lookup, and with
 * thousands of members a map's chain of objects is most of that cost. Ids are hashes of keys, so
 * their octets are the hash; keys ground for collisions make a chain at most as long as the bound
 * on members.
 */
final class PeerTable extends AbstractCollection<Peer> {
  private final List<Peer> all = new ArrayList<>();

  /** High and low half of the id in each slot, next to each other. */
  private long[] ids = new long[32];

  private @Nullable Peer[] slots = new Peer[16];

  @Nullable Peer get(NodeId id) {
    return slots[find(id)];
  }

  /** The slot of the member, or the free one where it would be. */
  private int find(NodeId id) {
    int mask = slots.length - 1;
    int at = home(id.high());
    while (slots[at] != null && (ids[2 * at] != id.high() || ids[2 * at + 1] != id.low())) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(long high) {
    return (int) (high ^ high >>> 32) & (slots.length - 1);
  }

  /** Adds a member, which must be absent. */
  @Override
  public boolean add(Peer peer) {
    if (2 * all.size() >= slots.length) {
      grow();
    }
    peer.entry = all.size();
    all.add(peer);
    put(peer);
    return true;
  }

  private void put(Peer peer) {
    int at = find(peer.id);
    ids[2 * at] = peer.id.high();
    ids[2 * at + 1] = peer.id.low();
    slots[at] = peer;
  }

  private void grow() {
    int size = 2 * slots.length;
    ids = new long[2 * size];
    slots = new Peer[size];
    all.forEach(this::put);
  }

  /** Removes a member, which must be present. */
  void remove(Peer peer) {
    Peer last = all.remove(all.size() - 1);
    if (last != peer) {
      all.set(peer.entry, last);
      last.entry = peer.entry;
    }
    int mask = slots.length - 1;
    int hole = find(peer.id);
    slots[hole] = null;
    // Entries behind the hole move into it when a lookup would stop at the hole.
    for (int at = (hole + 1) & mask; slots[at] != null; at = (at + 1) & mask) {
      int distance = (at - home(ids[2 * at])) & mask;
      if (distance >= ((at - hole) & mask)) {
        slots[hole] = slots[at];
        ids[2 * hole] = ids[2 * at];
        ids[2 * hole + 1] = ids[2 * at + 1];
        slots[at] = null;
        hole = at;
      }
    }
  }

  @Override
  public Iterator<Peer> iterator() {
    return all.iterator();
  }

  @Override
  public int size() {
    return all.size();
  }
}
