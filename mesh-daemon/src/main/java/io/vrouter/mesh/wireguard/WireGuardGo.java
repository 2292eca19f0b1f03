package io.vrouter.mesh.wireguard;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts {@code wireguard-go}: WireGuard as a process for a kernel without the module. It leaves
 * its parent and session by itself, so it outlives the daemon; it ends when its device is deleted.
 */
final class WireGuardGo {
  /** The program and Debian's package. */
  static final String PROGRAM = "wireguard-go";

  private static final int PATIENCE_SECONDS = 5;
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private WireGuardGo() {}

  /**
   * Starts a process for a device, which is there on return.
   *
   * @throws IOException when there is no such program, or it made no device
   */
  static void start(String device) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(PROGRAM, device))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    // This process's environment may contain the mesh's token.
    String path = builder.environment().get("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path == null ? PATH : path);
    builder.environment().put("LOG_LEVEL", "error");
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(PROGRAM + " made no device within " + PATIENCE_SECONDS + " s");
      }
      if (process.exitValue() != 0) {
        throw new IOException(PROGRAM + " ended with exit status " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted, the daemon is stopping", e);
    }
  }
}
