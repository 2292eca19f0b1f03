package io.vrouter.mesh.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.vrouter.membership.Defects;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The mesh as server-sent events: its whole state at the opening of a stream and after each change,
 * looked for once a second while a stream is open. A viewer that is slow misses states, never
 * delays others. Thread-safe.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML, 9.2</a>
 */
final class LiveStream {
  /** Streams at once; a further viewer polls. */
  static final int MOST = 16;

  private static final long PERIOD_MILLIS = 1_000;

  /** Below the age at which {@link HttpConnections} ends any connection. */
  private static final long LIFE_SECONDS = 25;

  /** Between two writes; below the connector's idle timeout. */
  private static final long QUIET_SECONDS = 5;

  /** Milliseconds until the browser opens an ended stream again. */
  private static final String RETRY = "retry: 200\n\n";

  private final Supplier<Snapshot> snapshot;
  private final Scheduler scheduler;
  private final Executor executor;
  private final List<Viewer> viewers = new ArrayList<>();

  /** Everything that the page shows. */
  @JsonPropertyOrder({"status", "members", "routes", "networks", "conflicts", "events"})
  record Snapshot(
      Status status,
      Members members,
      Routes routes,
      Networks networks,
      Conflicts conflicts,
      Events events) {
    static Snapshot of(MeshApi api) {
      return new Snapshot(
          api.status(),
          api.members(false),
          api.routes(),
          api.networks(),
          api.conflicts(),
          api.events());
    }
  }

  /** With a source of states, called on the executor's threads. */
  LiveStream(Supplier<Snapshot> snapshot, Scheduler scheduler, Executor executor) {
    this.snapshot = snapshot;
    this.scheduler = scheduler;
    this.executor = executor;
  }

  /** One open stream. Guarded by the list's lock, except for the write itself. */
  private final class Viewer implements Callback {
    private final Response response;
    private final Callback end;
    private final long opened = NanoTime.now();
    private long wrote = opened;
    private String seen = "";
    private boolean writing;

    Viewer(Response response, Callback end) {
      this.response = response;
      this.end = end;
    }

    void write(String text) {
      response.write(false, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), this);
    }

    @Override
    public void succeeded() {
      synchronized (viewers) {
        writing = false;
      }
    }

    @Override
    public void failed(Throwable cause) {
      synchronized (viewers) {
        viewers.remove(this);
      }
      end.failed(cause);
    }
  }

  /**
   * Opens a stream whose headers are set; it ends after {@value #LIFE_SECONDS} s.
   *
   * @return false when there are {@value #MOST}
   */
  boolean open(Response response, Callback end) {
    boolean first;
    Viewer viewer = new Viewer(response, end);
    synchronized (viewers) {
      if (viewers.size() >= MOST) {
        return false;
      }
      first = viewers.isEmpty();
      viewers.add(viewer);
      viewer.writing = true;
      viewer.seen = state();
    }
    viewer.write(RETRY + message(viewer.seen));
    if (first) {
      next();
    }
    return true;
  }

  private void next() {
    scheduler.schedule(() -> executor.execute(this::tick), PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      String state = state();
      List<Viewer> old = new ArrayList<>();
      List<Viewer> changed = new ArrayList<>();
      List<Viewer> quiet = new ArrayList<>();
      synchronized (viewers) {
        for (Viewer viewer : viewers) {
          if (viewer.writing) {
            continue;
          }
          if (NanoTime.secondsSince(viewer.opened) >= LIFE_SECONDS) {
            old.add(viewer);
          } else if (!viewer.seen.equals(state)) {
            viewer.seen = state;
            changed.add(viewer);
          } else if (NanoTime.secondsSince(viewer.wrote) >= QUIET_SECONDS) {
            quiet.add(viewer);
          }
        }
        viewers.removeAll(old);
        changed.forEach(LiveStream::begin);
        quiet.forEach(LiveStream::begin);
      }
      changed.forEach(viewer -> viewer.write(message(state)));
      quiet.forEach(viewer -> viewer.write(":\n\n"));
      old.forEach(viewer -> viewer.response.write(true, ByteBuffer.allocate(0), viewer.end));
    } catch (RuntimeException e) {
      Defects.caught("making the state of the page", e);
    }
    synchronized (viewers) {
      if (!viewers.isEmpty()) {
        next();
      }
    }
  }

  private static void begin(Viewer viewer) {
    viewer.writing = true;
    viewer.wrote = NanoTime.now();
  }

  private String state() {
    return Json.line(snapshot.get());
  }

  private static String message(String state) {
    return "event: mesh\ndata: " + state + "\n\n";
  }
}
