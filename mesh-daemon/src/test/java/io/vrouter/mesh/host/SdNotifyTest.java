package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SdNotifyTest {
  private final List<String> told = new CopyOnWriteArrayList<>();

  @Test
  void itIsReadyOnceAndItsStatusChanges() {
    try (SdNotify manager = new SdNotify(told::add, Duration.ZERO)) {
      manager.ready("waits: no address\nyet");
      manager.ready("in the mesh");
      manager.stopping();
    }
    assertThat(told)
        .containsExactly(
            "READY=1\nSTATUS=waits: no address yet", "STATUS=in the mesh", "STOPPING=1");
  }

  @Test
  void aSignOfLifeIsSentOnlyWhileAllThreadsLive() {
    try (SdNotify manager = new SdNotify(told::add, Duration.ofHours(1))) {
      manager.watch(() -> true);
      await().until(() -> told.equals(List.of("WATCHDOG=1")));
      manager.sign(() -> false);
      manager.sign(
          () -> {
            throw new IllegalStateException("the test said so");
          });
      assertThat(told).hasSize(1);
    }
  }

  @Test
  void withoutAServiceManagerNothingIsSent() {
    try (SdNotify manager = SdNotify.of(Map.of(), 1)) {
      manager.watch(() -> true);
      manager.ready("in the mesh");
    }
    try (SdNotify manager =
        SdNotify.of(Map.of("NOTIFY_SOCKET", "/nowhere/notify", "WATCHDOG_USEC", "thirty"), 1)) {
      manager.watch(() -> true);
      manager.ready("in the mesh");
    }
  }
}
