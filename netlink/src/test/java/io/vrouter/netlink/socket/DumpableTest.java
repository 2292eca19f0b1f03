package io.vrouter.netlink.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DumpableTest {
  @Test
  void isWhatWasSet() {
    boolean before = Dumpable.get();
    try {
      Dumpable.set(false);
      assertThat(Dumpable.get()).isFalse();
      Dumpable.set(true);
      assertThat(Dumpable.get()).isTrue();
    } finally {
      Dumpable.set(before);
    }
  }
}
