package io.vrouter.netlink.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that runs until it is stopped; both its outputs go to {@code log}. */
public final class Child implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final Path log;

  Child(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** All it has printed so far, stdout and stderr in one. */
  public String said() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a line to its input. */
  public void tell(String line) {
    try {
      process.outputWriter(StandardCharsets.UTF_8).write(line + "\n");
      process.outputWriter(StandardCharsets.UTF_8).flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends its input. */
  public void endInput() {
    try {
      process.outputWriter(StandardCharsets.UTF_8).close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a signal by its name: {@code TERM}, {@code KILL}, {@code INT}, {@code STOP}... */
  public void signal(String name) {
    Spawner.run(Map.of(), List.of("kill", "-" + name, Long.toString(pid()))).ok();
  }

  /** Waits for its end and returns the exit code (128 + signal when a signal ended it). */
  public int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("process " + pid() + " still runs; it printed:\n" + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for process " + pid(), e);
    }
    return process.exitValue();
  }

  /** Kills it without a warning and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  @Override
  public void close() {
    kill();
  }
}
