package io.vrouter.bench.compose;

import io.vrouter.mesh.engines.EngineHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Events of one host's Docker and kernel, with their own time stamps. */
final class Watcher {
  private static final String FORMAT =
      "{{.TimeNano}} {{.Type}} {{.Action}} {{index .Actor.Attributes \"name\"}}";

  private final EngineHost host;

  private Watcher(EngineHost host) {
    this.host = host;
  }

  /** Begins to watch, until the host goes. */
  static Watcher start(EngineHost host) {
    host.start(
        "events",
        "docker",
        "--host=unix://" + EngineHost.SOCKET,
        "events",
        "--since=1s",
        "--format=" + FORMAT);
    host.start("routes", "env", "TZ=UTC", "ip", "-ts", "-4", "monitor", "route");
    return new Watcher(host);
  }

  EngineHost host() {
    return host;
  }

  /** Time of Docker's first event of this kind on a network after a moment. */
  OptionalLong network(String action, String name, long since) {
    return docker(line -> line.endsWith(" network " + action + " " + name), since);
  }

  /** Time of Docker's first start of a container with this name prefix after a moment. */
  OptionalLong started(String name, long since) {
    return docker(line -> line.contains(" container start " + name), since);
  }

  private OptionalLong docker(Predicate<String> event, long since) {
    return first(
        lines("events")
            .filter(event)
            .map(line -> Long.parseLong(line.substring(0, line.indexOf(' '))) / 1_000),
        since);
  }

  /** Time of the kernel's first mesh route to a prefix after a moment. */
  OptionalLong added(String prefix, long since) {
    return route("] " + prefix + " via ", since);
  }

  /** Time at which the kernel lost that route. */
  OptionalLong deleted(String prefix, long since) {
    return route("] Deleted " + prefix + " via ", since);
  }

  private OptionalLong route(String middle, long since) {
    return first(
        lines("routes")
            .filter(line -> line.startsWith("[") && line.contains(middle))
            .map(line -> micros(line.substring(1, line.indexOf(']')))),
        since);
  }

  private static long micros(String stamp) {
    LocalDateTime time = LocalDateTime.parse(stamp);
    return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.get(ChronoField.MICRO_OF_SECOND);
  }

  private static OptionalLong first(Stream<Long> times, long since) {
    return times.mapToLong(Long::longValue).filter(at -> at >= since).findFirst();
  }

  private Stream<String> lines(String name) {
    try {
      String text = Files.readString(host.log(name));
      // The last line may still be incomplete.
      List<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
      return whole.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
