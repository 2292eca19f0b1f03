package io.vrouter.mesh.node;

import io.vrouter.mesh.api.KernelDumps;
import io.vrouter.mesh.config.MeshConfig;
import io.vrouter.mesh.control.Maintenance;
import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.log.LogLevels;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This process, with or without a node.
 *
 * @param metrics Prometheus text, empty without a node
 */
public record ProcessMaintenance(MeshConfig config, Supplier<String> metrics)
    implements Maintenance {
  @Override
  public LogLevel log() {
    return LogLevels.PROCESS.level();
  }

  @Override
  public void log(String level, @Nullable Duration lasting) throws MeshApiException {
    LogLevels.PROCESS.set(level, lasting);
  }

  @Override
  public Map<String, String> dumps() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("metrics.txt", metrics.get());
    files.putAll(KernelDumps.all());
    return files;
  }

  @Override
  public String redacted(String text) {
    return config.token().map(token -> text.replace(token.reveal(), "(secret)")).orElse(text);
  }

  /** Only the settings: the values of a record show in its text. */
  @Override
  public String toString() {
    return "maintenance of this process";
  }
}
