package io.vrouter.mesh.docker;

import io.vrouter.membership.Addresses;
import io.vrouter.mesh.model.Label;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Vni;
import io.vrouter.mesh.model.Vnis;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Selects the engine's networks that the mesh carries.
 *
 * <p>A network is carried when its label {@code vrouter.mesh} is {@code true}, or when compose
 * networks are exposed by default, it belongs to a compose project and its label isn't {@code
 * false}. It must be a bridge of this host and not {@code internal}. {@code vrouter.vni} selects
 * the VNI. An invalid label excludes its network and is a problem; a label without effect is a
 * problem, too, because its author expects one.
 *
 * @param networks in order of prefix, no prefix twice
 * @param subnets of all networks of the engine, each with its network's name
 * @param problems in order of network name
 */
record DockerNetworks(
    List<DockerNetwork> networks, Map<Prefix, String> subnets, List<Problem> problems) {
  /** The label that selects a network: {@code true} or {@code false}. */
  static final String MESH = "vrouter.mesh";

  /** The label with the VNI: a number. */
  static final String VNI = "vrouter.vni";

  private static final String PROJECT = "com.docker.compose.project";
  private static final String BRIDGE_NAME = "com.docker.network.bridge.name";
  private static final String INHIBIT_IPV4 = "com.docker.network.bridge.inhibit_ipv4";

  /**
   * Applies the rule.
   *
   * @param vnis the VNIs that labels may name, and the one of networks without such a label
   * @param exposeByDefault whether compose networks without label are carried
   */
  static DockerNetworks of(Collection<EngineNetwork> all, Vnis vnis, boolean exposeByDefault) {
    Selection selection = new Selection(vnis, exposeByDefault);
    all.stream()
        .sorted(Comparator.comparing(EngineNetwork::name).thenComparing(EngineNetwork::id))
        .forEach(selection::add);
    return new DockerNetworks(
        List.copyOf(selection.carried.values()),
        Map.copyOf(selection.subnets),
        List.copyOf(selection.problems));
  }

  /** The selection so far. */
  private static final class Selection {
    private final Vnis vnis;
    private final boolean exposeByDefault;
    private final Map<Prefix, DockerNetwork> carried = new TreeMap<>();
    private final Map<Prefix, String> subnets = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    Selection(Vnis vnis, boolean exposeByDefault) {
      this.vnis = vnis;
      this.exposeByDefault = exposeByDefault;
    }

    void add(EngineNetwork network) {
      List<EngineSubnet> ours = subnetsOf(network);
      ours.forEach(subnet -> subnets.putIfAbsent(subnet.prefix(), Label.fit(network.name())));
      if (!wanted(network)) {
        return;
      }
      Vni vni = vniOf(network);
      if (vni == null) {
        return;
      }
      if (ours.isEmpty()) {
        problem(
            "docker-no-subnet",
            network,
            "has no subnet, so there is nothing to advertise",
            "create it with the driver 'bridge' and its default IPAM driver");
      }
      for (EngineSubnet subnet : ours) {
        carry(network, subnet, vni);
      }
    }

    private boolean wanted(EngineNetwork network) {
      String label = network.labels().get(MESH);
      if (label != null && !label.equals("true") && !label.equals("false")) {
        badLabel(network, MESH, label, "true or false");
        return false;
      }
      boolean asked = "true".equals(label);
      if (!asked && (label != null || !exposeByDefault || !network.labels().containsKey(PROJECT))) {
        if (label == null && network.labels().containsKey(VNI)) {
          problem(
              "docker-label",
              network,
              "has the label " + VNI + " and no " + MESH + ", so it isn't advertised",
              "add the label " + MESH + "=true, or remove " + VNI);
        }
        return false;
      }
      String reason = unfit(network);
      if (reason != null && asked) {
        problem(
            "docker-network-kind",
            network,
            "has the label " + MESH + "=true, but " + reason + ": it isn't advertised",
            "use a network of the driver 'bridge' that isn't internal, or remove the label");
      }
      return reason == null;
    }

    private static @Nullable String unfit(EngineNetwork network) {
      if (network.internal()) {
        return "is internal, and an internal network shall not be reached from outside";
      }
      if (!network.driver().equals("bridge")) {
        return "its driver is '" + network.driver() + "'";
      }
      return network.scope().equals("local") ? null : "its scope is '" + network.scope() + "'";
    }

    private @Nullable Vni vniOf(EngineNetwork network) {
      String label = network.labels().get(VNI);
      if (label == null) {
        return vnis.main();
      }
      Vni vni;
      try {
        vni = Vni.parse(label);
      } catch (IllegalArgumentException e) {
        badLabel(network, VNI, label, "1 to 16777215");
        return null;
      }
      if (!vnis.contains(vni)) {
        problem(
            "docker-vni-refused",
            network,
            "has the label " + VNI + "=" + vni + ", and this host is not in that VNI",
            "give meshd --vni %s --vni %s (or --vni any) if whoever writes labels may choose it"
                .formatted(vnis.main(), vni));
        return null;
      }
      return vni;
    }

    private void carry(EngineNetwork network, EngineSubnet subnet, Vni vni) {
      String name = Label.fit(network.name());
      DockerNetwork first =
          carried.putIfAbsent(
              subnet.prefix(),
              new DockerNetwork(
                  subnet.prefix(),
                  vni,
                  bridge(network),
                  subnet.gateway(),
                  name,
                  Label.fit(network.labels().getOrDefault(PROJECT, name))));
      if (first != null) {
        problem(
            "docker-same-subnet",
            network,
            "has the subnet " + subnet.prefix() + " of the network '" + first.network() + "'",
            "create one of the two with another subnet");
      }
    }

    private List<EngineSubnet> subnetsOf(EngineNetwork network) {
      List<EngineSubnet> found = new ArrayList<>();
      for (EngineNetwork.Ipam ipam : network.ipam()) {
        Prefix prefix;
        try {
          prefix = masked(ipam.subnet());
        } catch (IllegalArgumentException e) {
          // Engines list entries without subnet for drivers that have none.
          if (!ipam.subnet().isEmpty()) {
            problem(
                "docker-bad-subnet",
                network,
                "has the subnet " + e.getMessage(),
                "create the network again with a valid subnet");
          }
          continue;
        }
        if (prefix.isIpv4() ? network.ipv4() : network.ipv6()) {
          found.add(new EngineSubnet(prefix, gateway(network, prefix, ipam)));
        }
      }
      return found;
    }

    private void badLabel(EngineNetwork network, String key, String value, String allowed) {
      problem(
          "docker-label",
          network,
          "has the label " + key + "='" + printable(value) + "', allowed is " + allowed,
          "correct the label and create the network again; until then it isn't advertised");
    }

    private void problem(String code, EngineNetwork network, String what, String fix) {
      problems.add(
          new Problem(
              code, "Docker network '%s' %s".formatted(printable(network.name()), what), fix));
    }
  }

  /** A subnet and this host's address in it. */
  private record EngineSubnet(Prefix prefix, @Nullable InetAddress gateway) {}

  // Any Docker user writes labels: no control character may reach a terminal.
  private static String printable(String text) {
    String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() > 80 ? clean.substring(0, 80) + "..." : clean;
  }

  private static Prefix masked(String subnet) {
    int slash = subnet.indexOf('/');
    if (slash <= 0 || !subnet.substring(slash + 1).matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException("'" + printable(subnet) + "', which is no prefix");
    }
    // Docker accepts host bits in a subnet and ignores them.
    return Prefix.of(
        Addresses.parse(subnet.substring(0, slash)), Integer.parseInt(subnet.substring(slash + 1)));
  }

  private static @Nullable InetAddress gateway(
      EngineNetwork network, Prefix prefix, EngineNetwork.Ipam ipam) {
    if (prefix.isIpv4() && "true".equals(network.options().get(INHIBIT_IPV4))) {
      return null;
    }
    String said = ipam.gateway();
    if (said.isEmpty()) {
      return ipam.range().isEmpty() ? first(prefix) : null;
    }
    int slash = said.indexOf('/');
    try {
      InetAddress address = Addresses.parse(slash < 0 ? said : said.substring(0, slash));
      return prefix.contains(address) ? address : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // Docker's own IPAM driver gives the bridge the first address unless one is configured.
  private static @Nullable InetAddress first(Prefix prefix) {
    byte[] bytes = prefix.address().getAddress();
    bytes[bytes.length - 1]++;
    InetAddress first = Addresses.of(bytes);
    return prefix.contains(first) ? first : null;
  }

  private static String bridge(EngineNetwork network) {
    String named = network.options().getOrDefault(BRIDGE_NAME, "");
    String id = network.id();
    return named.isEmpty() ? "br-" + id.substring(0, Math.min(12, id.length())) : named;
  }
}
