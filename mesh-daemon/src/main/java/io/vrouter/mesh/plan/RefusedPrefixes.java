package io.vrouter.mesh.plan;

import io.vrouter.membership.NodeId;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.model.Remedy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The problems of refused prefixes: one per origin with the first prefix as an example and a count,
 * however many a record contains, besides a note for those of another IP version; for this host's
 * networks one per code.
 */
final class RefusedPrefixes {
  private record Group(Object origin, String code) {}

  private static final class Told {
    private final String what;
    private final String reason;
    private final String fix;
    private final List<Remedy> remedies;
    private int count = 1;

    Told(String what, String reason, String fix, List<Remedy> remedies) {
      this.what = what;
      this.reason = reason;
      this.fix = fix;
      this.remedies = remedies;
    }
  }

  private final Map<NodeId, Told> peers = new LinkedHashMap<>();
  private final Map<NodeId, String> peerCodes = new LinkedHashMap<>();
  private final Map<NodeId, Told> otherFamily = new LinkedHashMap<>();
  private final Map<Group, Told> own = new LinkedHashMap<>();

  /** Adds a refused prefix of a peer. */
  void peer(
      NodeId id,
      String node,
      String prefix,
      String code,
      String reason,
      String fix,
      List<Remedy> remedies) {
    if (code.equals(PrefixPolicy.FAMILY)) {
      String nothing =
          "nothing, if the network has a prefix of the other version too; that is carried";
      otherFamily.merge(
          id, new Told(prefix + " of " + node, reason, nothing, List.of()), RefusedPrefixes::more);
      return;
    }
    peerCodes.putIfAbsent(id, code);
    peers.merge(id, new Told(prefix + " of " + node, reason, fix, remedies), RefusedPrefixes::more);
  }

  /** Adds a refused network of this host. */
  void own(LocalNetwork network, String code, String reason, String fix) {
    own.merge(
        new Group(network.vni(), code),
        new Told(
            "network %s (%s)".formatted(network.network(), network.prefix()),
            reason,
            fix,
            List.of()),
        RefusedPrefixes::more);
  }

  private static Told more(Told first, Told next) {
    first.count++;
    return first;
  }

  /** Only a warning for a prefix that asks for too much: its origin alone is at fault. */
  private static Problem problem(String code, String message, String fix) {
    return code.equals(PrefixPolicy.PUBLIC) || code.equals(PrefixPolicy.QUOTA)
        ? Problem.warning(code, message, fix)
        : new Problem(code, message, fix);
  }

  /** One problem per group, own networks first. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    own.forEach(
        (group, told) ->
            problems.add(
                new Problem(
                    group.code(),
                    told.count == 1
                        ? "%s is not advertised: it %s".formatted(told.what, told.reason)
                        : "%d networks are not advertised, the first is %s: it %s"
                            .formatted(told.count, told.what, told.reason),
                    told.fix)));
    peers.forEach(
        (id, told) ->
            problems.add(
                problem(peerCodes.getOrDefault(id, ""), noRoute(told), told.fix)
                    .with(told.remedies)));
    otherFamily
        .values()
        .forEach(told -> problems.add(Problem.note(PrefixPolicy.FAMILY, noRoute(told), told.fix)));
    return problems;
  }

  private static String noRoute(Told told) {
    return told.count == 1
        ? "%s gets no route here: it %s".formatted(told.what, told.reason)
        : "%s and %d more of its prefixes get no route here: it %s"
            .formatted(told.what, told.count - 1, told.reason);
  }
}
