package io.vrouter.mesh.model;

/** A name that travels in records and is shown to people: no control or format character in it. */
public final class Label {
  /** Characters a label may have: a Linux host name's limit. */
  public static final int MAX = 64;

  private Label() {}

  /**
   * Checks a name.
   *
   * @param what names the value in the error
   * @return the text
   * @throws IllegalArgumentException naming the value and what is allowed
   */
  public static String check(String what, String text) {
    if (!text.matches("[\\x21-\\x7e]{1," + MAX + "}")) {
      throw new IllegalArgumentException(
          "%s '%s' must be 1 to %d printable ASCII characters without spaces"
              .formatted(what, fit(text), MAX));
    }
    return text;
  }

  /** The nearest text that {@link #check} accepts: for names that other programs chose. */
  public static String fit(String text) {
    String fitted = text.replaceAll("[^\\x21-\\x7e]", "_");
    if (fitted.isEmpty()) {
      return "_";
    }
    return fitted.length() > MAX ? fitted.substring(0, MAX) : fitted;
  }
}
