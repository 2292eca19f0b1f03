package io.vrouter.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.crypto.OperatorKey;
import io.vrouter.mesh.agent.AgentDecoders;
import io.vrouter.mesh.config.ConfiguredSubnet;
import io.vrouter.mesh.config.Docker;
import io.vrouter.mesh.control.ControlRequest;
import io.vrouter.mesh.control.Doctor;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import io.vrouter.mesh.plan.Worlds;
import io.vrouter.mesh.policy.MeshPolicy;
import io.vrouter.mesh.policy.PolicyException;
import io.vrouter.mesh.policy.PolicyText;
import io.vrouter.mesh.policy.SignedPolicy;
import io.vrouter.mesh.pool.DaemonJson;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.pool.PoolStates;
import io.vrouter.mesh.record.HostRecord;
import io.vrouter.mesh.record.HostRecords;
import io.vrouter.mesh.record.RecordException;
import io.vrouter.netlink.fuzz.Corpus;
import io.vrouter.netlink.fuzz.Decoder;
import io.vrouter.netlink.fuzz.Decoders;
import io.vrouter.netlink.fuzz.Mutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What peers, nodes, agents, engines, operators and damaged files may say: read or refused, in
 * bounded memory.
 */
class DaemonFuzzTest {
  private static final String MODULE = "mesh-daemon";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Vni BASE = new Vni(1000);

  private static final List<Decoder> ALL = all();

  /** Texts of the present formats; the first is a policy. */
  private static final List<String> TEXTS =
      List.of(
          """
          version: 1
          nodes:
            0123456789abcdef0123456789abcdef:
              prefixes: [172.16.0.0/12, 10.9.0.0/16]
              vnis: [1000, 1001]
            "*":
              prefixes: [10.8.0.0/16]
              vnis: [any]
          """,
          "{\"argv\":[\"status\",\"-o\",\"json\"],\"tty\":true,\"columns\":80,\"noColor\":false}",
          "{\"default-address-pools\":[{\"base\":\"10.128.0.0/16\",\"size\":24}],\"mtu\":1450}",
          """
          # a host's configuration
          node: host-1
          vni: [1000, 2000-2003]
          subnet:
            - 172.30.0.0/16
            - 1001:172.29.0.0/16
          seed: [192.0.2.1, "[2001:db8::1]:7950"]
          accept-prefix: 8.8.8.0/24
          """,
          """
          [{"Id":"0123456789ab","Name":"stack_mesh","Driver":"bridge","Scope":"local",
            "Internal":false,"EnableIPv4":true,"EnableIPv6":true,
            "Labels":{"vrouter.mesh":"true","vrouter.vni":"1001",
                      "com.docker.compose.project":"stack"},
            "Options":{"com.docker.network.bridge.name":"br-mesh"},
            "IPAM":{"Config":[{"Subnet":"172.31.0.0/16","IPRange":"","Gateway":"172.31.0.1/16"},
                              {"Subnet":"fd00:31::/64","Gateway":"fd00:31::1"}]}}]
          """,
          """
          {"socket":"/run/docker.sock","networks":[{"id":"0123","name":"mesh","driver":"bridge",
            "scope":"local","internal":false,"ipv4":true,"ipv6":false,"labels":{"a":"b"},
            "options":{},"ipam":[{"subnet":"172.31.0.0/16","range":"","gateway":""}]}]}
          """,
          """
          {"lamport":7,"overlays":[{"vni":1000,"address":"10.1.1.7","lamport":3}],
           "subnets":{"172.31.0.0/16":4},"forwarding":{"br-mesh":0},
           "known":["172.29.0.0/16",{"prefix":"172.28.0.0/16","node":
           "0123456789abcdef0123456789abcdef","vni":1000,"withdrawnSeconds":5}]}
          """,
          """
          {"format":1,"lamport":3,"ranges":[{"prefix":"10.128.0.0/14","lamport":2,
           "acknowledged":true,"seals":[]}],"named":{"mesh":"10.128.1.0/24"},"votes":[{"range":
           "10.132.0.0/14","candidate":"0123456789abcdef0123456789abcdef","lamport":9}],"kept":[]}
          """,
          "# peers\n192.0.2.1\n[2001:db8::1]:7950\nhost.example\n",
          "{\"apiVersion\":\"mesh/v1\",\"members\":[{\"underlay\":\"192.0.2.1\"}]}",
          "nameserver 192.0.2.53\nnameserver fe80::1%eth0\nsearch example\n",
          "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -i br0 -j ACCEPT\nCOMMIT\n*nat\n",
          "10.0.0.0/8",
          "2001:db8::/32",
          "1000",
          "1000\n2000\n",
          "1001:172.29.0.0/16",
          "wireguard",
          "off",
          "unix:///run/docker.sock",
          "json",
          "7950");

