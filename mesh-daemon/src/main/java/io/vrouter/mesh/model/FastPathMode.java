package io.vrouter.mesh.model;

import java.util.Locale;

/** Whether eBPF programs forward the containers' packets beside the tables of netfilter. */
public enum FastPathMode {
  /** Never. */
  OFF,
  /** Where the kernel takes them and no rule of the operator would be passed by. */
  AUTO,
  /** Where the kernel takes them, past the operator's rules, too. */
  ON;

  /**
   * Reads a setting.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static FastPathMode parse(String text) {
    return switch (text) {
      case "off" -> OFF;
      case "auto" -> AUTO;
      case "on" -> ON;
      default ->
          throw new IllegalArgumentException("'" + text + "' is not allowed: on, off or auto");
    };
  }

  /** The word of the setting. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
