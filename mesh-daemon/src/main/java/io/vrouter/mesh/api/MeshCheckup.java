package io.vrouter.mesh.api;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.model.Check;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
}
