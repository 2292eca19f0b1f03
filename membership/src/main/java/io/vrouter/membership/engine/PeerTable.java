package io.vrouter.membership.engine;

import io.vrouter.membership.NodeId;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members by id. */
final class PeerTable extends AbstractCollection<Peer> {
  private final List<Peer> all = new ArrayList<>();
  private final Map<NodeId, Peer> byId = new HashMap<>();

  @Nullable Peer get(NodeId id) {
    return byId.get(id);
  }

  /** Adds a member, which must be absent. */
  @Override
  public boolean add(Peer peer) {
    peer.entry = all.size();
    all.add(peer);
    byId.put(peer.id, peer);
    return true;
  }

  /** Removes a member, which must be present. */
  void remove(Peer peer) {
    Peer last = all.remove(all.size() - 1);
    if (last != peer) {
      all.set(peer.entry, last);
      last.entry = peer.entry;
    }
    byId.remove(peer.id);
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
