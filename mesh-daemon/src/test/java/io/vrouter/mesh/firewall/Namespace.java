package io.vrouter.mesh.firewall;

import io.vrouter.netlink.Nftables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A nameless network namespace. A {@code cat} in it holds it open and ends with our end of its
 * pipe, so that the namespace goes with this JVM however that ends.
 */
public final class Namespace implements AutoCloseable {
  private final Process holder;

  /** How a command ended. */
  public record Outcome(int status, String output) {
    boolean ok() {
      return status == 0;
    }
  }

  public Namespace() {
    try {
      holder = new ProcessBuilder("unshare", "--net", "cat").start();
      Path own = Path.of("/proc/self/ns/net");
      Path theirs = Path.of("/proc/" + holder.pid() + "/ns/net");
      Awaitility.await()
          .until(
              () ->
                  !Files.readSymbolicLink(theirs).equals(Files.readSymbolicLink(own))
                      && holder.info().command().orElse("").endsWith("cat"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ip("link set lo up");
  }

  /** Names the namespace in {@code ip link … netns}. */
  public long pid() {
    return holder.pid();
  }

  /** A socket to nftables inside. */
  Nftables nftables() {
    return Nftables.open(Path.of("/proc/" + pid() + "/ns/net"));
  }

  /** Our table inside. */
  NftTable table() {
    return new NftTable(new Nft(command("nft")), this::nftables);
  }

  /** The command, run inside. */
  public List<String> command(String... arguments) {
    return Stream.concat(
            Stream.of("nsenter", "--net=/proc/" + pid() + "/ns/net"), Stream.of(arguments))
        .toList();
  }

  /** Lines of {@code ip}; each must succeed. */
  public void ip(String... lines) {
    expect(exec(String.join("\n", lines) + "\n", "ip", "-batch", "-"));
  }

  /** A command that must succeed. */
  public String run(String... arguments) {
    return expect(exec("", arguments));
  }

  /** What {@code nft -f -} reads; must succeed. */
  public void nft(String rules) {
    expect(exec(rules, "nft", "-f", "-"));
  }

  /** Whether one echo is answered. */
  public boolean pings(String destination, String... options) {
    String[] ping = {"ping", "-n", "-c", "1", "-W", "0.4"};
    return exec(
            "",
            Stream.of(Stream.of(ping), Stream.of(options), Stream.of(destination))
                .flatMap(part -> part)
                .toArray(String[]::new))
        .ok();
  }

  /** A command, run to its end. */
  public Outcome exec(String stdin, String... arguments) {
    try {
      Process process = new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
      try (var input = process.getOutputStream()) {
        input.write(stdin.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String expect(Outcome outcome) {
    if (!outcome.ok()) {
      throw new IllegalStateException(outcome.toString());
    }
    return outcome.output();
  }

  @Override
  public void close() {
    holder.destroyForcibly().onExit().join();
  }
}
