package io.vrouter.mesh.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.control.ControlException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HttpDoorTest {
  @Test
  void anAddressThatCantBeBoundIsAProblemAndTriedAgain() throws InterruptedException {
    CountDownLatch attempts = new CountDownLatch(2);
    try (HttpDoor door =
        new HttpDoor(
            () -> {
              attempts.countDown();
              throw new ControlException("taken", "take another one", new java.io.IOException());
            })) {
      assertThat(door.problem())
          .hasValueSatisfying(it -> assertThat(it.code()).isEqualTo("http-address"));
      assertThat(attempts.await(1, TimeUnit.MINUTES)).isTrue();
    }
  }
}
