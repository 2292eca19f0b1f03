package io.vrouter.bench.compose;

import io.vrouter.mesh.engines.Deployment;
import io.vrouter.mesh.engines.EngineHost;
import io.vrouter.mesh.engines.ShippedStack;
import io.vrouter.netlink.lab.Ping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Times for a stack to join at its start and to leave at its removal, and their growth with the
 * number of stacks: {@code ComposeBench [RUNS]}.
 */
public final class ComposeBench {
  private static final List<String> LETTERS = List.of("a", "b", "c");
  private static final double SECOND = 1_000;

  private final FigureTable table = new FigureTable();
  private final Deployment mesh;
  private final int runs;
  private final List<Watcher> watchers = new ArrayList<>();

  private ComposeBench(Deployment mesh, int runs) {
    this.mesh = mesh;
    this.runs = runs;
  }

  /** Prints a table; exits with 1 when an aim is missed. */
  public static void main(String[] args) throws IOException {
    if (args.length > 1 || (args.length == 1 && !args[0].matches("[1-9][0-9]?"))) {
      System.err.println("bench compose: bad number of runs '" + String.join(" ", args) + "'");
      System.err.println("allowed: ./mesh bench compose [1..99]");
      System.exit(2);
    }
    int runs = args.length == 0 ? 5 : Integer.parseInt(args[0]);
    Path directory = Files.createTempDirectory(Path.of("target"), "compose-").toAbsolutePath();
    say("three engines, an image and a daemon on each ...");
    boolean met;
    try (Deployment mesh = Deployment.start(3, directory)) {
      met = new ComposeBench(mesh, runs).run();
    } finally {
      delete(directory);
    }
    System.exit(met ? 0 : 1);
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  static void say(String text) {
    System.err.println(text);
  }

  private boolean run() {
    mesh.engines().hosts().forEach(host -> watchers.add(Watcher.start(host)));
    List<ShippedStack> stacks = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      stacks.add(ShippedStack.of(mesh.engines().host(n + 1), LETTERS.get(n)).up());
    }
    for (int run = 1; run <= runs; run++) {
      say("run %d of %d ...".formatted(run, runs));
      downAndUp(stacks, (run - 1) % 3);
      flush(mesh.engines().host(run % 3 + 1), "");
    }
    stacks.forEach(ShippedStack::down);
    new ManyStacks(mesh, watchers, table).run();
    for (int run = 1; run <= runs; run++) {
      flush(mesh.engines().host(run % 3 + 1), ", with 50 stacks");
    }
    System.out.printf(
        "%d cores, kernel %s, %d runs, three hosts with an engine each; a network or container is"
            + " there, or gone, when Docker's event says so%n%n",
        Runtime.getRuntime().availableProcessors(), System.getProperty("os.version"), runs);
    return table.print(System.out);
  }

  /** Removes and restarts one of the shipped stacks, while the other two ping it. */
  private void downAndUp(List<ShippedStack> stacks, int index) {
    ShippedStack stack = stacks.get(index);
    Watcher own = watchers.get(index);
    List<Watcher> others = watchers.stream().filter(it -> it != own).toList();
    String network = "%s_stack-%s".formatted(stack.project(), stack.letter());

    long begin = Clock.now();
    stack.down();
    long gone = Clock.await("network gone", () -> own.network("destroy", network, begin));
    long withdrawn =
        Clock.await(
            "routes gone", () -> Clock.last(others, it -> it.deleted(stack.subnet(), begin)));
    table.add(
        "network is gone -> route gone everywhere, ms",
        Math.max(0, Clock.millis(gone, withdrawn)),
        SECOND);

    List<ShippedStack> clients = stacks.stream().filter(it -> !it.equals(stack)).toList();
    List<Ping> pingers = new ArrayList<>(pings(clients, stack.gateway()));
    try {
      long again = Clock.now();
      CompletableFuture<ShippedStack> up = CompletableFuture.supplyAsync(stack::up);
      long made = Clock.await("network", () -> own.network("create", network, again));
      long started = Clock.await("container", () -> own.started(stack.project(), made));
      // Not before: the kernel repeats its neighbour request for an unanswered address once a
      // second.
      List<Ping> late = pings(clients, stack.address());
      pingers.addAll(late);
      long answered =
          Clock.await("answers", () -> Clock.last(late, it -> it.answeredAfter(started)));
      long routed =
          Clock.await("routes", () -> Clock.last(others, it -> it.added(stack.subnet(), made)));
      List<Ping> early = pingers.subList(0, clients.size());
      long gateway = Clock.await("gateway", () -> Clock.last(early, it -> it.answeredAfter(made)));
      up.join();
      table.add(
          "network is there -> route on all other hosts, ms", Clock.millis(made, routed), SECOND);
      table.add(
          "network is there -> its gateway answers other hosts' containers, ms",
          Clock.millis(made, gateway),
          SECOND);
      table.add(
          "container runs -> it answers other hosts' containers, ms",
          Clock.millis(started, answered),
          SECOND);
      table.add(
          "  before it: network is there -> container runs (Docker's time), ms",
          Clock.millis(made, started));
    } finally {
      pingers.forEach(Ping::close);
    }
  }

  private static List<Ping> pings(List<ShippedStack> clients, String address) {
    return clients.stream().map(it -> it.host().ping(it.app(), address)).toList();
  }

  /** Flushes all rules of a host's DOCKER-USER. */
  private void flush(EngineHost host, String when) {
    long begin = Clock.now();
    host.ok("iptables", "-F", "DOCKER-USER");
    long back =
        Clock.await(
            "rules",
            () ->
                host.ok("iptables", "-S", "DOCKER-USER").contains("vrouter mesh")
                    ? OptionalLong.of(Clock.now())
                    : OptionalLong.empty());
    table.add(
        "DOCKER-USER flushed -> rules are back" + when + ", ms", Clock.millis(begin, back), SECOND);
  }
}
