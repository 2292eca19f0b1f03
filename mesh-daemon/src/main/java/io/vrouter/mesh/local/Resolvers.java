package io.vrouter.mesh.local;

import io.vrouter.membership.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The name servers of resolv.conf(5): a prefix that covers one would cut this host off. */
public final class Resolvers {
  private Resolvers() {}

  /** The name servers of a file; none when it can't be read, as for the resolver itself. */
  public static Set<InetAddress> of(Path file) {
    try {
      return parse(Files.readAllLines(file));
    } catch (IOException e) {
      return Set.of();
    }
  }

  static Set<InetAddress> parse(List<String> lines) {
    Set<InetAddress> addresses = new HashSet<>();
    for (String line : lines) {
      List<String> words = List.of(line.strip().split("\\s+", 3));
      if (words.size() >= 2 && words.get(0).equals("nameserver")) {
        address(words.get(1)).ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  /** Empty for an entry that the resolver itself could not use either. */
  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(Addresses.parse(text.replaceFirst("%.*$", "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
