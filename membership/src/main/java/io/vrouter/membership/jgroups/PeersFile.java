package io.vrouter.membership.jgroups;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vrouter.membership.Seed;
import io.vrouter.membership.StateFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Addresses of members, one {@code ADDRESS:PORT} a line after a head line: contacted after a
 * restart when neither multicast nor a seed answers. Former members stay at the end of the list
 * while there is room.
 */
final class PeersFile {
  /** The file's name in the state directory. */
  static final String NAME = "peers";

  private static final String HEAD = "vrouter-peers 1";
  private static final int MAX_BYTES = 1 << 20;
  private static final int ROOM = 256;

  private final StateFile file;
  private List<InetSocketAddress> content = List.of();

  PeersFile(Path stateDir) {
    this.file = new StateFile(stateDir.resolve(NAME));
  }

  /** Reads the list. A corrupt file is set aside, reported, and counts as empty. */
  List<InetSocketAddress> load(Problems problems) {
    try {
      if (file.exists()) {
        content = parse(new String(file.read(MAX_BYTES), US_ASCII));
      }
    } catch (IllegalArgumentException e) {
      setAside(problems, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      problems.put(
          "peers-unreadable",
          "",
          "reading " + file.path() + ": " + e,
          "make the state directory readable by this program");
    }
    return content;
  }

  private void setAside(Problems problems, String why) {
    problems.put(
        "peers-corrupt",
        "",
        file.path() + " is not a list of peers (" + why + "); " + file.setAsideIfPossible(),
        "nothing: peers are found by multicast and seeds, and a new list is written");
  }

  /** Writes the members' addresses, then those of former members, when the list changed. */
  void save(Set<InetSocketAddress> members, Set<InetSocketAddress> gone, Problems problems) {
    Set<InetSocketAddress> next = new LinkedHashSet<>(members);
    for (InetSocketAddress former : content) {
      if (next.size() < ROOM && !gone.contains(former)) {
        next.add(former);
      }
    }
    if (members.isEmpty() || next.equals(Set.copyOf(content))) {
      return;
    }
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    next.forEach(peer -> text.append(format(peer)).append('\n'));
    try {
      file.write(text.toString().getBytes(US_ASCII));
      content = List.copyOf(next);
      problems.clear("peers-unwritable", "");
    } catch (IOException e) {
      problems.put(
          "peers-unwritable",
          "",
          "writing " + file.path() + ": " + e,
          "make room in the state directory and let this program write there");
    }
  }

  static String format(InetSocketAddress peer) {
    return new Seed(peer.getAddress().getHostAddress(), peer.getPort()).toString();
  }

  static List<InetSocketAddress> parse(String text) {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEAD) || !text.endsWith("\n")) {
      throw new IllegalArgumentException("it doesn't begin with '" + HEAD + "' or was cut off");
    }
    List<InetSocketAddress> peers = new ArrayList<>();
    for (int i = 1; i < lines.length - 1; i++) {
      Seed seed = Seed.parse(lines[i], JGroupsConfig.DEFAULT_PORT);
      InetAddress address = seed.address();
      if (address == null) {
        throw new IllegalArgumentException("line " + (i + 1) + " holds no address");
      }
      peers.add(new InetSocketAddress(address, seed.port()));
    }
    return List.copyOf(peers);
  }
}
