package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The states of a member in the contract's spelling, lower case. */
public enum MemberStatus {
  ALIVE,
  SUSPECT,
  RESTARTING,
  FAILED,
  LEFT,
  REPLACED;

  /** The name in answers and tables. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
