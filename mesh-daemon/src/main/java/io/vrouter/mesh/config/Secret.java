package io.vrouter.mesh.config;

import java.util.regex.Pattern;

/** A text that never shows in a log, report or debugger's list. */
public final class Secret {
  private static final Pattern TOKEN = Pattern.compile("vr1_[^\\s'\",;:()\\[\\]]*");

  private final String text;

  /** Wraps the text as it was given, without the line end of a file. */
  public Secret(String text) {
    this.text = text;
  }

  /** The secret itself: only for the code that derives keys from it. */
  public String reveal() {
    return text;
  }

  /** The text without anything that looks like a mesh token. */
  public static String hidden(String text) {
    return TOKEN.matcher(text).replaceAll("vr1_(secret)");
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
