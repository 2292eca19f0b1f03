package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarshallingCheckTest {
  @TempDir Path directory;

  @Test
  void aSlowMachineIsNoOtherVersionOfJGroups() throws Exception {
    AtomicLong clock = new AtomicLong();
    JGroupsConfig slow =
        new Loopback(directory)
            .config("slow", Loopback.TOKEN)
            .withNanoTime(() -> clock.addAndGet(TimeUnit.SECONDS.toNanos(1)));

    assertThatCode(() -> MarshallingCheck.run(slow, new FrameCheck("m", SWIM.ID), "m"))
        .doesNotThrowAnyException();
  }
}
