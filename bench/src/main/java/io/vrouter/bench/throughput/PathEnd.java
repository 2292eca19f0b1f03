package io.vrouter.bench.throughput;

import com.fasterxml.jackson.databind.JsonNode;
import io.vrouter.mesh.engines.EngineHost;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One end of a path: a network namespace in which commands run. */
interface PathEnd {
  /** Runs a command there, however it ends. */
  Output run(String... command);

  /** The namespace. */
  Path netns();

  /** Runs a command there that must succeed, and reads its JSON. */
  default JsonNode json(String... command) {
    return Space.parse(run(command).ok().stdout());
  }

  /** A space. */
  static PathEnd of(Space space) {
    return new PathEnd() {
      @Override
      public Output run(String... command) {
        return space.run(command);
      }

      @Override
      public Path netns() {
        return space.netns();
      }
    };
  }

  /**
   * A process of an engine's host.
   *
   * @param pid as seen there
   */
  static PathEnd of(EngineHost host, String pid) {
    return new PathEnd() {
      @Override
      public Output run(String... command) {
        List<String> inside = new ArrayList<>(List.of("nsenter", "-t", pid, "-n"));
        inside.addAll(List.of(command));
        return host.run(inside.toArray(String[]::new));
      }

      @Override
      public Path netns() {
        return host.path("/proc/" + pid + "/ns/net");
      }
    };
  }
}
