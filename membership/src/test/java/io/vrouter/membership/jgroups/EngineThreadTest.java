package io.vrouter.membership.jgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vrouter.membership.NodeId;
import io.vrouter.membership.engine.Input;
import io.vrouter.membership.wire.Codec;
import io.vrouter.membership.wire.SwimMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineThreadTest {
  private static final Input DATAGRAM = new Input.Discovered(List.of());

  private final Recording work = new Recording();
  private final EngineThread loop = new EngineThread(work, System::nanoTime);

  @AfterEach
  void end() {
    work.gate.countDown();
    loop.stop();
  }

  /** Waits at the gate, then keeps what it takes; fails at one input. */
  private static final class Recording implements EngineThread.Work {
    @Override
    public void begin() {}

    final CountDownLatch gate = new CountDownLatch(1);
    final Queue<Input> taken = new ConcurrentLinkedQueue<>();
    final AtomicBoolean entered = new AtomicBoolean();
    final AtomicInteger faults = new AtomicInteger();
    final AtomicInteger times = new AtomicInteger();
    volatile long deadline = System.nanoTime() + 3_600_000_000_000L;

    @Override
    public void take(Input input, long now) {
      entered.set(true);
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (input instanceof Input.Forget) {
        throw new IllegalStateException("meant to fail");
      }
      taken.add(input);
    }

    @Override
    public long deadline() {
      return deadline;
    }

    @Override
    public void time(long now) {
      times.incrementAndGet();
      deadline = now + 3_600_000_000_000L;
    }

    @Override
    public void fault(RuntimeException e) {
      faults.incrementAndGet();
    }
  }

  @Test
  void aFullQueueDropsDatagramsAndNoCommandAndCommandsGoFirst() {
    int taken = 0;
    while (loop.offer(DATAGRAM)) {
      taken++;
    }
    assertThat(taken).isEqualTo(EngineThread.QUEUE);
    loop.submit(new Input.LinkUp());
    loop.start();
    work.gate.countDown();
    await().until(() -> work.taken.size() == EngineThread.QUEUE + 1);
    assertThat(work.taken.peek()).isInstanceOf(Input.LinkUp.class);
  }

  @Test
  void probesOvertakeOtherDatagramsButDoNotKeepThemWaitingForEver() {
    Input probe = datagram(new SwimMessage.Ping(new NodeId(1, 2), 3, List.of()));
    Input other = datagram(new SwimMessage.Gossip(new NodeId(1, 2), List.of()));
    loop.offer(other);
    for (int i = 0; i < 40; i++) {
      loop.offer(probe);
    }
    loop.offer(other);
    loop.start();
    work.gate.countDown();
    await().until(() -> work.taken.size() == 42);
    List<Input> taken = List.copyOf(work.taken);
    assertThat(taken.indexOf(other)).isBetween(15, 17);
    assertThat(taken.lastIndexOf(other)).isBetween(31, 34);
  }

  private static Input datagram(SwimMessage message) {
    return new Input.Datagram(new InetSocketAddress("192.0.2.1", 7950), Codec.encode(message));
  }

  @Test
  void aFaultIsToldAndDoesNotEndTheThread() {
    work.gate.countDown();
    loop.start();
    loop.submit(new Input.Forget(new NodeId(1, 2)));
    loop.submit(new Input.LinkUp());
    await().until(() -> work.taken.size() == 1);
    assertThat(work.faults).hasValue(1);
  }

  @Test
  void whatIsDueIsDoneThoughDatagramsKeepComing() {
    work.deadline = System.nanoTime() - 1;
    while (loop.offer(DATAGRAM)) {
      assertThat(work.times).hasValue(0);
    }
    work.gate.countDown();
    loop.start();
    await().until(() -> work.times.get() == 1);
  }

  @Test
  void aTurnBeginsWithoutInputAndNoneWhileTheEngineIsStuck() {
    AtomicLong clock = new AtomicLong(5);
    EngineThread watched = new EngineThread(work, clock::get);
    watched.start();
    try {
      clock.set(10);
      await().until(() -> watched.turned() == 10);
      watched.submit(new Input.LinkUp());
      await().until(work.entered::get);
      clock.set(1_000);
      watched.submit(new Input.LinkUp());
      assertThat(watched.turned()).isEqualTo(10);
      work.gate.countDown();
      await().until(() -> watched.turned() == 1_000);
      assertThat(work.taken).hasSize(2);
    } finally {
      work.gate.countDown();
      watched.stop();
    }
  }
}
