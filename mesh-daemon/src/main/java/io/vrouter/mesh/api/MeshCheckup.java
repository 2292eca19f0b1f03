package io.vrouter.mesh.api;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The checks of {@code meshctl doctor} that compare this host with the other members. Pure. */
final class MeshCheckup {
  private MeshCheckup() {}

  /** Whether all living members run the same version; this host's is the one to compare with. */
  static Check versions(Members members) {
    Map<String, List<String>> hosts =
        members.members().stream()
            .filter(member -> member.status() == MemberStatus.ALIVE)
            .collect(
                groupingBy(
                    Members.Member::version,
                    TreeMap::new,
                    mapping(Members.Member::name, toList())));
    if (hosts.size() <= 1) {
      return new Check("versions", Check.Result.PASS, "All living members run one version", "");
    }
    return new Check(
        "versions",
        Check.Result.WARN,
        "The living members run different versions: "
            + hosts.entrySet().stream()
                .map(entry -> entry.getKey() + " on " + String.join(", ", entry.getValue()))
                .collect(joining("; ")),
        "Upgrade the hosts with the older version, one at a time; the data path stays up");
  }

  /** Whether every known member that did not leave is alive. */
  static Check failed(Members members) {
    List<Members.Member> failed =
        members.members().stream()
            .filter(member -> member.status() == MemberStatus.FAILED)
            .toList();
    if (failed.isEmpty()) {
      return new Check("failed-members", Check.Result.PASS, "No member has failed", "");
    }
    List<Remedy> remedies =
        failed.stream()
            .flatMap(
                member ->
                    Remedy.all(List.of("meshctl forget " + member.id()), "member " + member.name())
                        .stream())
            .toList();
    return new Check(
        "failed-members",
        Check.Result.WARN,
        "Failed: "
            + failed.stream()
                .map(member -> member.name() + " since " + member.since())
                .collect(joining(", ")),
        "Start meshd there, or for a host that is gone for good: "
            + remedies.stream().map(Remedy::command).collect(joining("; ")),
        remedies);
  }

  /**
   * Whether each configured seed is a member, or this host.
   *
   * @param seeds the addresses of each seed, as it is configured; none where its name has none
   * @param own this host's addresses
   */
  static Check seeds(
      Map<String, Set<String>> seeds, Collection<String> own, Members members, int gossipPort) {
    Set<String> known =
        members.members().stream()
            .filter(member -> member.status() != MemberStatus.FAILED)
            .map(Members.Member::underlay)
            .collect(Collectors.toSet());
    known.addAll(own);
    List<String> silent =
        seeds.entrySet().stream()
            .filter(seed -> seed.getValue().stream().noneMatch(known::contains))
            .map(
                seed ->
                    seed.getKey() + (seed.getValue().isEmpty() ? " (the name has no address)" : ""))
            .sorted()
            .toList();
    return silent.isEmpty()
        ? new Check(
            "seeds",
            Check.Result.PASS,
            seeds.isEmpty() ? "No seed is configured" : "All seeds are members",
            "")
        : new Check(
            "seeds",
            Check.Result.WARN,
            "No member: " + String.join(", ", silent),
            "Start meshd there with the same token, let UDP %d through between the hosts, or take"
                    .formatted(gossipPort)
                + " the seed out of the configuration");
  }
}
