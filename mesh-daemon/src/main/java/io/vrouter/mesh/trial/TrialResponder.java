package io.vrouter.mesh.trial;

import io.vrouter.membership.NodeId;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.socket.UnfragmentedSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trials that other members begin here: two at once, one of each member. Thread-safe. */
final class TrialResponder {
  private static final Logger LOG = LoggerFactory.getLogger(TrialResponder.class);

  /** Most trials at once. */
  private static final int AT_ONCE = 2;

  /** Most results that are kept: an answer may get lost. */
  private static final int KEPT = 4;

  private static final Duration MOST_RESPONDING = Duration.ofSeconds(6);
  private static final int FIRST_PORT = 7_953;
  private static final int PORTS = 8;

  private final TrialHost host;
  private final BiConsumer<NodeId, TrialMessage> sender;
  private final Map<NodeId, Responding> responding = new HashMap<>();

  /** Results of the last trials: an answer may get lost. Guarded by {@code responding}. */
  private final Map<Long, TrialMessage.SeenLanes> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, TrialMessage.SeenLanes> eldest) {
          return size() > KEPT;
        }
      };

  /** A trial that another member has begun here. */
  private record Responding(
      long id, TrialMessage.Begun answer, PairTrial trial, AtomicBoolean asked) {}

  /**
   * Takes part in no trial yet.
   *
   * @param sender sends a message to a member, which may get lost
   */
  TrialResponder(TrialHost host, BiConsumer<NodeId, TrialMessage> sender) {
    this.host = host;
    this.sender = sender;
  }

  private void send(NodeId to, TrialMessage message) {
    sender.accept(to, message);
  }

  /** Runs a trial that a member begins; takes seconds. */
  void respond(NodeId peer, TrialMessage.Open open) {
    Responding mine;
    synchronized (responding) {
      Responding known = responding.get(peer);
      if (known != null) {
        send(
            peer,
            known.id() == open.id()
                ? known.answer()
                : new TrialMessage.Declined(open.id(), "busy with you"));
        return;
      }
      if (responding.size() >= AT_ONCE) {
        send(peer, new TrialMessage.Declined(open.id(), "busy with other trials"));
        return;
      }
      try {
        mine = begin(peer, open);
      } catch (IllegalArgumentException | SyscallException e) {
        send(peer, new TrialMessage.Declined(open.id(), String.valueOf(e.getMessage())));
        return;
      }
      responding.put(peer, mine);
    }
    try {
      send(peer, mine.answer());
      mine.trial().run(MOST_RESPONDING, mine.asked()::get);
      TrialMessage.SeenLanes seen = mine.trial().seen();
      synchronized (responding) {
        ended.put(open.id(), seen);
      }
      if (mine.asked().get()) {
        send(peer, seen);
      }
    } finally {
      synchronized (responding) {
        responding.remove(peer);
      }
      mine.trial().close();
    }
  }

  private Responding begin(NodeId peer, TrialMessage.Open open) {
    if (!host.peers().contains(peer)) {
      throw new IllegalArgumentException("you are no living member here");
    }
    for (Site site : open.sites()) {
      if (site.isOpen() && !host.has(peer, site.vni(), site.address())) {
        throw new IllegalArgumentException(
            site.address().getHostAddress() + " is in no network of your record");
      }
    }
    List<UnfragmentedSocket> sockets = new ArrayList<>();
    List<Site> sites = open(host, sockets);
    int octets = Math.min(open.octets(), host.octets(peer));
    List<Lane> lanes = PairLanes.of(open.sites(), sites);
    return new Responding(
        open.id(),
        new TrialMessage.Begun(open.id(), octets, sites),
        new PairTrial(open.id(), false, lanes, octets, sockets),
        new AtomicBoolean());
  }

  /** A member asks for the results of its trial. */
  void answer(NodeId peer, long id) {
    TrialMessage.SeenLanes seen;
    synchronized (responding) {
      Responding known = responding.get(peer);
      if (known != null && known.id() == id) {
        known.asked().set(true);
      }
      seen = ended.get(id);
    }
    if (seen != null) {
      send(peer, seen);
    }
  }

  /** This host's sites with a socket at each; a network whose address is going is left out. */
  static List<Site> open(TrialHost host, List<UnfragmentedSocket> sockets) {
    List<Site> sites = new ArrayList<>();
    for (Site site : PairLanes.fitting(host.sites())) {
      for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
        try {
          sockets.add(UnfragmentedSocket.open(site.address(), port));
          sites.add(site.at(port));
          break;
        } catch (SyscallException e) {
          LOG.debug("no trial from {} port {}: {}", site.address(), port, e.getMessage());
        }
      }
    }
    return sites;
  }
}
