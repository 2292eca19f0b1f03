package io.vrouter.mesh.model;

import java.util.Locale;

/** The protection of containers' traffic between hosts. */
public enum Encryption {
  /** Plain VXLAN. */
  NONE,
  /**
   * VXLAN inside WireGuard with each host that has it, plain with the others: for the time in which
   * a running mesh is switched over. Protects not against a sender that can drop packets.
   */
  PREFER,
  /** VXLAN inside WireGuard, or nothing. */
  WIREGUARD;

  /**
   * Reads a setting.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static Encryption parse(String text) {
    return switch (text) {
      case "none" -> NONE;
      case "prefer" -> PREFER;
      case "wireguard" -> WIREGUARD;
      default ->
          throw new IllegalArgumentException(
              "'" + text + "' is not allowed: none, prefer or wireguard");
    };
  }

  /** Whether a host with this setting and one with the other have a data path. */
  public boolean agrees(Encryption other) {
    return this == other || this == PREFER || other == PREFER;
  }

  /** The word of the setting. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
