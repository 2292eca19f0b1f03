package io.vrouter.mesh.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process in the lab that runs until it is told to stop; both its outputs go to {@code log}. */
final class Child implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final Path log;

  Child(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  Path log() {
    return log;
  }

  /** All it has said so far, stdout and stderr in one. */
  String said() {
    return Lab.read(log);
  }

  /** Sends a signal by its name: {@code TERM}, {@code KILL}, {@code INT}, {@code STOP}... */
  void signal(String name) {
    Spawner.run(Map.of(), List.of("kill", "-" + name, Long.toString(pid()))).ok();
  }

  /** Waits for its end and returns the exit code (128 + signal when a signal ended it). */
  int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("process " + pid() + " still runs; it said:\n" + said());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for process " + pid(), e);
    }
    return process.exitValue();
  }

  /** Kills it without a warning and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  @Override
  public void close() {
    kill();
  }
}
