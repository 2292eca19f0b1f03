package io.vrouter.mesh.engines;

import io.vrouter.netlink.lab.Lan;
import io.vrouter.netlink.lab.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Hosts on one LAN, each with an engine of its own: {@code dk1}, {@code dk2} and so on at
 * 192.168.200.1, .2 and so on. The LAN's bridge answers as their default gateway and leads nowhere.
 */
public final class Engines implements AutoCloseable {
  private final Path logs;
  private final Lan lan = Lan.create();
  private final List<EngineHost> hosts = new ArrayList<>();

  private Engines(Path logs) {
    this.logs = logs;
  }

  /** Makes the hosts and starts their engines. */
  public static Engines start(int count) {
    ControlGroups.sweep();
    ControlGroups.guard();
    Path logs;
    try {
      // In the build's own directory, so that a killed run leaves nothing elsewhere.
      Path target = Files.createDirectories(Path.of("target/engines").toAbsolutePath());
      logs = Files.createTempDirectory(target, "run-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Engines engines = new Engines(logs);
    boolean started = false;
    try {
      engines.build(count);
      started = true;
      return engines;
    } finally {
      if (!started) {
        engines.close();
      }
    }
  }

  private void build(int count) {
    for (int number = 1; number <= count; number++) {
      Path log = logs.resolve("dk" + number + ".log");
      Space space = Space.withProcesses("dk" + number);
      hosts.add(new EngineHost(space, Lan.PREFIX + number, log));
      lan.plug(space, number);
    }
    everywhere(EngineHost::startEngine);
  }

  /** A host, counted from 1. */
  public EngineHost host(int number) {
    return hosts.get(number - 1);
  }

  /** All of them. */
  public List<EngineHost> hosts() {
    return List.copyOf(hosts);
  }

  /** Imports the base image on every host. */
  public void importBase() {
    Path tar = BaseImage.tar();
    everywhere(host -> host.dockerOk("import", tar.toString(), BaseImage.NAME));
  }

  /** Copies an image from the first host to the others. */
  public void share(String image) {
    Path tar = logs.resolve("image.tar");
    host(1).dockerOk("save", "-o", tar.toString(), image);
    hosts.stream().skip(1).forEach(host -> host.dockerOk("load", "-i", tar.toString()));
    try {
      Files.delete(tar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does something on all hosts at once. */
  public void everywhere(Consumer<EngineHost> action) {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (EngineHost host : hosts) {
      running.add(CompletableFuture.runAsync(() -> action.accept(host)));
    }
    running.forEach(CompletableFuture::join);
  }

  /** Pulls the cable of a host. */
  public void pull(int number) {
    lan.pull(number);
  }

  /** Puts the cable of a host back. */
  public void mend(int number) {
    lan.mend(number);
  }

  @Override
  public void close() {
    ControlGroups.thaw();
    hosts.forEach(EngineHost::close);
    lan.close();
    ControlGroups.remove();
    try (Stream<Path> files = Files.walk(logs)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
