package io.vrouter.mesh.state;

import io.vrouter.membership.crypto.StateFile;
import io.vrouter.mesh.model.Problem;
import java.io.IOException;

/** A file of the state directory that isn't what it should be. */
final class CorruptFile {
  private CorruptFile() {}

  /**
   * Moves it away, and says so.
   *
   * @param what is wrong with it
   * @param then what becomes of what it held
   */
  static Problem aside(StateFile file, String what, String then) {
    try {
      return new Problem(
          "state-corrupt",
          "%s %s; kept as %s".formatted(file.path(), what, file.setAside()),
          then + ". Look at the disk if it comes again");
    } catch (IOException e) {
      return new Problem(
          "state-corrupt",
          "%s %s, and can't be moved away: %s".formatted(file.path(), what, firstLine(e)),
          "look at the disk and at the directory's owner");
    }
  }

  static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
