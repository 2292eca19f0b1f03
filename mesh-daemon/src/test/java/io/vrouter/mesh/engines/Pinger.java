package io.vrouter.mesh.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code ping} that goes on in a container's network, until closed. */
public final class Pinger implements AutoCloseable {
  private static final Pattern ANSWER =
      Pattern.compile("^\\[(\\d+)\\.(\\d{6})] \\d+ bytes from .* icmp_seq=(\\d+) .*");

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Process process;
  private final Path log;

  private Pinger(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param container whose network it is sent from
   * @param interval seconds between two
   */
  public static Pinger start(EngineHost host, String container, String address, String interval) {
    String pid = host.dockerOk("inspect", "-f", "{{.State.Pid}}", container);
    String name = "ping-" + NUMBER.incrementAndGet();
    Process process =
        host.start(
            name,
            "nsenter",
            "--net=/proc/" + pid + "/ns/net",
            "ping",
            "-n",
            "-D",
            "-i",
            interval,
            address);
    return new Pinger(process, host.log(name));
  }

  /** The answers so far: when, in microseconds since 1970, and to which. */
  public List<Answer> answers() {
    try {
      return Files.readString(log)
          .lines()
          .map(ANSWER::matcher)
          .filter(Matcher::matches)
          .map(
              it ->
                  new Answer(
                      Long.parseLong(it.group(1) + it.group(2)), Integer.parseInt(it.group(3))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** When the first answer after a moment came. */
  public OptionalLong answeredAfter(long micros) {
    return answers().stream().mapToLong(Answer::micros).filter(at -> at >= micros).findFirst();
  }

  /** Which were not answered between the first and the last that were, and when that was. */
  public List<String> lost() {
    List<Answer> answers = new ArrayList<>(answers());
    if (answers.isEmpty()) {
      throw new AssertionError("no ping was answered; see " + log);
    }
    answers.sort(Comparator.comparingInt(Answer::sequence));
    List<String> lost = new ArrayList<>();
    for (int i = 1; i < answers.size(); i++) {
      Answer before = answers.get(i - 1);
      Answer after = answers.get(i);
      int many = after.sequence() - before.sequence() - 1;
      if (many > 0) {
        lost.add(
            "%d after icmp_seq=%d, between %s and %s"
                .formatted(many, before.sequence(), before.when(), after.when()));
      }
    }
    return lost;
  }

  @Override
  public void close() {
    // What was started enters the host's process namespace, and ping is its child.
    process.children().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  /**
   * One answer.
   *
   * @param micros since 1970
   */
  public record Answer(long micros, int sequence) {
    Instant when() {
      return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
  }
}