  /** Not decoders, or parts of one, with the reason. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "io.vrouter.mesh.fastpath.FastFilters", "answers that netlink's codec decodes",
          "io.vrouter.mesh.fastpath.FastMaps", "entries of own maps, of a fixed size by the kernel",
          "io.vrouter.mesh.cli.OperatorKeys", "a file that membership's OperatorKey decodes",
          "io.vrouter.mesh.record.PoolShares", "a part of a record",
          "io.vrouter.mesh.record.TunnelShares", "a part of a record");

  /** The corpora, each read once. */
  private static final Map<String, Corpus> CORPORA = new HashMap<>();

  private static List<Decoder> all() {
    Path directory;
    try {
      directory = Files.createTempDirectory("fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Decoder> all = new ArrayList<>(AgentDecoders.all(directory));
    all.addAll(
        List.of(
            Decoder.of(
                    "record",
                    HostRecords.class,
                    octets -> HostRecords.decode(Bytes.of(octets)),
                    RecordException.class)
                .writes(record -> HostRecords.encode((HostRecord) record).toArray()),
            text("policy-text", PolicyText.class, PolicyText::parse, PolicyException.class),
            Decoder.of(
                "policy",
                SignedPolicy.class,
                octets -> SignedPolicy.of(Bytes.of(octets)),
                PolicyException.class),
            text("policy-signed", SignedPolicy.class, SignedPolicy::parse, PolicyException.class),
            Decoder.of(
                "control-request",
                ControlRequest.class,
                ControlRequest::parse,
                IllegalArgumentException.class),
            text("doctor", Doctor.class, Doctor::parse),
            text("pools", PoolStates.class, PoolStates::decode, PoolException.class)
                .writes(state -> PoolStates.encode((PoolState) state).getBytes(UTF_8)),
            text(
                "daemon-json",
                DaemonJson.class,
                text -> DaemonJson.says(text, Prefix.parse("10.128.0.0/10"), List.of()),
                PoolException.class),
            Decoder.of(
                "config",
                type("config.YamlFile"),
                octets -> {
                  Object file =
                      call("config.YamlFile", "parse", "mesh.yaml", new String(octets, UTF_8));
                  return ""
                      + DaemonFuzzTest.on(file, "problems")
                      + DaemonFuzzTest.on(file, "entries");
                }),
            Decoder.of(
                "docker-network",
                type("docker.EngineNetwork"),
                octets -> {
                  JsonNode list = JSON.readTree(octets);
                  List<Object> networks = new ArrayList<>();
                  for (JsonNode network :
                      list.isArray() ? list : JSON.createArrayNode().add(list)) {
                    networks.add(call("docker.EngineNetwork", "of", network));
                  }
                  return call(
                      "docker.DockerNetworks",
                      "of",
                      networks,
                      Vnis.parse(List.of("1000", "1001")),
                      true);
                },
                IOException.class),
            Decoder.of(
                "docker-networks-file",
                type("docker.DockerNetworksFile"),
                octets -> {
                  Files.write(directory.resolve("docker-networks.json"), octets);
                  Object file =
                      made("docker.DockerNetworksFile", directory, Path.of("/run/docker.sock"));
                  return on(file, "load");
                }),
            Decoder.of(
                "state",
                type("state.SavedStateFile"),
                octets -> {
                  Files.write(directory.resolve("state.json"), octets);
                  return on(made("state.SavedStateFile", directory), "load");
                }),
            Decoder.of(
                "discovery",
                type("api.DiscoveryFile"),
                octets -> call("api.DiscoveryFile", "seeds", new String(octets, UTF_8), 7950),
                IllegalArgumentException.class),
            Decoder.of(
                "resolvers",
                type("local.Resolvers"),
                octets ->
                    call("local.Resolvers", "parse", new String(octets, UTF_8).lines().toList())),
            Decoder.of(
                "iptables",
                type("firewall.IptablesDump"),
                octets -> call("firewall.IptablesDump", "parse", new String(octets, UTF_8))),
            Decoder.of(
                "trial",
                type("trial.TrialMessage"),
                octets -> call("trial.TrialMessage", "decode", Bytes.of(octets)),
                IllegalArgumentException.class),
            text("prefix", Prefix.class, Prefix::parse, IllegalArgumentException.class),
            text("vni", Vni.class, Vni::parse, IllegalArgumentException.class),
            text(
                "vnis",
                Vnis.class,
                text -> Vnis.parse(text.lines().toList()),
                IllegalArgumentException.class),
            text("encryption", Encryption.class, Encryption::parse, IllegalArgumentException.class),
            text(
                "fast-path",
                FastPathMode.class,
                FastPathMode::parse,
                IllegalArgumentException.class),
            text(
                "subnet",
                ConfiguredSubnet.class,
                text -> ConfiguredSubnet.parse(text, BASE),
                IllegalArgumentException.class),
            text("docker-setting", Docker.class, Docker::parse, IllegalArgumentException.class),
            Decoder.of(
                "log-format",
                type("config.LogFormat"),
                octets -> call("config.LogFormat", "parse", new String(octets, UTF_8)),
                IllegalArgumentException.class),
            Decoder.of(
                "port",
                type("config.Ports"),
                octets -> call("config.Ports", "parse", new String(octets, UTF_8)),
                IllegalArgumentException.class)));
    return List.copyOf(all);
  }

  private interface TextReading {
    Object read(String text) throws Exception;
  }

  private static Decoder text(
      String name, Class<?> owner, TextReading reading, Class<?>... refusals) {
    return Decoder.of(name, owner, octets -> reading.read(new String(octets, UTF_8)), refusals);
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName("io.vrouter.mesh." + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Calls what others in its package may call. */
  private static Object call(String type, String method, Object... arguments) throws Exception {
    for (Method one : type(type).getDeclaredMethods()) {
      if (one.getName().equals(method) && one.getParameterCount() == arguments.length) {
        one.setAccessible(true);
        return thrown(() -> one.invoke(null, arguments));
      }
    }
    throw new IllegalStateException("no method " + method + " of " + type);
  }

  private static Object made(String type, Object... arguments) throws Exception {
    var constructor = type(type).getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    return thrown(() -> constructor.newInstance(arguments));
  }

  private static Object on(Object object, String method) throws Exception {
    Method one = object.getClass().getDeclaredMethod(method);
    one.setAccessible(true);
    return thrown(() -> one.invoke(object));
  }

  private interface Reflected {
    Object get() throws ReflectiveOperationException;
  }

  private static Object thrown(Reflected call) throws Exception {
    try {
      return call.get();
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw (Error) e.getCause();
    }
  }

  private static Corpus corpus(Decoder decoder) {
    return CORPORA.computeIfAbsent(decoder.name(), name -> Corpus.of(MODULE, decoder));
  }

  @Provide
  Arbitrary<Decoder> decoders() {
    return Arbitraries.of(ALL);
  }

  @Property(tries = 20_000)
  void whateverComesInIsReadOrRefused(@ForAll("decoders") Decoder decoder, @ForAll long seed) {
    decoder.run(Mutation.of(corpus(decoder).inputs(), new Random(seed)));
  }

  @Example
  void eachInputOfTheCorpusIsReadOrRefused() {
    for (Decoder decoder : ALL) {
      assertThat(corpus(decoder).inputs()).as("corpus of %s", decoder).isNotEmpty();
      corpus(decoder).inputs().forEach(decoder::run);
    }
  }

  @Example
  void noDecoderIsMissingHere() {
    Set<String> here = new TreeSet<>(OTHERS.keySet());
    ALL.forEach(decoder -> here.add(decoder.owner().getName()));
    assertThat(here).containsAll(Decoders.below("io.vrouter.mesh"));
  }

  /** Adds to the corpus in the tree: run it after a change of a format. */
  public static void main(String[] args) throws Exception {
    List<byte[]> seeds = new ArrayList<>(AgentDecoders.seeds());
    seeds.add(HostRecords.encode(Worlds.record(2, 7, "172.31.0.0/16")).toArray());
    MeshPolicy policy = PolicyText.parse(TEXTS.get(0));
    SignedPolicy signed = SignedPolicy.sign(policy, OperatorKey.create(new SecureRandom()));
    seeds.add(signed.octets().toArray());
    seeds.add(signed.text().getBytes(UTF_8));
    seeds.add(PoolStates.encode(PoolState.NONE).getBytes(UTF_8));
    TEXTS.forEach(text -> seeds.add(text.getBytes(UTF_8)));
    for (int kind = 0; kind < 12; kind++) {
      seeds.add(new byte[] {(byte) kind, 0, 0, 0, 0, 0, 0, 0, 1, 5, 0});
    }
    for (Decoder decoder : ALL) {
      Corpus corpus = Corpus.of(MODULE, decoder);
      corpus.grow(decoder, seeds, 4_000, 20);
      System.out.println(decoder + ": " + corpus.inputs().size());
    }
  }
}
