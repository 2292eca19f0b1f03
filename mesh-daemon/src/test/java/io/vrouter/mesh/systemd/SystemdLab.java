package io.vrouter.mesh.systemd;

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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Hosts with systemd on one LAN; the package is installed once, in a layer that they share. */
final class SystemdLab implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final AtomicInteger pings = new AtomicInteger();
  private final List<SystemdHost> hosts = new ArrayList<>();
  private final List<Path> layers = new ArrayList<>();
  private @Nullable Lan lan;
  private @Nullable Path directory;
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
    Path target = Files.createDirectories(Sources.ROOT.resolve("mesh-daemon/target/systemd"));
    Path made = Files.createTempDirectory(target, "run-");
    directory = made;
    layers.add(SystemdTree.path());
    Path installed = Files.createDirectory(made.resolve("installed"));
    try (SystemdHost host = new SystemdHost(1, made, layers, installed)) {
      host.boot();
      host.install(deb());
    }
    layers.add(0, installed.resolve("upper"));
  }

  /** A host that is off, with the package installed and configured, and its cable in eth0. */
  SystemdHost host(int number) {
    SystemdHost host = plain(number, layers);
    host.configure(token());
    lan().plug(host.space(), number);
    return host;
  }

  /** A host that is off and has never seen the package; its cable is in eth0. */
  SystemdHost bare(int number) {
    SystemdHost host = plain(number, List.of(SystemdTree.path()));
    lan().plug(host.space(), number);
    return host;
  }

  private SystemdHost plain(int number, List<Path> below) {
    SystemdHost host = new SystemdHost(number, directory(), below, null);
    hosts.add(host);
    return host;
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
            directory().resolve("ping-" + pings.incrementAndGet() + ".log"));
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

  Path directory() {
    Path current = directory;
    if (current == null) {
      throw new IllegalStateException("not begun");
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
    hosts.forEach(SystemdHost::close);
    hosts.clear();
    Lan current = lan;
    if (current != null) {
      current.close();
    }
    lan = null;
    token = "";
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Spawner.run(Map.of(), List.of("rm", "-rf", directory().toString())).ok();
  }
}
