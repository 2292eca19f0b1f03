package io.vrouter.mesh.config;

/** How the containers' traffic is protected between hosts. */
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
