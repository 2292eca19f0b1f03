package io.vrouter.mesh.model;

import java.util.List;
import java.util.Set;

/**
 * The VNIs that a host takes part in.
 *
 * @param main the VNI of networks that name none
 * @param others VNIs that a network's label may name
 * @param any whether a label may name every VNI
 */
public record Vnis(Vni main, Set<Vni> others, boolean any) {
  /** The keyword for every VNI. */
  public static final String ANY = "any";

  public Vnis {
    others = Set.copyOf(others);
  }

  /**
   * Parses numbers and the keyword {@value #ANY}; the first number is the main one.
   *
   * @throws IllegalArgumentException naming the text and what is allowed, or that there is no
   *     number
   */
  public static Vnis parse(List<String> texts) {
    List<Vni> numbers = texts.stream().filter(text -> !text.equals(ANY)).map(Vnis::number).toList();
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("'" + ANY + "' alone: give the default VNI before it");
    }
    return new Vnis(numbers.get(0), Set.copyOf(numbers), texts.contains(ANY));
  }

  private static Vni number(String text) {
    return Vni.parse(text);
  }

  /** Whether a label may name the VNI. */
  public boolean contains(Vni vni) {
    return any || vni.equals(main) || others.contains(vni);
  }
}
