package io.vrouter.mesh.config;

import io.vrouter.membership.Seed;
import io.vrouter.membership.jgroups.JGroupsConfig;
import io.vrouter.mesh.config.Setting.Arity;
import io.vrouter.mesh.model.Defaults;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vnis;
import io.vrouter.mesh.pool.PoolSituation;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * All keys, in the order of the help. A new key is an entry here and an accessor in {@link
 * MeshConfig}.
 */
public final class Settings {
  private static final List<Setting<?>> DECLARED = new ArrayList<>();

  /** Names the file with the token; {@link #TOKEN_ENVIRONMENT} holds the token itself. */
  public static final Setting<Optional<Secret>> TOKEN_FILE =
      add(
          new Setting<>(
              "token-file",
              Arity.VALUE,
              "FILE|-",
              List.of("MESH_TOKEN_FILE"),
              "",
              "file that holds the mesh token, - for stdin",
              (reader, setting) -> reader.token()));

  static final Setting<Boolean> INSECURE =
      onOff(
          "insecure",
          "run without a token: whoever reaches the gossip port can join",
          "MESH_INSECURE");

  static final Setting<List<Seed>> SEED =
      list(
          "seed",
          "HOST[:PORT]",
          "a host to ask first: address, name, or name with many addresses",
          (text, other) -> Seed.parse(text, other.get(Settings.GOSSIP_PORT)),
          "MESH_SEEDS");

  static final Setting<Boolean> MULTICAST =
      value(
          "multicast",
          "on|off",
          "on",
          "look for others on the local network",
          Parsing::onOff,
          "MESH_MULTICAST");

  static final Setting<Optional<String>> UNDERLAY =
      optional(
          "underlay",
          "IP|IFACE",
          "address that carries the tunnel; found when not given",
          (text, other) -> Parsing.underlay(text),
          "MESH_UNDERLAY");

  static final Setting<Optional<InetAddress>> ADVERTISE =
      optional(
          "advertise",
          "IP",
          "address at which others reach this host, behind 1:1 NAT",
          (text, other) -> Parsing.advertised(text),
          "MESH_ADVERTISE");

  static final Setting<Optional<Integer>> MTU =
      optional(
          "mtu",
          "BYTES",
          "MTU of the tunnels; follows the underlay's when not given",
          (text, other) -> Parsing.mtu(text),
          "MESH_MTU");

  static final Setting<List<ConfiguredSubnet>> SUBNET =
      list(
          "subnet",
          "CIDR[@VNI]",
          "a container subnet of this host",
          (text, other) -> ConfiguredSubnet.parse(text, other.get(Settings.VNI).main()),
          "MESH_SUBNETS");

  static final Setting<List<Prefix>> ALLOW_PREFIX =
      list(
          "allow-prefix",
          "CIDR",
          "take prefixes in here though a local route covers them",
          (text, other) -> Prefix.parse(text),
          "MESH_ALLOW_PREFIXES");

  static final Setting<List<Prefix>> ACCEPT_PREFIX =
      list(
          "accept-prefix",
          "CIDR",
          "take and advertise prefixes in this public range, too; private ones always",
          (text, other) -> Prefix.parse(text),
          "MESH_ACCEPT_PREFIXES");

  static final Setting<Optional<String>> POLICY_KEY =
      optional(
          "policy-key",
          "FILE|BASE64",
          "operator's public key: a policy it signed says what each host may have",
          (text, other) -> text,
          "MESH_POLICY_KEY");

  static final Setting<Docker> DOCKER =
      value(
          "docker",
          "PATH|unix://PATH|off",
          "",
          "Docker's socket; /var/run/docker.sock if it is there",
          Docker::parse,
          "MESH_DOCKER",
          "DOCKER_HOST");

  static final Setting<Vnis> VNI =
      add(
          new Setting<>(
              "vni",
              Arity.LIST,
              "VNI|any",
              List.of("VNI"),
              "1000",
              "VNIs this host is in, the first for networks without label; any: all that labels"
                  + " name",
              (reader, setting) -> reader.all(setting, Vnis::parse)));

  static final Setting<Prefix> VXLAN_SUBNET =
      value(
          "vxlan-subnet",
          "CIDR",
          "10.1.1.0/24",
          "overlay addresses are taken from here",
          Parsing::overlay,
          "VXLAN_SUBNET");

  static final Setting<Optional<InetAddress>> VXLAN_IP =
      optional(
          "vxlan-ip",
          "IP",
          "this host's overlay address; claimed when not given",
          (text, other) -> Parsing.overlayAddress(text, other.get(VXLAN_SUBNET)),
          "LOCAL_VXLAN_IP");

  static final Setting<Integer> VXLAN_PORT =
      value(
          "vxlan-port",
          "PORT",
          "" + Defaults.VXLAN_PORT,
          "UDP port of the tunnel",
          Ports::parse,
          "MESH_VXLAN_PORT");

  static final Setting<Integer> GOSSIP_PORT =
      value(
          "gossip-port",
          "PORT",
          "" + JGroupsConfig.DEFAULT_PORT,
          "UDP port of the gossip",
          Ports::parse,
          "MESH_GOSSIP_PORT");

  static final Setting<String> NODE_NAME =
      value(
          "node-name",
          "NAME",
          "",
          "name shown to people; the host's when not given",
          Parsing::nodeName,
          "STACK_ID",
          "MESH_NODE_NAME");

