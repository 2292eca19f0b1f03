package io.vrouter.mesh.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.membership.Addresses;
import io.vrouter.membership.Bytes;
import io.vrouter.membership.DataPathProbe.Answer;
import io.vrouter.membership.Member;
import io.vrouter.membership.MemberRecord;
import io.vrouter.membership.MemberState;
import io.vrouter.membership.NodeId;
import io.vrouter.membership.ThreadPriority;
import io.vrouter.netlink.socket.SyscallException;
import io.vrouter.netlink.socket.UdpErrorProbe;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class UdpDataPathProbeTest {
  private static final InetAddress OVERLAY = Addresses.parse("10.1.1.2");
  private static final Member PEER = peer();

  private static Member peer() {
    NodeId id = new NodeId(1, 2);
    MemberRecord record =
        new MemberRecord(
            id,
            Bytes.of(new byte[32]),
            1,
            1,
            1,
            new InetSocketAddress(Addresses.parse("192.0.2.2"), 7950),
            MemberRecord.Intent.STAY,
            Bytes.of(new byte[0]),
            Bytes.of(new byte[64]));
    return new Member(id, MemberState.ALIVE, record, 0);
  }

  private static Answer ask(UdpDataPathProbe probe) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    probe.probe(PEER, answer::complete);
    return answer.join();
  }

  private static UdpDataPathProbe answering(UdpErrorProbe.ProbeResult answer) {
    return new UdpDataPathProbe(
        peer -> Optional.of(OVERLAY),
        7952,
        ThreadPriority.NONE,
        (address, port, datagrams, interval) -> {
          assertThat(address).isEqualTo(OVERLAY);
          assertThat(port).isEqualTo(7952);
          assertThat(datagrams).isEqualTo(4);
          assertThat(interval).hasMillis(100);
          return answer;
        });
  }

  @Test
  void passesOnWhatTheKernelSaid() {
    try (UdpDataPathProbe probe = answering(UdpErrorProbe.ProbeResult.ANSWERED)) {
      assertThat(ask(probe)).isEqualTo(Answer.ANSWERED);
    }
    try (UdpDataPathProbe probe = answering(UdpErrorProbe.ProbeResult.SILENT)) {
      assertThat(ask(probe)).isEqualTo(Answer.SILENT);
    }
    try (UdpDataPathProbe probe = answering(UdpErrorProbe.ProbeResult.NOT_SENT)) {
      assertThat(ask(probe)).isEqualTo(Answer.UNKNOWN);
    }
  }

  @Test
  void aPathThatIsNotInstalledIsUnknown() {
    try (UdpDataPathProbe probe =
        new UdpDataPathProbe(
            peer -> Optional.empty(),
            7952,
            ThreadPriority.NONE,
            (address, port, datagrams, interval) -> {
              throw new AssertionError("asked");
            })) {
      assertThat(ask(probe)).isEqualTo(Answer.UNKNOWN);
    }
  }

  @Test
  void aSocketThatCannotBeHadIsUnknown() {
    try (UdpDataPathProbe probe =
        new UdpDataPathProbe(
            peer -> Optional.of(OVERLAY),
            7952,
            ThreadPriority.NONE,
            (address, port, datagrams, interval) -> {
              throw new SyscallException("socket", 24);
            })) {
      assertThat(ask(probe)).isEqualTo(Answer.UNKNOWN);
    }
  }

  @Test
  void neverBlocksAndNeverPilesUp() {
    CountDownLatch release = new CountDownLatch(1);
    List<Answer> answers = new CopyOnWriteArrayList<>();
    int most = UdpDataPathProbe.THREADS + UdpDataPathProbe.WAITING;
    try (UdpDataPathProbe probe =
        new UdpDataPathProbe(
            peer -> Optional.of(OVERLAY),
            7952,
            ThreadPriority.NONE,
            (address, port, datagrams, interval) -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return UdpErrorProbe.ProbeResult.ANSWERED;
            })) {
      for (int i = 0; i < most + 10; i++) {
        probe.probe(PEER, answers::add);
      }
      assertThat(answers).isEqualTo(Collections.nCopies(10, Answer.UNKNOWN));
      release.countDown();
      Awaitility.await().until(() -> answers.size() == most + 10);
      assertThat(Collections.frequency(answers, Answer.ANSWERED)).isEqualTo(most);
    }
  }
}
