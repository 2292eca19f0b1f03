package io.vrouter.mesh.systemd;

import io.vrouter.netlink.lab.Child;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Ping;
import io.vrouter.netlink.lab.Sources;
import io.vrouter.netlink.lab.Spawner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Hosts with systemd on one LAN; the package is installed once, in a layer that they share. */
final class SystemdLab implements BeforeAllCallback, AfterEachCallback {
  private static final Path DIRECTORY = fresh();
  private static List<Path> shared = List.of();

  private static final AtomicInteger PINGS = new AtomicInteger();
  private final List<SystemdHost> hosts = new ArrayList<>();

  /** Closed by hand: a change of user, as dnsmasq's, clears PR_SET_PDEATHSIG. */
  private final List<Child> servers = new ArrayList<>();

  private final List<Path> layers = new ArrayList<>();
  private @Nullable Lan lan;
  private String token = "";

  /** The package that {@code ./mesh package} has made. */
  static Path deb() {
    Path target = Sources.ROOT.resolve("mesh-daemon/target");
    try (DirectoryStream<Path> found = Files.newDirectoryStream(target, "vrouter-mesh_*.deb")) {
      for (Path deb : found) {
        return deb;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("no package in " + target + ": run ./mesh package");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    layers.addAll(installed());
  }

  /** The layers of a host with the package, installed by the first class of this JVM. */
  private static synchronized List<Path> installed() throws IOException {
    if (shared.isEmpty()) {
      Path target = Files.createDirectories(DIRECTORY.resolve("installed"));
      try (SystemdHost host = new SystemdHost(1, DIRECTORY, List.of(SystemdTree.path()), target)) {
        host.boot();
        host.install(deb());
      }
      shared = List.of(target.resolve("upper"), SystemdTree.path());
    }
    return shared;
  }

  /** A directory of this JVM; those of former ones are removed. */
  private static Path fresh() {
    Path target = Sources.ROOT.resolve("mesh-daemon/target/systemd");
    Spawner.run(Map.of(), List.of("rm", "-rf", target.toString())).ok();
    try {
      return Files.createDirectories(target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A host that is off, with the package installed and nothing configured. */
  SystemdHost unconfigured(int number) {
    SystemdHost host = plain(number, layers);
    lan().plug(host.space(), number);
    return host;
  }

  /** A host that is off, with the package installed and configured, and its cable in eth0. */
  SystemdHost host(int number) {
    SystemdHost host = unconfigured(number);
    host.configure(token());
    return host;
  }

  /** A host that is off and has never seen the package; its cable is in eth0. */
  SystemdHost bare(int number) {
    SystemdHost host = plain(number, List.of(SystemdTree.path()));
    lan().plug(host.space(), number);
    return host;
  }

  private SystemdHost plain(int number, List<Path> below) {
    SystemdHost host = new SystemdHost(number, DIRECTORY, below, null);
    hosts.add(host);
    return host;
  }

  /** Has a DHCP server on the LAN that gives this host its address, for as long as it runs. */
  Child dhcpServer(SystemdHost host) {
    Child server =
        lan()
            .space()
            .start(
                DIRECTORY.resolve("dhcp-" + PINGS.incrementAndGet() + ".log"),
                Map.of(),
                List.of(
                    "dnsmasq",
                    "--keep-in-foreground",
                    "--conf-file=/dev/null",
                    "--port=0",
                    "--interface=lan",
                    "--bind-interfaces",
                    "--dhcp-authoritative",
                    "--dhcp-leasefile=/run/dhcp.leases",
                    "--pid-file=/run/dhcp.pid",
                    "--user=root",
                    "--log-facility=-",
                    "--dhcp-range=%1$s,%1$s,2m".formatted(host.address()),
                    "--dhcp-option=option:router," + Lan.GATEWAY));
    servers.add(server);
    return server;
  }

  /** Two configured hosts that are up and in one mesh, their stacks reaching each other. */
  List<SystemdHost> two() {
    List<SystemdHost> two = List.of(host(1), host(2));
    everywhere(two, SystemdHost::boot);
    everywhere(two, host -> host.ok("systemctl", "enable", "--now", "meshd"));
    everywhere(two, host -> host.awaitMembers(2));
    ping(two.get(0), two.get(1)).stop();
    return two;
  }

  static void everywhere(List<SystemdHost> hosts, Consumer<SystemdHost> action) {
    hosts.stream()
        .map(host -> CompletableFuture.runAsync(() -> action.accept(host)))
        .toList()
        .forEach(CompletableFuture::join);
  }

  /** Echo requests from one host's stack to the other's, one every 10 ms; one has been answered. */
  Ping ping(SystemdHost from, SystemdHost to) {
    Ping ping =
        Ping.start(
            from.stack().container(),
            to.stack().address(),
            DIRECTORY.resolve("ping-" + PINGS.incrementAndGet() + ".log"));
    ping.awaitMore(1);
    return ping;
  }

  String token() {
    if (token.isEmpty()) {
      byte[] secret = new byte[32];
      ThreadLocalRandom.current().nextBytes(secret);
      token = HexFormat.of().formatHex(secret);
    }
    return token;
  }

  Lan lan() {
    Lan current = lan;
    if (current == null) {
      current = Lan.create();
      lan = current;
    }
    return current;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      for (SystemdHost host : hosts) {
        System.out.println("---- " + context.getDisplayName() + ": " + host + " said:");
        System.out.println(host.account());
      }
    }
    servers.forEach(Child::close);
    servers.clear();
    hosts.forEach(SystemdHost::close);
    hosts.clear();
    Lan current = lan;
    if (current != null) {
      current.close();
    }
    lan = null;
    token = "";
  }
}
