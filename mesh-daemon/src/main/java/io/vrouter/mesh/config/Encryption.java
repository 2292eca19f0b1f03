package io.vrouter.mesh.config;

/** The protection of containers' traffic between hosts. */
public enum Encryption {
  /** Plain VXLAN. */
  NONE,
  /** VXLAN inside WireGuard. */
  WIREGUARD;

  static Encryption parse(String text) {
    return switch (text) {
      case "none" -> NONE;
      case "wireguard" -> WIREGUARD;
      default ->
          throw new IllegalArgumentException("'" + text + "' is not allowed: none or wireguard");
    };
  }
}
