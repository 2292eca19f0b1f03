package io.vrouter.bench.real;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Sources;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.lab.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Throughput and round trip between two hosts: plain, with {@code --encryption wireguard}, and
 * through a WireGuard tunnel made by hand.
 */
public final class EncryptionBench {
  /** The mesh's WireGuard must carry this much of one made by hand. */
  private static final double AIM = 0.95;

  private static final Path BIN = Sources.ROOT.resolve("mesh-daemon/target/dist/bin");

  private final int seconds;
  private final Path log;

  private EncryptionBench(int seconds, Path log) {
    this.seconds = seconds;
    this.log = log;
  }

  /** A row of the table. */
  private record Figures(String what, double megabits, double micros) {}

  /** The argument is the length of each measurement in seconds, 5 by default. */
  public static void main(String[] args) throws IOException {
    int seconds = args.length == 0 ? 5 : Integer.parseInt(args[0]);
    EncryptionBench bench =
        new EncryptionBench(seconds, Files.createTempFile("bench-encryption", ".log"));
    List<Figures> rows = List.of(bench.mesh("none"), bench.mesh("wireguard"), bench.byHand());
    double ratio = rows.get(1).megabits() / rows.get(2).megabits();
    System.out.println("| between two hosts | Mbit/s | round trip |\n|---|---|---|");
    for (Figures row : rows) {
      System.out.printf("| %s | %.0f | %.0f µs |%n", row.what(), row.megabits(), row.micros());
    }
    System.out.printf(
        "%s; the mesh carries %.2f of the tunnel made by hand (aim: %.2f)%n",
        version(), ratio, AIM);
    System.exit(ratio >= AIM ? 0 : 1);
  }

  private static String version() {
    try (Space space = Space.create()) {
      return space.run("wireguard-go", "--version").stdout().lines().findFirst().orElse("?");
    }
  }

  /** From container to container, through the mesh. */
  private Figures mesh(String encryption) throws IOException {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    String token = HexFormat.of().formatHex(secret);
    List<AutoCloseable> open = new ArrayList<>();
    try {
      Lan lan = Lan.create();
      open.add(lan);
      List<Stack> stacks = new ArrayList<>();
      for (int number = 1; number <= 2; number++) {
        Space host = Space.create("h" + number);
        open.add(host);
        lan.plug(host, number);
        Stack stack = Stack.create(host, 1, "172.2%d.0.0/16".formatted(number));
        open.add(stack);
        stacks.add(stack);
        open.add(
            host.start(
                log,
                Map.of("MESH_TOKEN", token),
                List.of(
                    BIN.resolve("meshd").toString(),
                    "run",
                    "--subnet",
                    stack.subnet(),
                    "--encryption",
                    encryption)));
      }
      String target = stacks.get(1).address();
      Await.until("the path", () -> stacks.get(0).container().pings(target));
      Figures figures =
          measured(
              "mesh, --encryption " + encryption,
              stacks.get(0).container(),
              stacks.get(1).container(),
              target);
      return figures;
    } finally {
      close(open);
    }
  }

  /** From host to host, without VXLAN. */
  private Figures byHand() throws IOException {
    List<AutoCloseable> open = new ArrayList<>();
    try {
      Lan lan = Lan.create();
      open.add(lan);
      List<Space> hosts = new ArrayList<>();
      List<String> keys = new ArrayList<>();
      for (int number = 1; number <= 2; number++) {
        Space host = Space.create("h" + number);
        open.add(host);
        lan.plug(host, number);
        hosts.add(host);
        String secret = host.ok("wg", "genkey");
        host.write("/run/key", secret);
        keys.add(host.exec(secret, "wg", "pubkey").ok().stdout().strip());
        host.ok("wireguard-go", "wg0");
        host.ok("wg", "set", "wg0", "private-key", "/run/key", "listen-port", "51820");
        host.ip("addr add 10.9.9.%d/24 dev wg0".formatted(number), "link set wg0 mtu 1440 up");
      }
      for (int number = 1; number <= 2; number++) {
        int other = 3 - number;
        hosts
            .get(number - 1)
            .ok(
                "wg",
                "set",
                "wg0",
                "peer",
                keys.get(other - 1),
                "endpoint",
                Lan.PREFIX + other + ":51820",
                "allowed-ips",
                "10.9.9.%d/32".formatted(other));
      }
      Await.until("the tunnel", () -> hosts.get(0).pings("10.9.9.2"));
      return measured("wireguard-go by hand", hosts.get(0), hosts.get(1), "10.9.9.2");
    } finally {
      close(open);
    }
  }

  private Figures measured(String what, Space from, Space to, String target) {
    try (Child server = to.start(log, Map.of(), List.of("iperf3", "-s"))) {
      Await.until("iperf3 listens", () -> to.ok("ss", "-Hltn").contains(":5201"));
      JsonNode result =
          from.json("iperf3", "-J", "-O", "1", "-t", Integer.toString(seconds), "-c", target);
      if (!server.alive()) {
        throw new IllegalStateException("iperf3 ended: see " + log);
      }
      double bits = result.path("end").path("sum_received").path("bits_per_second").asDouble();
      String pings = from.ok("ping", "-n", "-q", "-i", "0.005", "-c", "400", target);
      String average = pings.replaceFirst("(?s).*= [0-9.]+/([0-9.]+)/.*", "$1");
      return new Figures(what, bits / 1e6, Double.parseDouble(average.strip()) * 1000);
    }
  }

  /** Daemons first; then the processes of WireGuard, which end with their devices. */
  private static void close(List<AutoCloseable> open) {
    try {
      for (AutoCloseable one : open) {
        if (one instanceof Child) {
          one.close();
        }
      }
      for (AutoCloseable one : open) {
        if (one instanceof Space host) {
          host.run("ip", "link", "del", "vrwg0");
          host.run("ip", "link", "del", "wg0");
        }
      }
      for (int i = open.size() - 1; i >= 0; i--) {
        if (!(open.get(i) instanceof Child)) {
          open.get(i).close();
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException("cannot close the hosts", e);
    }
  }
}
