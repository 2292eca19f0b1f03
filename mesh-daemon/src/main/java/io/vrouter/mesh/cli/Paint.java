package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.MemberStatus;

/** ANSI colours, or none. */
record Paint(boolean on) {
  String good(String text) {
    return paint("32", text);
  }

  String bad(String text) {
    return paint("31", text);
  }

  String doubtful(String text) {
    return paint("33", text);
  }

  String strong(String text) {
    return paint("1", text);
  }

  String status(MemberStatus status) {
    return switch (status) {
      case ALIVE -> good(status.text());
      case FAILED -> bad(status.text());
      case SUSPECT, RESTARTING -> doubtful(status.text());
      case LEFT, REPLACED -> status.text();
    };
  }

  private String paint(String code, String text) {
    return on ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
