package io.vrouter.mesh.cli;

import io.vrouter.mesh.control.Events;
import io.vrouter.mesh.control.Json;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.MeshApi;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "events", description = "The last events; with --follow, new ones as they happen.")
final class EventsCommand implements Callable<Integer> {
  private static final int BACKLOG = 1_024;

  private final Session session;

  @Option(
      names = {"-f", "--follow"},
      description = "go on until interrupted; JSON and YAML then come one event at a time")
  private boolean follow;

  EventsCommand(Session session) {
    this.session = session;
  }

  @Override
  @SuppressWarnings("try") // held open, never used
  public Integer call() throws Exception {
    MeshApi api = session.api();
    if (!follow) {
      Events events = api.events();
      if (!session.printed(events)) {
        events.events().forEach(this::print);
      }
      return ExitCode.OK;
    }
    BlockingQueue<Events.Event> queue = new ArrayBlockingQueue<>(BACKLOG);
    AtomicInteger missed = new AtomicInteger();
    try (MeshApi.Subscription subscription =
        api.subscribe(
            event -> {
              if (!queue.offer(event)) {
                missed.incrementAndGet();
              }
            })) {
      session.err().println("following; new events are printed as they happen");
      session.err().flush();
      while (!session.out().checkError()) {
        print(queue.take());
        int lost = missed.getAndSet(0);
        if (lost > 0) {
          session.err().println(Text.count(lost, "event") + " missed: the reader is too slow");
          session.err().flush();
        }
      }
    }
    return ExitCode.OK;
  }

  private void print(Events.Event event) {
    switch (session.format()) {
      case JSON -> session.out().println(Json.line(event));
      case YAML -> session.out().print("---\n" + Json.yaml(event));
      case TABLE, WIDE, JUNIT ->
          session
              .out()
              .printf(
                  "%s  %-11s  %s  %s%s%n",
                  event.at(),
                  Text.safe(event.type()),
                  Text.safe(event.name()),
                  change(event.from(), event.to()),
                  Text.safe(event.cause()));
    }
  }

  private String change(@Nullable MemberStatus from, @Nullable MemberStatus to) {
    if (to == null) {
      return "";
    }
    return (from == null ? "" : from.text() + " -> ") + session.paint().status(to) + ": ";
  }
}
