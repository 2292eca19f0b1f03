package io.vrouter.mesh.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The host that {@code meshctl up} sets up: its files, commands and terminal. */
interface UpHost {
  /** Whether this process may change the host. */
  boolean isRoot();

  /** Whether systemd runs this host. */
  boolean hasSystemd();

  /**
   * The text of a file, or of standard input for {@code -}; empty when there is no such file.
   *
   * @throws IOException when it can't be read
   */
  Optional<String> read(Path file) throws IOException;

  /**
   * Replaces a file by a rename after fsync; its directory is made when it isn't there.
   *
   * @param mode as {@code PosixFilePermissions} spells it
   * @throws IOException when it can't be written; the former file is whole then
   */
  void write(Path file, String text, String mode) throws IOException;

  /**
   * Keeps the file as its name with {@code .old}.
   *
   * @throws IOException when it can't be renamed
   */
  void setAside(Path file) throws IOException;

  /** A line typed without an echo; empty when there is no terminal to ask. */
  Optional<String> ask(String prompt);

  /**
   * Runs a command to its end; a token in this process's environment isn't in the command's.
   *
   * @throws IOException when it can't be started
   * @throws InterruptedException when the wait is cut short
   */
  Ran run(List<String> command) throws IOException, InterruptedException;

  /** Waits a moment between two looks. */
  void pause() throws InterruptedException;

  /** How a command ended, with both outputs in one. */
  record Ran(int exit, String said) {}
}
