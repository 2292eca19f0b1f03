package io.vrouter.mesh.control;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations on the process itself; they need no mesh. Thread-safe. */
public interface Maintenance {
  /** The level of the log in force, in lower case, and how long it lasts if it reverts. */
  LogLevel log();

  /**
   * Sets the level of the log until the next call or the end of the process.
   *
   * @param level error, warn, info, debug or trace
   * @param lasting after which the former level returns, null for never
   * @throws MeshApiException when there is no such level
   */
  void log(String level, @Nullable Duration lasting) throws MeshApiException;

  /**
   * What the kernel and the process hold now, by file name, as text of at most 1 MiB each; a part
   * that can't be read is its error.
   */
  Map<String, String> dumps();

  /** The text without this mesh's secrets, however they came into it. */
  String redacted(String text);

  /**
   * Answer to {@code log}.
   *
   * @param level in lower case
   * @param revertsTo the level that returns, null when none does
   * @param seconds until then, null likewise
   */
  record LogLevel(
      String apiVersion, String level, @Nullable String revertsTo, @Nullable Long seconds) {
    /** With the current version. */
    public LogLevel(String level, @Nullable String revertsTo, @Nullable Long seconds) {
      this(Api.VERSION, level, revertsTo, seconds);
    }
  }
}
