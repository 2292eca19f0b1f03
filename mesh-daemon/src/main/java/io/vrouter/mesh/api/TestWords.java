package io.vrouter.mesh.api;

import io.vrouter.mesh.trial.Failure;

/** Cause and next step of each failure. Pure. */
final class TestWords {
  private TestWords() {}

  static String cause(Failure.Finding kind, String from, String to, int octets) {
    return switch (kind) {
      case SILENT -> "no packet arrives in either direction";
      case SILENT_TO ->
          "no packet of %s arrives at %s, the other direction works".formatted(from, to);
      case SILENT_FROM ->
          "no packet of %s arrives at %s, the other direction works".formatted(to, from);
      case LARGE_TO ->
          "small packets of %s arrive at %s, those of %d octets don't".formatted(from, to, octets);
      case LARGE_FROM ->
          "small packets of %s arrive at %s, those of %d octets don't".formatted(to, from, octets);
      case SOURCE -> "packets arrive with another source address";
      case LEAK -> "packets pass between networks that the mesh must keep apart";
    };
  }

  static String fix(Failure.Finding kind, String from, String to) {
    return switch (kind) {
      case SILENT, SILENT_TO, SILENT_FROM ->
          "'meshctl ping %2$s' on %1$s, then 'meshctl routes' and 'meshctl doctor' on both"
              .formatted(from, to);
      case LARGE_TO, LARGE_FROM ->
          "'meshctl members' shows the path's MTU; raise it, or give all hosts a smaller --mtu";
      case SOURCE ->
          "a rule on %s or %s translates addresses: 'nft list ruleset' and 'iptables -t nat -S'"
              .formatted(from, to);
      case LEAK ->
          "see which route or rule connects them: 'ip route get' and 'nft list ruleset' on %s and %s"
              .formatted(from, to);
    };
  }
}
