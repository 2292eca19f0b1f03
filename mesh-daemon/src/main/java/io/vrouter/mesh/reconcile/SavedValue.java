package io.vrouter.mesh.reconcile;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A value that is published after it was saved, and saved on another thread: a stalled disk must
 * not hold up the kernel's updates. Only the newest value is written. The reconcile thread calls
 * all methods but {@link #attempt}.
 *
 * @param <T> immutable
 */
final class SavedValue<T> {
  /** How long a command waits for the disk. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Writes a value and returns after fsync. */
  @FunctionalInterface
  interface Disk<T> {
    void save(T value) throws IOException;
  }

  /**
   * A request that may not have ended.
   *
   * @param value the answer once it has
   * @param end completes with the error of the disk, or with none
   */
  record Saving<V>(V value, CompletableFuture<Optional<IOException>> end) {
    /**
     * Waits for the disk. Not for the reconcile thread.
     *
     * @throws IOException of the disk, or when it does not answer within 10 s
     * @throws InterruptedException when the wait is cut short
     */
    V await() throws IOException, InterruptedException {
      Optional<IOException> refused;
      try {
        refused = end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new IOException("the disk has not answered for 10 s", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
      if (refused.isPresent()) {
        throw refused.get();
      }
      return value;
    }
  }

  private final Disk<T> disk;
  private final StateWriter.Later later;
  private final Runnable done;
  private final List<CompletableFuture<Optional<IOException>>> waiting = new ArrayList<>();
  private T saved;
  private T newest;
  private boolean scheduled;
  private Optional<IOException> failure = Optional.empty();

  /**
   * With the value on the disk.
   *
   * @param later the thread that writes
   * @param done run on that thread when {@link #saved} or {@link #failure} has changed
   */
  SavedValue(T saved, Disk<T> disk, StateWriter.Later later, Runnable done) {
    this.saved = saved;
    this.newest = saved;
    this.disk = disk;
    this.later = later;
    this.done = done;
  }

  /** On the disk. */
  synchronized T saved() {
    return saved;
  }

  /** On the disk, or about to be. */
  synchronized T newest() {
    return newest;
  }

  /** Why the last write failed; empty when it didn't. */
  synchronized Optional<IOException> failure() {
    return failure;
  }

  /**
   * Requests a write unless the value is on the disk.
   *
   * @return completes with the error of the disk, or with none
   */
  CompletableFuture<Optional<IOException>> save(T next) {
    CompletableFuture<Optional<IOException>> end = new CompletableFuture<>();
    synchronized (this) {
      if (next.equals(saved) && newest.equals(saved)) {
        failure = Optional.empty();
        end.complete(failure);
        return end;
      }
      newest = next;
      waiting.add(end);
      if (scheduled) {
        return end;
      }
      scheduled = true;
    }
    later.run(Duration.ZERO, this::attempt);
    return end;
  }

  private void attempt() {
    T value;
    List<CompletableFuture<Optional<IOException>>> ends;
    synchronized (this) {
      value = newest;
      ends = List.copyOf(waiting);
      waiting.clear();
      scheduled = false;
    }
    Optional<IOException> outcome = Optional.empty();
    try {
      disk.save(value);
    } catch (IOException e) {
      outcome = Optional.of(e);
    } catch (RuntimeException e) {
      outcome = Optional.of(new IOException(e.toString(), e));
    }
    boolean news;
    synchronized (this) {
      if (outcome.isEmpty()) {
        saved = value;
      } else if (newest.equals(value)) {
        newest = saved;
      }
      news = outcome.isEmpty() || !text(outcome).equals(text(failure));
      failure = outcome;
    }
    for (CompletableFuture<Optional<IOException>> end : ends) {
      end.complete(outcome);
    }
    if (news) {
      done.run();
    }
  }

  private static String text(Optional<IOException> refused) {
    return refused.map(IOException::toString).orElse("");
  }
}
