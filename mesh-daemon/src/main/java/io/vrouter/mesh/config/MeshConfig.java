package io.vrouter.mesh.config;

import io.vrouter.membership.Seed;
import io.vrouter.mesh.model.Encryption;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.FastPathMode;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The configuration of this daemon: one accessor for each of {@link Settings}. Immutable. */
public final class MeshConfig {
  /** The YAML file that is read when none is named. */
  public static final Path DEFAULT_FILE = Path.of("/etc/vrouter/mesh.yaml");

  private final Map<Setting<?>, Object> values;
  private final List<SourcedValue> entries;
  private final List<String> warnings;

  /** One key, its value as text (comma-separated when several) and its origin. */
  public record SourcedValue(String key, String value, String origin) {}

  MeshConfig(Map<Setting<?>, Object> values, List<SourcedValue> entries, List<String> warnings) {
    this.values = Map.copyOf(values);
    this.entries = List.copyOf(entries);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads a configuration: flag over environment over YAML over default.
   *
   * @throws ConfigException with every fault found
   */
  public static MeshConfig load(ConfigSources sources) throws ConfigException {
    return new ConfigReader(sources).read();
  }

  /** The mesh token; empty is allowed only with {@link #insecure}. */
  public Optional<Secret> token() {
    return get(Settings.TOKEN_FILE);
  }

  /** Whether hosts without a token may join. */
  public boolean insecure() {
    return get(Settings.INSECURE);
  }

  /** Hosts to contact first. */
  public List<Seed> seeds() {
    return get(Settings.SEED);
  }

  /** Whether to discover members on the local network. */
  public boolean multicast() {
    return get(Settings.MULTICAST);
  }

  /** An address literal or a device name; empty: detect. */
  public Optional<String> underlay() {
    return get(Settings.UNDERLAY);
  }

  /** The address at which other hosts reach this one; empty: the underlay address. */
  public Optional<InetAddress> advertise() {
    return get(Settings.ADVERTISE);
  }

  /** The MTU of tunnel devices in bytes, 576 to 65,535; empty: derived from the underlay's link. */
  public Optional<Integer> mtu() {
    return get(Settings.MTU);
  }

  /** Container subnets of this host, each with its VNI. */
  public List<ConfiguredSubnet> subnets() {
    return get(Settings.SUBNET);
  }

  /** Prefixes that are accepted although a local route covers them. */
  public List<Prefix> allowPrefixes() {
    return get(Settings.ALLOW_PREFIX);
  }

  /** Public ranges in which prefixes are accepted and advertised; private ones always are. */
  public List<Prefix> acceptPrefixes() {
    return get(Settings.ACCEPT_PREFIX);
  }

  /** The operator's public key, or the file that holds it. */
  public Optional<String> policyKey() {
    return get(Settings.POLICY_KEY);
  }

  /** Whether and where to query Docker for networks. */
  public Docker docker() {
    return get(Settings.DOCKER);
  }

  /** The VNI of networks that name none. */
  public Vni vni() {
    return vnis().main();
  }

  /** The VNIs that networks of this host may be in. */
  public Vnis vnis() {
    return get(Settings.VNI);
  }

  /** The overlay subnet of {@link #vni}. */
  public Prefix vxlanSubnet() {
    return get(Settings.VXLAN_SUBNET);
  }

  /** This host's overlay address; empty: claim one. */
  public Optional<InetAddress> vxlanIp() {
    return get(Settings.VXLAN_IP);
  }

  /** UDP, 1 to 65,535. */
  public int vxlanPort() {
    return get(Settings.VXLAN_PORT);
  }

  /** UDP, 1 to 65,535. */
  public int gossipPort() {
    return get(Settings.GOSSIP_PORT);
  }

  /** 1 to 63 letters, digits, dots, dashes and underscores. */
  public String nodeName() {
    return get(Settings.NODE_NAME);
  }

  /** The directory of identity, claims and known peers. */
  public Path stateDir() {
    return get(Settings.STATE_DIR);
  }

  /** The control socket. */
  public Path socket() {
    return get(Settings.SOCKET);
  }

  /** The address of the HTTP server; empty: none. */
  public Optional<Endpoint> http() {
    return get(Settings.HTTP);
  }

  /** The prefix that subnets for Docker are claimed from. */
  public Prefix pool() {
    return get(Settings.POOL);
  }

  /** Whether compose networks without a label are advertised. */
  public boolean exposeByDefault() {
    return get(Settings.EXPOSE_BY_DEFAULT);
  }

  /** Whether SIGTERM announces a restart and leaves the data path. */
  public boolean keepDataplane() {
    return get(Settings.KEEP_DATAPLANE);
  }

  /** Protection of the containers' traffic between hosts. */
  public Encryption encryption() {
    return get(Settings.ENCRYPTION);
  }

  /** Whether eBPF programs forward the containers' packets. */
  public FastPathMode fastPath() {
    return get(Settings.FAST_PATH);
  }

  /** UDP, 1 to 65,535: of the first WireGuard device; the second one's is the next. */
  public int wireguardPort() {
    return get(Settings.WIREGUARD_PORT);
  }

  /** Form of the log's lines. */
  public LogFormat logFormat() {
    return get(Settings.LOG_FORMAT);
  }

  /** The YAML file that was read. */
  public Optional<Path> configFile() {
    return get(Settings.CONFIG);
  }

  /** Read as seeds when written by another program, else written. */
  public Optional<Path> discoveryFile() {
    return get(Settings.DISCOVERY_FILE);
  }

  /** The socket between a node and its agent, where they are two processes. */
  public Path agentSocket() {
    return get(Settings.AGENT_SOCKET);
  }

  /** The policy file of an agent; empty: what the other settings allow. */
  public Optional<Path> agentPolicy() {
    return get(Settings.AGENT_POLICY);
  }

  /** Every key with its value as text and its origin, without secrets. */
  public List<SourcedValue> entries() {
    return entries;
  }

  /** Input that is allowed but likely a mistake, for the log. */
  public List<String> warnings() {
    return warnings;
  }

  /** Whether the pool was given, even with its default value: then a range is claimed at once. */
  public boolean poolGiven() {
    return given(Settings.POOL);
  }

  /** Whether overlay subnet or address was given: else the members choose the subnet. */
  public boolean overlayGiven() {
    return given(Settings.VXLAN_SUBNET) || vxlanIp().isPresent();
  }

  private boolean given(Setting<?> setting) {
    return entries.stream()
        .anyMatch(
            entry -> entry.key().equals(setting.key()) && !entry.origin().equals(Given.DEFAULT));
  }

  /**
   * Checks that a daemon may run with this: there is a token, or {@code insecure} is set.
   *
   * @throws ConfigException naming what is missing
   */
  public void requireStartable() throws ConfigException {
    List<String> problems = new ArrayList<>();
    if (token().isEmpty() && !insecure()) {
      problems.add(
          "no mesh token: create one with 'meshctl token create' and give it to every host by"
              + " --token-file FILE or MESH_TOKEN (or set --insecure to let anybody join)");
    }
    if (wireguardPort() == 65_535) {
      problems.add("wireguard-port 65535: the next port is needed, too; 1 to 65534");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  @Override
  public String toString() {
    return entries.toString();
  }

  private <T> T get(Setting<T> setting) {
    return typed(setting, Objects.requireNonNull(values.get(setting)));
  }

  /** A value under its setting is of that setting's type: only the reader puts them there. */
  @SuppressWarnings({"unchecked", "unused"})
  static <T> T typed(Setting<T> setting, Object value) {
    return (T) value;
  }
}