  static final Setting<Path> STATE_DIR =
      value(
          "state-dir",
          "DIR",
          "/var/lib/vrouter",
          "identity, claims and known peers",
          Parsing::path,
          "MESH_STATE_DIR");

  static final Setting<Path> SOCKET =
      value(
          "socket",
          "PATH",
          "/run/vrouter/mesh.sock",
          "control socket",
          Parsing::socket,
          "MESH_SOCKET");

  static final Setting<Optional<Endpoint>> HTTP =
      value(
          "http",
          "ADDR:PORT|off",
          "127.0.0.1:7979",
          "status page, metrics, health",
          Parsing::http,
          "MESH_HTTP");

  static final Setting<Prefix> POOL =
      value(
          "pool",
          "CIDR",
          Defaults.POOL,
          "Docker's subnets are claimed from here",
          text -> PoolSituation.check(Prefix.parse(text)),
          "MESH_POOL");

  static final Setting<Boolean> EXPOSE_BY_DEFAULT =
      onOff(
          "expose-by-default",
          "advertise compose networks without a label",
          "MESH_EXPOSE_BY_DEFAULT");

  static final Setting<Boolean> KEEP_DATAPLANE =
      onOff(
          "keep-dataplane",
          "SIGTERM announces a restart and leaves the data path running",
          "MESH_KEEP_DATAPLANE");

  static final Setting<Encryption> ENCRYPTION =
      value(
          "encryption",
          "none|prefer|wireguard",
          "none",
          "protection of the containers' traffic; prefer while a mesh is switched over",
          Encryption::parse,
          "MESH_ENCRYPTION");

  static final Setting<FastPathMode> FAST_PATH =
      value(
          "fast-path",
          "on|off|auto",
          "off",
          "eBPF programs that forward the containers' packets; auto heeds rules of this host",
          FastPathMode::parse,
          "MESH_FAST_PATH");

  static final Setting<LogFormat> LOG_FORMAT =
      value(
          "log-format",
          "text|json",
          "text",
          "form of the log's lines on standard error",
          LogFormat::parse,
          "MESH_LOG_FORMAT");

  static final Setting<Integer> WIREGUARD_PORT =
      value(
          "wireguard-port",
          "PORT",
          Integer.toString(Defaults.WIREGUARD_PORT),
          "UDP port of WireGuard; the next one is used, too, while its key changes",
          Ports::parse,
          "MESH_WIREGUARD_PORT");

  static final Setting<Optional<Path>> CONFIG =
      add(
          new Setting<>(
              "config",
              Arity.VALUE,
              "FILE",
              List.of("CONFIG_FILE"),
              "",
              "YAML file; /etc/vrouter/mesh.yaml if it is there",
              (reader, setting) -> reader.file()));

  static final Setting<Optional<Path>> DISCOVERY_FILE =
      optional(
          "discovery-file",
          "FILE",
          "read as seeds when another wrote it, else the members as JSON",
          (text, other) -> Parsing.path(text),
          "DISCOVERY_FILE");

  static final Setting<Path> AGENT_SOCKET =
      value(
          "agent-socket",
          "PATH",
          "/run/vrouter-agent/agent.sock",
          "where meshd node asks meshd agent",
          Parsing::socket,
          "MESH_AGENT_SOCKET");

  static final Setting<Optional<Path>> AGENT_POLICY =
      optional(
          "agent-policy",
          "FILE",
          "what meshd agent lets its node write, beside this configuration",
          (text, other) -> Parsing.path(text),
          "MESH_AGENT_POLICY");

  /** All settings, in the order of their declaration above. */
  public static final List<Setting<?>> ALL = List.copyOf(DECLARED);

  /** The environment variable of the token; a flag would show it in the process list. */
  public static final String TOKEN_ENVIRONMENT = "MESH_TOKEN";

  private Settings() {}

  /** The setting of a YAML key. */
  public static Optional<Setting<?>> find(String key) {
    return ALL.stream().filter(setting -> setting.key().equals(key)).findFirst();
  }

  private static <T> Setting<T> value(
      String key,
      String label,
      String fallback,
      String help,
      Function<String, T> parse,
      String... environment) {
    return add(
        new Setting<>(
            key,
            Arity.VALUE,
            label,
            List.of(environment),
            fallback,
            help,
            (reader, setting) -> reader.one(setting, parse)));
  }

  private static <T> Setting<Optional<T>> optional(
      String key,
      String label,
      String help,
      BiFunction<String, ConfigReader, T> parse,
      String environment) {
    return add(
        new Setting<>(
            key,
            Arity.VALUE,
            label,
            List.of(environment),
            "",
            help,
            (reader, setting) -> reader.optional(setting, text -> parse.apply(text, reader))));
  }

  private static Setting<Boolean> onOff(String key, String help, String environment) {
    return add(
        new Setting<>(
            key,
            Arity.SWITCH,
            "",
            List.of(environment),
            "false",
            help,
            (reader, setting) -> reader.one(setting, Parsing::onOff)));
  }

  private static <T> Setting<List<T>> list(
      String key,
      String label,
      String help,
      BiFunction<String, ConfigReader, T> parse,
      String environment) {
    return add(
        new Setting<>(
            key,
            Arity.LIST,
            label,
            List.of(environment),
            "",
            help,
            (reader, setting) -> reader.list(setting, text -> parse.apply(text, reader))));
  }

  private static <T> Setting<T> add(Setting<T> setting) {
    DECLARED.add(setting);
    return setting;
  }
}
