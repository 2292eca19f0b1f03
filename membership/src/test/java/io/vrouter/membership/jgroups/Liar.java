package io.vrouter.membership.jgroups;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MembershipException;
import io.vrouter.membership.MembershipView;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import io.vrouter.membership.wire.SwimMessage.Chunk;
import io.vrouter.membership.wire.WireException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A member with the real transport and engine, which besides sends any message in its own name, and
 * has the records of identities it invented.
 */
public final class Liar implements AutoCloseable {
  private static final int INPUTS = 10_000;
  private static final long TICK_MILLIS = 5;

  private final NodeId id;
  private final Transport transport;
  private final Engine engine;
  private final BlockingQueue<Input> inputs = new ArrayBlockingQueue<>(INPUTS);
  private final Map<NodeId, Invention> inventions = new ConcurrentHashMap<>();
  private final Thread gossip = new Thread(this::run, "liar");
  private volatile MembershipView view;
  private volatile boolean over;

  private record Invention(SignedHead head, Bytes payload) {}

  /** Binds its socket and asks these addresses for the mesh. */
  public Liar(JGroupsConfig config, Bytes payload, List<InetSocketAddress> seeds)
      throws MembershipException {
    id = config.identity().id();
    engine =
        new Engine(
            config.swim(),
            config.identity(),
            new Ed25519Verifier(),
            config.self(),
            config.identity().incarnation(),
            config.identity().bootNonce(),
            payload,
            config.random());
    view = engine.view();
    Problems problems = new Problems(id, config.nanoTime());
    transport = new Transport(config, problems, this::heard, address -> {});
    config.keys().electorate(new Voters(this::view));
    transport.keys().listen(ids -> {}, () -> {});
    transport.open();
    inputs.add(new Input.Tick());
    inputs.add(new Input.Discovered(seeds));
    gossip.setDaemon(true);
    gossip.start();
  }

  /** Its view, which is honest. */
  public MembershipView view() {
    return view;
  }

  /** Its id, bound to its session. */
  public NodeId id() {
    return id;
  }

  /** Signs and spreads another payload of its own. */
  public void publish(Bytes payload) {
    inputs.add(new Input.Publish(payload));
  }

  /** Sends a message as it is. */
  public void say(InetSocketAddress to, SwimMessage message) {
    transport.swim().send(to, Codec.encode(message));
  }

  /** Has a record of an identity that it made, and passes it on whenever it is asked for. */
  public News invent(Signer identity, long incarnation, InetSocketAddress there, Bytes payload) {
    SignedHead head =
        SignedHead.sign(identity, incarnation, 1, incarnation, there, Intent.STAY, payload);
    inventions.put(head.id(), new Invention(head, payload));
    return new News.Heard(head, null, Standing.ALIVE);
  }

  /** A record of another member that this one signed: a forgery that nobody may take. */
  public News forge(MemberRecord victim, Intent intent, Signer forger) {
    Signer impostor =
        new Signer() {
          @Override
          public Bytes publicKey() {
            return victim.publicKey();
          }

          @Override
          public NodeId id() {
            return victim.id();
          }

          @Override
          public Bytes sign(Bytes message) {
            return forger.sign(message);
          }
        };
    SignedHead head =
        SignedHead.sign(
            impostor,
            victim.incarnation() + 1,
            victim.version() + 1,
            victim.bootNonce(),
            victim.endpoint(),
            intent,
            victim.payload());
    return new News.Heard(head, null, Standing.ALIVE);
  }

  private void heard(InetSocketAddress from, Bytes bytes) {
    try {
      SwimMessage message = Codec.decode(bytes);
      if (message instanceof SwimMessage.ChunkRequest asked) {
        Invention invention = inventions.get(asked.subject());
        if (invention != null) {
          deliver(from, asked, invention.payload);
          return;
        }
      }
      if (message instanceof SwimMessage.Pull pull) {
        for (NodeId wanted : pull.ids()) {
          Invention invention = inventions.get(wanted);
          if (invention != null) {
            News news = new News.Heard(invention.head, null, Standing.ALIVE);
            say(from, new SwimMessage.Gossip(id, List.of(news)));
          }
        }
      }
    } catch (WireException e) {
      throw new IllegalStateException("an honest member's message", e);
    }
    inputs.offer(new Input.Datagram(from, bytes));
  }

  private void deliver(InetSocketAddress to, SwimMessage.ChunkRequest asked, Bytes payload) {
    for (int i = 0; i * Chunk.SIZE < payload.length(); i++) {
      if ((asked.missing() >>> i & 1) != 0) {
        int at = i * Chunk.SIZE;
        Bytes octets = payload.part(at, Math.min(Chunk.SIZE, payload.length() - at));
        say(to, new Chunk(id, asked.subject(), asked.hash(), i, octets, List.of()));
      }
    }
  }

  private void run() {
    try {
      while (!over) {
        Input input = inputs.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
        List<Effect> effects =
            engine.step(input == null ? new Input.Tick() : input, System.nanoTime());
        view = engine.view();
        for (Effect effect : effects) {
          if (effect instanceof Effect.Send send) {
            transport.swim().send(send.to(), send.bytes());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    over = true;
    transport.close();
  }
}
