package io.vrouter.mesh.state;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.StateFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Addresses of the last run: this host's own in {@code underlay}, the peers' in membership's {@code
 * peers}. Hints only: a file that can't be read counts as empty.
 */
public final class KnownAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(KnownAddresses.class);
  private static final int LIMIT = 1 << 20;

  private final StateFile underlay;
  private final StateFile peers;

  /** In a state directory. */
  public KnownAddresses(Path stateDir) {
    this.underlay = new StateFile(stateDir.resolve("underlay"));
    this.peers = new StateFile(stateDir.resolve("peers"));
  }

  /** This host's underlay address. */
  public Optional<InetAddress> underlay() {
    return lines(underlay).stream().findFirst();
  }

  /** The peers' addresses, the newest first. */
  public List<InetAddress> peers() {
    return lines(peers);
  }

  /** Saves this host's underlay address. */
  public void keep(InetAddress address) {
    if (underlay().filter(address::equals).isPresent()) {
      return;
    }
    try {
      underlay.write((address.getHostAddress() + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      LOG.debug("the underlay address is not kept", e);
    }
  }

  private static List<InetAddress> lines(StateFile file) {
    List<InetAddress> found = new ArrayList<>();
    try {
      if (file.exists()) {
        new String(file.read(LIMIT), StandardCharsets.US_ASCII)
            .lines()
            .forEach(line -> address(line).ifPresent(found::add));
      }
    } catch (IOException e) {
      LOG.debug("{} is not read", file.path(), e);
    }
    return found;
  }

  /**
   * Parses {@code ADDRESS}, {@code ADDRESS:PORT} or {@code [ADDRESS]:PORT}; empty for a head line.
   */
  private static Optional<InetAddress> address(String line) {
    String host = line.strip().replaceFirst("^\\[(.*)](:\\d+)?$", "$1");
    try {
      return Optional.of(Addresses.parse(host.replaceFirst("^([0-9.]+):\\d+$", "$1")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
