package io.vrouter.membership.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.MemberRecord.Intent;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.Signer;
import io.vrouter.membership.sim.SimKeys;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.News;
import io.vrouter.membership.wire.SignedHead;
import io.vrouter.membership.wire.Standing;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * One instance of each kind of a sealed type goes through each chain that tells the kinds apart.
 */
class SealedTypesTest {
  private static final SimKeys KEYS = new SimKeys();
  private static final Signer SIGNER = KEYS.signer(1);
  private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 7950);
  private static final InetSocketAddress THERE = new InetSocketAddress("192.0.2.2", 7950);
  private static final NodeId OTHER = new NodeId(2, 2);
  private static final SignedHead HEAD =
      SignedHead.sign(KEYS.signer(2), 1, 1, 1, THERE, Intent.STAY, Bytes.EMPTY);
  private static final Bytes HASH = SignedHead.hash(Bytes.EMPTY);

  private static final List<News> NEWS =
      List.of(
          new News.Heard(HEAD, null, Standing.ALIVE),
          new News.Rumor(Standing.SUSPECT, OTHER, 1, OTHER));

  private static final List<SwimMessage> MESSAGES =
      List.of(
          new SwimMessage.Ping(OTHER, 1, NEWS),
          new SwimMessage.ProxyPing(OTHER, 1, OTHER, 2, NEWS),
          new SwimMessage.PingReq(OTHER, 1, THERE, NEWS),
          new SwimMessage.Ack(OTHER, 1, NEWS),
          new SwimMessage.Nack(OTHER, 1, NEWS),
          new SwimMessage.Gossip(OTHER, NEWS),
          new SwimMessage.Digest(OTHER, List.of(1L), NEWS),
          new SwimMessage.Detail(OTHER, true, 1, 1, OTHER, OTHER, List.of(), NEWS),
          new SwimMessage.Pull(OTHER, List.of(OTHER), NEWS),
          new SwimMessage.ChunkRequest(OTHER, OTHER, HASH, 1, NEWS),
          new SwimMessage.Chunk(OTHER, OTHER, HASH, 0, Bytes.EMPTY, NEWS));

  private static final List<Input> INPUTS =
      List.of(
          new Input.Tick(),
          new Input.Datagram(THERE, Codec.encode(MESSAGES.get(0))),
          new Input.Publish(Bytes.EMPTY),
          new Input.Discovered(List.of(THERE)),
          new Input.LinkUp(),
          new Input.LinkDown(),
          new Input.Forget(OTHER),
          new Input.Ban(Set.of(OTHER)),
          new Input.DataPathAnswer(OTHER, 1, Answer.ANSWERED),
          new Input.Leave(Intent.RESTART));

  /** What an owner of an engine carries out; the simulator and the daemon have a chain each. */
  private static final Set<Class<?>> EFFECTS =
      Set.of(
          Effect.Send.class,
          Effect.Emit.class,
          Effect.ProbeDataPath.class,
          Effect.Discover.class,
          Effect.Persist.class,
          Effect.LeaveDone.class);

  private static Engine engine() {
    return new Engine(
        SwimConfig.defaults(),
        SIGNER,
        KEYS,
        HERE,
        1L << 32,
        1,
        Bytes.EMPTY,
        new SplittableRandom(1));
  }

  private static Set<Class<?>> kinds(List<?> instances) {
    return instances.stream().map(Object::getClass).collect(Collectors.toSet());
  }

  @Test
  void theseAreTheSealedTypes() {
    Set<String> sealed =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.vrouter.membership.engine", "io.vrouter.membership.wire")
                .stream()
                .map(JavaClass::reflect)
                .filter(Class::isSealed)
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
    assertThat(sealed).containsExactlyInAnyOrder("Input", "Effect", "News", "SwimMessage");
  }

  @Test
  void eachKindIsHere() {
    assertThat(kinds(NEWS)).containsExactlyInAnyOrder(News.class.getPermittedSubclasses());
    assertThat(kinds(MESSAGES))
        .containsExactlyInAnyOrder(SwimMessage.class.getPermittedSubclasses());
    assertThat(kinds(INPUTS)).containsExactlyInAnyOrder(Input.class.getPermittedSubclasses());
    assertThat(EFFECTS).containsExactlyInAnyOrder(Effect.class.getPermittedSubclasses());
  }

  @Test
  void theCodecKnowsEachMessageAndNews() throws Exception {
    for (SwimMessage message : MESSAGES) {
      assertThat(Codec.decode(Codec.encode(message))).isEqualTo(message);
    }
  }

  @Test
  void anEngineTakesEachInputAndMessage() {
    Engine engine = engine();
    for (Input input : INPUTS) {
      engine.step(input, 0);
    }
    Engine another = engine();
    for (SwimMessage message : MESSAGES) {
      another.step(new Input.Datagram(THERE, Codec.encode(message)), 0);
    }
    assertThat(another.counters().received()).isEqualTo(MESSAGES.size());
    assertThat(another.counters().malformed()).isZero();
  }
}
