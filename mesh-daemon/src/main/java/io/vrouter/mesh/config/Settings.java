package io.vrouter.mesh.config;

import io.vrouter.membership.jgroups.JGroupsConfig;
import io.vrouter.mesh.config.Setting.Kind;
import io.vrouter.mesh.model.Defaults;
import java.util.List;
import java.util.Optional;

/** Every key there is, in the order people read them. */
public final class Settings {
  /** Where the token is; {@link #TOKEN_ENVIRONMENT} holds it itself. */
  public static final Setting TOKEN_FILE =
      value(
          "token-file",
          "FILE|-",
          "",
          "file that holds the mesh token, - for stdin",
          "MESH_TOKEN_FILE");

  static final Setting INSECURE =
      onOff(
          "insecure",
          "run without a token: whoever reaches the gossip port can join",
          "MESH_INSECURE");
  static final Setting SEED =
      list(
          "seed",
          "HOST[:PORT]",
          "a host to ask first: address, name, or name with many addresses",
          "MESH_SEEDS");
  static final Setting MULTICAST =
      value("multicast", "on|off", "on", "look for others on the local network", "MESH_MULTICAST");
  static final Setting UNDERLAY =
      value(
          "underlay",
          "IP|IFACE",
          "",
          "address that carries the tunnel; found when not given",
          "MESH_UNDERLAY");
  static final Setting SUBNET =
      list("subnet", "CIDR[@VNI]", "a container subnet of this host", "MESH_SUBNETS");
  static final Setting ALLOW_PREFIX =
      list(
          "allow-prefix",
          "CIDR",
          "take prefixes in here though a local route covers them",
          "MESH_ALLOW_PREFIXES");
  static final Setting DOCKER =
      value(
          "docker",
          "PATH|unix://PATH|off",
          "",
          "Docker's socket; /var/run/docker.sock if it is there",
          "MESH_DOCKER",
          "DOCKER_HOST");
  static final Setting VNI = value("vni", "VNI", "1000", "VXLAN network identifier", "VNI");
  static final Setting VXLAN_SUBNET =
      value(
          "vxlan-subnet",
          "CIDR",
          "10.1.1.0/24",
          "overlay addresses are taken from here",
          "VXLAN_SUBNET");
  static final Setting VXLAN_IP =
      value(
          "vxlan-ip",
          "IP",
          "",
          "this host's overlay address; claimed when not given",
          "LOCAL_VXLAN_IP");
  static final Setting VXLAN_PORT =
      value(
          "vxlan-port",
          "PORT",
          "" + Defaults.VXLAN_PORT,
          "UDP port of the tunnel",
          "MESH_VXLAN_PORT");
  static final Setting GOSSIP_PORT =
      value(
          "gossip-port",
          "PORT",
          "" + JGroupsConfig.DEFAULT_PORT,
          "UDP port of the gossip",
          "MESH_GOSSIP_PORT");
  static final Setting NODE_NAME =
      value(
          "node-name",
          "NAME",
          "",
          "name shown to people; the host's when not given",
          "STACK_ID",
          "MESH_NODE_NAME");
  static final Setting STATE_DIR =
      value(
          "state-dir",
          "DIR",
          "/var/lib/vrouter",
          "identity, claims and known peers",
          "MESH_STATE_DIR");
  static final Setting SOCKET =
      value("socket", "PATH", "/run/vrouter/mesh.sock", "control socket", "MESH_SOCKET");
  static final Setting HTTP =
      value("http", "ADDR:PORT|off", "127.0.0.1:7979", "status page, metrics, health", "MESH_HTTP");
  static final Setting POOL =
      value("pool", "CIDR", Defaults.POOL, "Docker's subnets are claimed from here", "MESH_POOL");
  static final Setting EXPOSE_BY_DEFAULT =
      onOff(
          "expose-by-default",
          "advertise compose networks without a label",
          "MESH_EXPOSE_BY_DEFAULT");
  static final Setting KEEP_DATAPLANE =
      onOff(
          "keep-dataplane",
          "SIGTERM announces a restart and leaves the data path running",
          "MESH_KEEP_DATAPLANE");
  static final Setting ENCRYPTION =
      value(
          "encryption",
          "none|wireguard",
          "none",
          "protection of the containers' traffic",
          "MESH_ENCRYPTION");
  static final Setting CONFIG =
      value(
          "config", "FILE", "", "YAML file; /etc/vrouter/mesh.yaml if it is there", "CONFIG_FILE");
  static final Setting DISCOVERY_FILE =
      value(
          "discovery-file",
          "FILE",
          "",
          "read as seeds when another wrote it, else the members as JSON",
          "DISCOVERY_FILE");

  /** All of them. */
  public static final List<Setting> ALL =
      List.of(
          TOKEN_FILE,
          INSECURE,
          SEED,
          MULTICAST,
          UNDERLAY,
          SUBNET,
          ALLOW_PREFIX,
          DOCKER,
          VNI,
          VXLAN_SUBNET,
          VXLAN_IP,
          VXLAN_PORT,
          GOSSIP_PORT,
          NODE_NAME,
          STATE_DIR,
          SOCKET,
          HTTP,
          POOL,
          EXPOSE_BY_DEFAULT,
          KEEP_DATAPLANE,
          ENCRYPTION,
          CONFIG,
          DISCOVERY_FILE);

  /**
   * The environment name of the token itself; there is no flag: it would show in the process list.
   */
  public static final String TOKEN_ENVIRONMENT = "MESH_TOKEN";

  private Settings() {}

  /** The setting of a YAML key. */
  public static Optional<Setting> find(String key) {
    return ALL.stream().filter(setting -> setting.key().equals(key)).findFirst();
  }

  private static Setting value(
      String key, String label, String fallback, String help, String... environment) {
    return new Setting(key, Kind.VALUE, label, List.of(environment), fallback, help);
  }

  private static Setting onOff(String key, String help, String environment) {
    return new Setting(key, Kind.SWITCH, "", List.of(environment), "false", help);
  }

  private static Setting list(String key, String label, String help, String environment) {
    return new Setting(key, Kind.LIST, label, List.of(environment), "", help);
  }
}
