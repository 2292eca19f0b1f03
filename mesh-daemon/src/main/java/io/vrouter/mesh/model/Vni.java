package io.vrouter.mesh.model;

/**
 * A VXLAN network identifier (RFC 7348 section 5), 1 to 16,777,215. Zero is legal on the wire and
 * useless in practice; in a device it can't be distinguished from "unset".
 */
public record Vni(int value) implements Comparable<Vni> {
  public Vni {
    if (value < 1 || value > 0xFFFFFF) {
      throw new IllegalArgumentException("'" + value + "' is not a VNI: 1 to 16777215");
    }
  }

  /**
   * Parses a decimal VNI.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static Vni parse(String text) {
    if (!text.matches("[0-9]{1,8}")) {
      throw new IllegalArgumentException("'" + text + "' is not a VNI: 1 to 16777215");
    }
    return new Vni(Integer.parseInt(text));
  }

  /** The device that carries it: {@code vxlan} and the number, the seed's naming. */
  public String device() {
    return "vxlan" + value;
  }

  @Override
  public int compareTo(Vni other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
