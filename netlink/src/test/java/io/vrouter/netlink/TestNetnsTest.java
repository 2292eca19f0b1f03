package io.vrouter.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A killed run leaves nothing behind that the next one does not remove. */
class TestNetnsTest {
  @Test
  void theNextRunRemovesWhatAKilledOneLeft() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    assertThat(dead.waitFor()).isZero();
    String stale = "nl-" + dead.pid() + "-1";
    TestNetns.run("ip", "netns", "add", stale);
    try (TestNetns mine = new TestNetns();
        TestNetns another = new TestNetns()) {
      assertThat(Path.of("/var/run/netns", stale)).doesNotExist();
      assertThat(mine.path()).exists();
      assertThat(another.path()).exists().isNotEqualTo(mine.path());
      assertThat(Files.isDirectory(another.path())).isFalse();
    }
  }
}
