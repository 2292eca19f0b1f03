package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Bytes;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.MembershipEvent;
import io.vrouter.membership.Signer;
import io.vrouter.membership.crypto.Ed25519Verifier;
import io.vrouter.membership.crypto.MeshToken;
import io.vrouter.membership.crypto.SeededSigner;
import io.vrouter.membership.crypto.Verdict;
import io.vrouter.membership.engine.Effect;
import io.vrouter.membership.engine.Engine;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineRunnerTest {
  @TempDir Path directory;
  private final List<String> done = new ArrayList<>();
  private JGroupsConfig config;
  private EngineRunner runner;

  private final class Outside implements EngineRunner.Outside {
    @Override
    public void send(Effect.Send send) {
      done.add("sent");
    }

    @Override
    public void askGroup(boolean answers) {
      done.add("asked");
    }

    @Override
    public void groupChance(double chance) {}

    @Override
    public void followDevice() {}

    @Override
    public void offended(Input.Datagram datagram) {
      done.add("offended");
    }

    @Override
    public void submit(Input input) {
      done.add(input.getClass().getSimpleName());
    }
  }

  @BeforeEach
  void begin() throws Exception {
    MeshToken token = MeshToken.create("lab", List.of(), new SecureRandom());
    config = new Loopback(directory).config("a", token);
    Engine engine =
        new Engine(
            config.swim(),
            config.identity(),
            new Ed25519Verifier(),
            config.self(),
            config.identity().incarnation(),
            config.identity().bootNonce(),
            Bytes.EMPTY,
            config.random());
    Problems problems = new Problems(config.identity().id(), config.nanoTime());
    SeedBook seeds = new SeedBook(config, problems);
    runner = new EngineRunner(config, engine, problems, seeds, List.of(), new Outside());
    runner.listen(event -> done.add(event.getClass().getSimpleName()));
  }

  @Test
  void everyKindOfEffectIsCarriedOut() {
    Member self = Objects.requireNonNull(runner.view().members().get(config.identity().id()));
    List<Effect> one =
        List.of(
            new Effect.Send(config.self(), Bytes.EMPTY),
            new Effect.Emit(new MembershipEvent.Updated(self.id(), self.record())),
            new Effect.ProbeDataPath(
                new Member(self.id(), MemberState.SUSPECT, self.record(), 0), 7),
            new Effect.Discover(),
            new Effect.Persist(9L << 32),
            new Effect.LeaveDone());
    assertThat(one)
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder(Effect.class.getPermittedSubclasses());
    for (Effect effect : one) {
      runner.perform(effect, config.nanoTime().getAsLong());
    }
    assertThat(done).containsExactly("sent", "Updated", "DataPathAnswer");
    assertThat(runner.left()).isCompleted();
  }

  @Test
  void whatIsMalformedOrForgedIsHeldAgainstItsSender() throws Exception {
    InetSocketAddress peer = new InetSocketAddress("192.0.2.2", 7950);
    SeededSigner signer = new SeededSigner(7);
    long now = config.nanoTime().getAsLong();
    runner.take(new Input.Datagram(peer, Insider.message(signer.id(), "no such type")), now);
    assertThat(done).containsOnlyOnce("offended");
    done.clear();
    runner.take(new Input.Datagram(peer, gossip(signer, signer)), now);
    assertThat(done).doesNotContain("offended");
    runner.take(
        new Input.Datagram(peer, gossip(new SeededSigner(8), new SeededSigner(8).impostor())), now);
    assertThat(done).containsOnlyOnce("offended");
  }

  private static Bytes gossip(Signer sender, Signer subject) {
    SignedHead head =
        SignedHead.sign(
            subject,
            1L << 32,
            0,
            1,
            new InetSocketAddress("192.0.2.3", 7950),
            Intent.STAY,
            Bytes.EMPTY);
    News news = new News.Heard(head, Bytes.EMPTY, Standing.ALIVE);
    return Codec.encode(new SwimMessage.Gossip(sender.id(), List.of(news)));
  }

  /** {@link SealedUdp#receive} decides between these; TransportTest brings each about. */
  @Test
  void aVerdictIsOfOneOfThreeKinds() {
    assertThat(Verdict.class.getPermittedSubclasses())
        .containsExactlyInAnyOrder(
            Verdict.Opened.class, Verdict.Reply.class, Verdict.Dropped.class);
  }
}
