package io.vrouter.mesh.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An echo request every 50 ms from a container until {@link #stop}. */
final class Ping implements AutoCloseable {
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

  private final Child child;

  private Ping(Child child) {
    this.child = child;
  }

  /** What was sent and what came back. */
  record Tally(int sent, int received) {}

  static Ping start(Space from, String address, Path log) {
    return new Ping(
        from.start(log, Map.of(), List.of("ping", "-n", "-i", "0.05", "-W", "1", address)));
  }

  /** How many answers have been printed so far. */
  long answers() {
    return child.said().lines().filter(line -> line.contains("bytes from")).count();
  }

  /** Waits until so many more have been answered. */
  void awaitMore(int more) {
    long from = answers();
    Await.until(more + " more echo replies", () -> answers() >= from + more);
  }

  /** Ends it and counts. The last request may still be on its way: it is not held against it. */
  Tally stop() {
    child.signal("INT");
    child.awaitExit();
    Matcher summary = SUMMARY.matcher(child.said());
    if (!summary.find()) {
      throw new AssertionError("ping printed no summary: " + child.said());
    }
    int received = Integer.parseInt(summary.group(2));
    int sent = Integer.parseInt(summary.group(1));
    return new Tally(sent - 1 == received ? received : sent, received);
  }

  @Override
  public void close() {
    child.close();
  }
}
