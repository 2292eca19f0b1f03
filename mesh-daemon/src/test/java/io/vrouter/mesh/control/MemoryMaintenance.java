package io.vrouter.mesh.control;

import io.vrouter.mesh.model.Problem;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process in memory, with a secret that its parts show. */
public final class MemoryMaintenance implements Maintenance {
  public static final String SECRET = "0123456789abcdef0123456789abcdef-raw-secret";

  private volatile LogLevel level = new LogLevel("info", null, null);

  @Override
  public LogLevel log() {
    return level;
  }

  @Override
  public void log(String wanted, @Nullable Duration lasting) throws MeshApiException {
    if (wanted.equals("loud")) {
      throw new MeshApiException(new Problem("bad-level", "'loud' is no level", "debug"));
    }
    level =
        new LogLevel(
            wanted,
            lasting == null ? null : "info",
            lasting == null ? null : Long.valueOf(lasting.toSeconds()));
  }

  @Override
  public Map<String, String> dumps() {
    return Map.of("kernel/links.txt", "1: lo " + SECRET + "\n");
  }

  @Override
  public String redacted(String text) {
    return text.replace(SECRET, "(secret)");
  }
}
