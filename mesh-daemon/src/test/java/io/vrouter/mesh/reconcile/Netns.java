package io.vrouter.mesh.reconcile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace named after this process, so that the next run sweeps what a killed one left.
 */
final class Netns implements AutoCloseable {
  private static final Path DIRECTORY = Path.of("/var/run/netns");
  private static final String PREFIX = "co-";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name;

  Netns() {
    sweep();
    name = PREFIX + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    run("ip", "netns", "add", name);
    exec("ip", "link", "set", "lo", "up");
  }

  Path path() {
    return DIRECTORY.resolve(name);
  }

  String exec(String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
    all.addAll(List.of(command));
    return run(all.toArray(String[]::new));
  }

  @Override
  public void close() {
    run("ip", "netns", "delete", name);
  }

  private static void sweep() {
    if (!Files.isDirectory(DIRECTORY)) {
      return;
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(DIRECTORY, PREFIX + "[0-9]*-*")) {
      for (Path path : left) {
        String file = path.getFileName().toString();
        long pid = Long.parseLong(file.substring(PREFIX.length(), file.lastIndexOf('-')));
        if (ProcessHandle.of(pid).isEmpty()) {
          run("ip", "netns", "delete", file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + String.join(" ", command), e);
    }
  }
}
