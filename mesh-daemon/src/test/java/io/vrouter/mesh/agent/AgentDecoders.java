package io.vrouter.mesh.agent;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.plan.KernelState;
import io.vrouter.netlink.fuzz.Decoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The decoders of an agent and of its node, with inputs of the present format. */
public final class AgentDecoders {
  private static final String POLICY =
      """
      node-user: 65534
      vnis: [1000, 2000]
      prefixes: [172.16.0.0/12]
      underlays:
        - 192.0.2.0/24
      protect: [192.0.2.53]
      max-routes: 100
      max-peers: 20
      lease: 24h
      """;

  private AgentDecoders() {}

  /** The decoders; the directory is for files that they read. */
  public static List<Decoder> all(Path directory) {
    return List.of(
        Decoder.of("agent-request", MessageCodec.class, MessageCodec::request, IOException.class)
            .writes(MessageCodec::encode),
        Decoder.of("agent-reply", MessageCodec.class, MessageCodec::reply, IOException.class)
            .writes(MessageCodec::encode),
        Decoder.of(
            "agent-policy",
            AgentPolicyFile.class,
            octets -> {
              Path file = directory.resolve("agent-policy.yaml");
              Files.write(file, octets);
              return AgentPolicyFile.read(file, AgentWorld.policy());
            },
            IOException.class));
  }

  /** Inputs. */
  public static List<byte[]> seeds() {
    KernelState state = AgentWorld.desired("172.31.0.0/16").kernel();
    Problem problem = new Problem("code", "message", "fix");
    List<Object> messages =
        List.of(
            new AgentRequest.Hello(AgentRequest.VERSION, "aaaaaaaa"),
            new AgentRequest.Look(state.firewall(), true, false),
            new AgentRequest.RulesChanged(),
            new AgentRequest.Stands(),
            new AgentRequest.Probed(2),
            new AgentRequest.Apply(3, state, List.of("a step")),
            new AgentRequest.Remove(4),
            new AgentRequest.Facts(5),
            new AgentReply.Welcome(1),
            new AgentReply.Answer(true),
            new AgentReply.Probed(
                true, List.of(new AgentReply.Sender(Addresses.parse("10.1.1.2"), 7))),
            new AgentReply.Refused(problem));
    List<byte[]> seeds = new ArrayList<>();
    messages.forEach(message -> seeds.add(MessageCodec.encode(message)));
    seeds.add(POLICY.getBytes(StandardCharsets.UTF_8));
    return seeds;
  }
}
