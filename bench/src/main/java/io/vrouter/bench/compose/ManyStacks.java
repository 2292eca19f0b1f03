package io.vrouter.bench.compose;

import io.vrouter.mesh.engines.BaseImage;
import io.vrouter.mesh.engines.Deployment;
import io.vrouter.mesh.engines.EngineHost;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Ping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Fifty stacks on all hosts in turn, one after the other: a labelled network and a container each.
 */
final class ManyStacks {
  private static final int COUNT = 50;
  private static final double RATIO = 1.5;

  /** Prints each address once per unanswered ping, of three at most. */
  private static final String REACH_ALL =
      "for a in \"$@\"; do for n in 1 2 3; do"
          + " ping -n -q -c 1 -W 2 $a >/dev/null && break; echo $a; done; done";

  private static final int ATTEMPTS = 3;

  private final Deployment mesh;
  private final List<Watcher> watchers;
  private final FigureTable table;
  private final List<Stack> stacks = new ArrayList<>();

  ManyStacks(Deployment mesh, List<Watcher> watchers, FigureTable table) {
    this.mesh = mesh;
    this.watchers = watchers;
    this.table = table;
  }

  /**
   * One stack.
   *
   * @param routed milliseconds from Docker's event for the network until every other host had its
   *     route
   * @param answered milliseconds until a container of every other host had an answer from its
   *     gateway
   */
  private record Stack(
      EngineHost host, String name, String address, double routed, double answered) {}

  void run() {
    for (int number = 1; number <= COUNT; number++) {
      if (number % 10 == 0) {
        ComposeBench.say("stack %d of %d ...".formatted(number, COUNT));
      }
      stacks.add(start(number));
    }
    List<Integer> lost = lostByPair();
    table.add(
        "%d stacks: pairs out of %d that don't reach each other"
            .formatted(COUNT, COUNT * (COUNT - 1)),
        (double) lost.stream().filter(it -> it == ATTEMPTS).count(),
        0);
    table.add("  pings lost while that was tried", lost.stream().mapToInt(Integer::intValue).sum());
    ratio("route on all other hosts", stacks.stream().map(Stack::routed).toList());
    ratio("gateway answers other hosts", stacks.stream().map(Stack::answered).toList());
  }

  /** The fifth and the fiftieth, each as the median of five, so that no single one decides. */
  private void ratio(String what, List<Double> times) {
    List<Double> early = times.subList(2, 7);
    List<Double> late = times.subList(COUNT - 5, COUNT);
    early.forEach(it -> table.add("stacks 3 to 7: " + what + ", ms", it));
    late.forEach(it -> table.add("stacks 46 to 50: " + what + ", ms", it));
    table.add(
        "  ratio of the medians: " + what,
        FigureTable.median(late) / FigureTable.median(early),
        RATIO);
  }

  private Stack start(int number) {
    int index = (number - 1) % watchers.size();
    Watcher own = watchers.get(index);
    List<Watcher> others = watchers.stream().filter(it -> it != own).toList();
    EngineHost host = own.host();
    String name = "stack-" + number;
    String subnet = "10.60." + number + ".0/24";
    String address = "10.60." + number + ".2";
    String gateway = "10.60." + number + ".1";
    List<Ping> pingers = new ArrayList<>();
    for (Stack first : stacks.subList(0, Math.min(stacks.size(), watchers.size()))) {
      if (first.host() != host) {
        pingers.add(first.host().ping(first.name(), gateway));
      }
    }
    try {
      long begin = Clock.now();
      host.dockerOk(
          "network",
          "create",
          "--label=vrouter.mesh=true",
          "--label=com.docker.compose.project=" + name,
          "--subnet=" + subnet,
          name);
      host.dockerOk(
          "run", "-d", "--name=" + name, "--network=" + name, BaseImage.NAME, "sleep", "infinity");
      long made = Clock.await("network", () -> own.network("create", name, begin));
      long routed =
          Clock.await(
              "routes to " + subnet, () -> Clock.last(others, it -> it.added(subnet, made)));
      long answered =
          Clock.await(
              "answers from " + gateway, () -> Clock.last(pingers, it -> it.answeredAfter(made)));
      return new Stack(
          host, name, address, Clock.millis(made, routed), Clock.millis(made, answered));
    } finally {
      pingers.forEach(Ping::close);
    }
  }

  /** Lost pings of each ordered pair of containers that lost one. */
  private List<Integer> lostByPair() {
    List<CompletableFuture<List<Integer>>> hosts = new ArrayList<>();
    for (EngineHost host : mesh.engines().hosts()) {
      hosts.add(
          CompletableFuture.supplyAsync(
              () ->
                  stacks.stream()
                      .filter(it -> it.host() == host)
                      .flatMap(it -> lostFrom(it).stream())
                      .toList()));
    }
    return hosts.stream().flatMap(it -> it.join().stream()).toList();
  }

  private List<Integer> lostFrom(Stack from) {
    List<String> command =
        new ArrayList<>(List.of("exec", from.name(), "sh", "-c", REACH_ALL, "sh"));
    stacks.stream().filter(it -> !it.equals(from)).map(Stack::address).forEach(command::add);
    Output output = from.host().docker(command.toArray(String[]::new)).ok();
    Map<String, Integer> lost = new TreeMap<>();
    output.stdout().lines().forEach(address -> lost.merge(address, 1, Integer::sum));
    lost.forEach(
        (address, times) ->
            ComposeBench.say("%s lost %d pings to %s".formatted(from.name(), times, address)));
    return List.copyOf(lost.values());
  }
}
