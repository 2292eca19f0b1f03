package io.vrouter.netlink.lab;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Echo requests from a network namespace, one every 10 ms by default, until it is stopped. */
public final class Ping implements AutoCloseable {
  private static final Pattern ANSWER =
      Pattern.compile(
          "^\\[(\\d+)\\.(\\d{6})] \\d+ bytes from .* icmp_seq=(\\d+) .*time=([0-9.]+) ms.*");

  private final Child child;

  private Ping(Child child) {
    this.child = child;
  }

  /** Starts it; the log must be a new one. */
  public static Ping start(Space from, String address, Path log) {
    return start(from.netns(), address, log);
  }

  /** As {@link #start(Space, String, Path)}, from the network namespace of this file. */
  public static Ping start(Path netns, String address, Path log) {
    return start(netns, address, log, "0.01");
  }

  /** As {@link #start(Path, String, Path)}, one every so many seconds. */
  public static Ping start(Path netns, String address, Path log, String interval) {
    return new Ping(
        Spawner.start(
            log,
            Map.of(),
            List.of("nsenter", "--net=" + netns, "ping", "-n", "-D", "-i", interval, address)));
  }

  /**
   * The requests up to the last one answered, and how many of them were answered.
   *
   * @param lost which weren't, and when that was: nothing exactly when both numbers are equal
   */
  public record Tally(int sent, int received, List<String> lost) {}

  /**
   * One request that was answered.
   *
   * @param micros when the answer came, microseconds since 1970
   * @param sent when the request was sent, likewise
   */
  public record Answer(long micros, long sent, int sequence) {
    private Instant when() {
      return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
  }

  /** The requests answered so far, each once, in the order in which they were sent. */
  public Collection<Answer> answered() {
    Map<Integer, Answer> answers = new TreeMap<>();
    child
        .said()
        .lines()
        .map(ANSWER::matcher)
        .filter(Matcher::matches)
        .map(Ping::answer)
        .forEach(answer -> answers.putIfAbsent(answer.sequence(), answer));
    return answers.values();
  }

  private static Answer answer(Matcher line) {
    long micros = Long.parseLong(line.group(1) + line.group(2));
    long took = Math.round(Double.parseDouble(line.group(4)) * 1_000);
    return new Answer(micros, micros - took, Integer.parseInt(line.group(3)));
  }

  /** How many requests have been answered so far. */
  public long answers() {
    return answered().size();
  }

  /** When the first answer after a moment came; both in microseconds since 1970. */
  public OptionalLong answeredAfter(long micros) {
    return answered().stream().mapToLong(Answer::micros).filter(at -> at >= micros).min();
  }

  /** Waits until so many more have been answered. */
  public void awaitMore(int more) {
    long from = answers();
    Await.until(more + " more echo replies", () -> answers() >= from + more);
  }

  /**
   * Ends it and counts. None is forgiven: a request sent after the call is awaited, so that all
   * sent before it have their successors answered; those after the last answer are not counted as
   * sent.
   */
  public Tally stop() {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    Await.until(
        "an answer to a request sent from now on",
        () -> answered().stream().anyMatch(answer -> answer.sent() > now));
    child.signal("INT");
    child.awaitExit();
    Collection<Answer> answers = answered();
    int sent = answers.stream().mapToInt(Answer::sequence).max().orElseThrow();
    return new Tally(sent, answers.size(), lost(answers));
  }

  /** Which were not answered before the last that was, and when that was. */
  public List<String> lost() {
    Collection<Answer> answers = answered();
    if (answers.isEmpty()) {
      throw new AssertionError("no ping was answered: " + child.said());
    }
    return lost(answers);
  }

  private static List<String> lost(Collection<Answer> answers) {
    List<String> lost = new ArrayList<>();
    int sequence = 0;
    String before = "the start";
    for (Answer answer : answers) {
      int many = answer.sequence() - sequence - 1;
      if (many > 0) {
        lost.add(
            "%d after icmp_seq=%d, between %s and %s"
                .formatted(many, sequence, before, answer.when()));
      }
      sequence = answer.sequence();
      before = answer.when().toString();
    }
    return lost;
  }

  @Override
  public void close() {
    child.close();
  }
}
