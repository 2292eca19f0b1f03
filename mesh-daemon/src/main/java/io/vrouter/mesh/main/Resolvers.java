package io.vrouter.mesh.main;

import io.vrouter.mesh.model.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The name servers of resolv.conf(5): a prefix that covers one would cut this host off. */
final class Resolvers {
  private Resolvers() {}

  /** Those of a file; none when it can't be read, as for the resolver itself. */
  static Set<InetAddress> of(Path file) {
    try {
      return parse(Files.readAllLines(file));
    } catch (IOException e) {
      return Set.of();
    }
  }

  static Set<InetAddress> parse(List<String> lines) {
    Set<InetAddress> addresses = new HashSet<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 2 && words[0].equals("nameserver")) {
        try {
          addresses.add(Addresses.parse(words[1].replaceFirst("%.*$", "")));
        } catch (IllegalArgumentException e) {
          // The resolver skips what it can't read, too.
          continue;
        }
      }
    }
    return addresses;
  }
}
