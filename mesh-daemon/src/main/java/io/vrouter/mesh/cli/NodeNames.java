package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Members;
import java.util.HashMap;
import java.util.Map;

/** Names for the ids in tables. */
final class NodeNames {
  private final Map<String, String> names = new HashMap<>();

  NodeNames(Members members) {
    members.members().forEach(member -> names.put(member.id(), Text.safe(member.name())));
  }

  String of(String id) {
    return names.getOrDefault(id, MembersCommand.abbreviated(id));
  }
}
