package io.vrouter.mesh.lab;

import io.vrouter.netlink.lab.Await;
import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Sources;
import io.vrouter.netlink.lab.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Hosts on one LAN, made on demand, gone after each test (or after all, when the field is static).
 * What the daemons said is kept under {@code target/lab} and printed when a test fails.
 */
final class Lab
    implements AutoCloseable,
        BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback {
  static final Path ROOT = Sources.ROOT;

  private static final Path BIN = ROOT.resolve("mesh-daemon/target/dist/bin");
  static final Path MESHD = BIN.resolve("meshd");
  static final Path MESHCTL = BIN.resolve("meshctl");

  private final Map<Integer, Host> hosts = new TreeMap<>();
  private final Set<Path> logs = new HashSet<>();
  private final List<AutoCloseable> extras = new ArrayList<>();
  private final String token = randomSecret();
  private @Nullable Lan lan;
  private boolean shared;
  private String title = "lab";

  /** A fresh secret of 64 characters. */
  static String randomSecret() {
    byte[] secret = new byte[32];
    ThreadLocalRandom.current().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  /** The class path of the tests, for a JVM of its own. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The token that all hosts of this lab share. */
  String token() {
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

  /** Host {@code number} (1 to 250) at 192.168.200.number, made at the first call. */
  Host host(int number) {
    Host known = hosts.get(number);
    if (known != null) {
      return known;
    }
    Space space = Space.create("h" + number);
    Host host = new Host(this, number, space);
    hosts.put(number, host);
    lan().plug(space, number);
    return host;
  }

  /** The three hosts of the seed's example with one stack each, no daemon running. */
  List<Host> three() {
    List<Host> three = List.of(host(1), host(2), host(3));
    three.get(0).stack("172.30.0.0/16");
    three.get(1).stack("172.31.0.0/16");
    three.get(2).stack("172.22.0.0/16");
    return three;
  }

  /** Waits until every one of these hosts' kernels leads to all the others, and pings pass. */
  void awaitMesh(List<Host> members) {
    for (Host from : members) {
      for (Host to : members) {
        if (from != to) {
          Await.until(from + " leads to " + to, () -> from.leadsTo(to));
        }
      }
    }
    for (Host from : members) {
      for (Host to : members) {
        if (from != to && !from.stacks().isEmpty() && !to.stacks().isEmpty()) {
          Await.until(
              "a container of " + from + " reaches one of " + to,
              () -> from.stack().container().pings(to.stack().address()));
        }
      }
    }
  }

  /** Waits until both hosts' kernels have nothing of each other. */
  void awaitApart(Host one, Host other) {
    Await.until(one + " forgot " + other, () -> one.forgot(other));
    Await.until(other + " forgot " + one, () -> other.forgot(one));
  }

  /** Has this closed with the lab, before the hosts. */
  <T extends AutoCloseable> T closing(T extra) {
    extras.add(extra);
    return extra;
  }

  /** A file for what a process on a host says. */
  Path log(String name) {
    Path directory = ROOT.resolve("mesh-daemon/target/lab").resolve(title);
    try {
      Files.createDirectories(directory);
      Path log = directory.resolve(name + ".log");
      if (logs.add(log)) {
        Files.write(log, new byte[0]);
      }
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared = true;
    title = context.getRequiredTestClass().getSimpleName();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!shared) {
      title =
          context.getRequiredTestClass().getSimpleName()
              + "-"
              + context.getRequiredTestMethod().getName();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    context.getExecutionException().ifPresent(failure -> tell(context.getDisplayName()));
    if (!shared) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  private void tell(String test) {
    for (Host host : hosts.values()) {
      System.out.println("---- " + test + ": the daemon on " + host + " said:");
      System.out.println(lastLines(log(host.name())));
      System.out.println(host.space().run("ip", "-br", "addr").stdout());
      System.out.println(host.space().run("ip", "route").stdout());
      System.out.println(host.space().run("bridge", "fdb", "show", "dev", Kernel.DEVICE).stdout());
    }
  }

  private static String lastLines(Path log) {
    List<String> lines = read(log).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
  }

  @Override
  public void close() {
    List<AutoCloseable> all = new ArrayList<>(extras);
    all.addAll(hosts.values());
    Lan current = lan;
    if (current != null) {
      all.add(current);
    }
    extras.clear();
    hosts.clear();
    lan = null;
    AssertionError failed = null;
    for (AutoCloseable one : all) {
      try {
        one.close();
      } catch (Exception e) {
        failed = failed == null ? new AssertionError("cannot close " + one, e) : failed;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
