package io.vrouter.mesh.host;

import io.vrouter.mesh.host.HostFacts.UdpSocket;
import io.vrouter.netlink.route.Link;
import io.vrouter.netlink.route.Vxlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@link HostFacts} from proc. */
public final class HostFactsReader {
  /** IFLA_VXLAN_GBP and IFLA_VXLAN_GPE, there when set (include/uapi/linux/if_link.h). */
  private static final Map<Integer, String> EXCLUSIVE = Map.of(23, "gbp", 27, "gpe");

  private final Path proc;
  private final String path;

  /** Reads the running system. */
  public HostFactsReader() {
    this(Path.of("/proc"), System.getenv().getOrDefault("PATH", ""));
  }

  /**
   * Reads a directory of proc's form.
   *
   * @param path directories to search for nft, separated by colons
   */
  HostFactsReader(Path proc, String path) {
    this.proc = proc;
    this.path = path;
  }

  /**
   * The facts of the calling thread's network namespace.
   *
   * @param ports the UDP ports to find holders of; a search reads all processes, so only when one
   *     of the ports is taken
   * @param links of the namespace
   * @throws IOException naming the file that can't be read
   */
  public HostFacts read(Set<Integer> ports, Collection<Link> links) throws IOException {
    List<UdpSocket> sockets = new ArrayList<>();
    sockets.addAll(sockets("udp"));
    sockets.addAll(sockets("udp6"));
    List<UdpSocket> taken =
        sockets.stream().filter(socket -> ports.contains(socket.port())).toList();
    Set<Integer> tunnelPorts = new HashSet<>();
    Map<Integer, String> exclusive = new TreeMap<>();
    for (Link link : links) {
      Vxlan vxlan = link.vxlan();
      if (vxlan != null) {
        tunnelPorts.add(vxlan.port());
        String why = exclusive(vxlan);
        if (!why.isEmpty()) {
          exclusive.putIfAbsent(vxlan.port(), "device " + link.name() + " (" + why + ")");
        }
      }
    }
    SocketHolders holders = new SocketHolders(proc);
    Map<Long, HostFacts.Holder> found =
        holders.find(taken.stream().map(UdpSocket::inode).collect(Collectors.toSet()));
    return new HostFacts(
        Files.readString(proc.resolve("sys/kernel/osrelease")).strip(),
        Files.readString(proc.resolve("version")).strip(),
        capabilities(),
        Stream.of(path.split(":", -1))
            .filter(directory -> !directory.isEmpty())
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "nft"))),
        sockets.stream()
            .map(
                socket ->
                    new UdpSocket(
                        socket.local(),
                        socket.port(),
                        socket.inode(),
                        found.get(socket.inode()),
                        socket.uid()))
            .toList(),
        tunnelPorts,
        exclusive);
  }

  /** vxlan_find_sock() shares a socket between devices of the same VXLAN_F_RCV_FLAGS only. */
  private static String exclusive(Vxlan vxlan) {
    if (vxlan.collectMetadata()) {
      return "external";
    }
    return vxlan.unknown().stream()
        .map(attribute -> EXCLUSIVE.getOrDefault(attribute.type(), ""))
        .filter(name -> !name.isEmpty())
        .findFirst()
        .orElse("");
  }

  private long capabilities() throws IOException {
    Path status = proc.resolve("self/status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("CapEff:")) {
        return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
      }
    }
    throw new IOException(status + " has no CapEff");
  }

  /** A table of proc_pid_net(5); absent where the kernel has no IPv6. */
  private List<UdpSocket> sockets(String table) throws IOException {
    Path file = proc.resolve("thread-self/net").resolve(table);
    if (!Files.exists(file)) {
      return List.of();
    }
    List<UdpSocket> sockets = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length > 9 && fields[1].indexOf(':') > 0 && !fields[1].startsWith("local")) {
        String[] local = fields[1].split(":", -1);
        sockets.add(
            new UdpSocket(
                address(local[0]),
                Integer.parseInt(local[1], 16),
                Long.parseLong(fields[9]),
                null,
                (int) Long.parseLong(fields[7])));
      }
    }
    return sockets;
  }

  /** 32-bit words, each printed in host byte order. */
  private static InetAddress address(String hex) throws UnknownHostException {
    byte[] octets = HexFormat.of().parseHex(hex);
    ByteBuffer printed = ByteBuffer.wrap(octets);
    ByteBuffer address = ByteBuffer.allocate(octets.length).order(ByteOrder.nativeOrder());
    while (printed.hasRemaining()) {
      address.putInt(printed.getInt());
    }
    return InetAddress.getByAddress(address.array());
  }
}
