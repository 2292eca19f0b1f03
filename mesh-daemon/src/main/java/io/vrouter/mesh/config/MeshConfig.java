package io.vrouter.mesh.config;

import io.vrouter.membership.Seed;
import io.vrouter.mesh.model.Endpoint;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Vni;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this daemon was told. Immutable; the token is redacted in its text form.
 *
 * @param token empty when none was given: only allowed with {@code insecure}
 * @param multicast whether to look for others on the local network
 * @param underlay an address literal or a device name; empty: detect
 * @param subnets container subnets of this host, each with its VNI
 * @param allowPrefixes prefixes taken though a local route covers them
 * @param vxlanIp this host's overlay address; empty: claim one
 * @param vxlanPort UDP, 1 to 65,535
 * @param gossipPort UDP, 1 to 65,535
 * @param nodeName 1 to 63 letters, digits, dots, dashes and underscores
 * @param http where to serve HTTP; empty: nowhere
 * @param pool where subnets for Docker are claimed from
 * @param configFile the YAML file that was read
 * @param discoveryFile read as seeds when another wrote it, else written
 * @param entries every key with its value as text and where it came from, secrets left out
 * @param warnings what is allowed but likely a mistake, for the log
 */
public record MeshConfig(
    Optional<Secret> token,
    boolean insecure,
    List<Seed> seeds,
    boolean multicast,
    Optional<String> underlay,
    List<ConfiguredSubnet> subnets,
    List<Prefix> allowPrefixes,
    Docker docker,
    Vni vni,
    Prefix vxlanSubnet,
    Optional<InetAddress> vxlanIp,
    int vxlanPort,
    int gossipPort,
    String nodeName,
    Path stateDir,
    Path socket,
    Optional<Endpoint> http,
    Prefix pool,
    boolean exposeByDefault,
    boolean keepDataplane,
    Encryption encryption,
    Optional<Path> configFile,
    Optional<Path> discoveryFile,
    List<Entry> entries,
    List<String> warnings) {

  /** Where the YAML file is looked for when nobody names one. */
  public static final Path DEFAULT_FILE = Path.of("/etc/vrouter/mesh.yaml");

  /** One key, its value as text (comma-separated when several) and where that came from. */
  public record Entry(String key, String value, String origin) {}

  public MeshConfig {
    seeds = List.copyOf(seeds);
    subnets = List.copyOf(subnets);
    allowPrefixes = List.copyOf(allowPrefixes);
    entries = List.copyOf(entries);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a configuration: flag over environment over YAML over default.
   *
   * @throws ConfigException with every fault found
   */
  public static MeshConfig load(ConfigSources sources) throws ConfigException {
    return new ConfigReader(sources).read();
  }

  /** Whether somebody named the pool, be it by its default: then a range is claimed at once. */
  public boolean poolGiven() {
    return entries.stream()
        .anyMatch(
            entry ->
                entry.key().equals(Settings.POOL.key()) && !entry.origin().equals(Given.DEFAULT));
  }

  /**
   * Whether a daemon may run with this: it holds a token or was told to do without.
   *
   * @throws ConfigException saying what is missing
   */
  public void requireStartable() throws ConfigException {
    List<String> problems = new ArrayList<>();
    if (token.isEmpty() && !insecure) {
      problems.add(
          "no mesh token: make one with 'meshctl token create', give it to every host by"
              + " --token-file FILE or MESH_TOKEN (or say --insecure to let anybody join)");
    }
    if (encryption == Encryption.WIREGUARD) {
      problems.add("encryption 'wireguard' is not in this version: leave it at none");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }
}
