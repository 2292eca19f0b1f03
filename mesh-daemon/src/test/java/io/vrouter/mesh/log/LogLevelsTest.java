package io.vrouter.mesh.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vrouter.mesh.control.MeshApiException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
  private final LogLevels levels = LogLevels.PROCESS;
  private final String before = levels.level().level();

  @AfterEach
  void restore() throws MeshApiException {
    levels.set(before, null);
  }

  @Test
  void aLevelHoldsOrReverts() throws Exception {
    levels.set("error", null);
    levels.set("debug", Duration.ofHours(1));
    assertThat(levels.level().revertsTo()).isEqualTo("error");
    levels.set("trace", Duration.ofMillis(1));
    await().until(() -> levels.level().level().equals("error"));
    assertThat(levels.level().revertsTo()).isNull();
    levels.set("warn", Duration.ofHours(1));
    levels.set("WARN", null);
    assertThat(levels.level().revertsTo()).isNull();
    assertThatThrownBy(() -> levels.set("loud", null)).isInstanceOf(MeshApiException.class);
    assertThat(levels.level().level()).isEqualTo("warn");
  }
}
