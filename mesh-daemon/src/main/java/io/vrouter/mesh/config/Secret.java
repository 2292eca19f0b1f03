package io.vrouter.mesh.config;

/** A text that never shows in a log, report or debugger's list. */
public final class Secret {
  private final String text;

  /** Wraps the text as it was given, without the line end of a file. */
  public Secret(String text) {
    this.text = text;
  }

  /** The secret itself: for the code that derives keys from it, and nothing else. */
  public String reveal() {
    return text;
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
