package io.vrouter.netlink.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixDatagramSocketTest {
  private static final int AF_UNIX = 1;

  @TempDir Path directory;

  /** Sends to a receiver bound at these octets; what it got. */
  private static String received(byte[] bound, String address, String text) {
    int receiver = LibC.socket(AF_UNIX, LibC.SOCK_DGRAM, 0);
    try (UnixDatagramSocket sender = UnixDatagramSocket.to(address)) {
      ByteBuffer at = MessageHeader.direct(2 + bound.length);
      LibC.bind(receiver, at.putShort((short) AF_UNIX).put(bound).flip());
      sender.send(text.getBytes(StandardCharsets.UTF_8));
      MessageHeader header = new MessageHeader(128, 1024, 0);
      int length = LibC.recvmsg(receiver, header, LibC.MSG_DONTWAIT);
      byte[] octets = new byte[length];
      header.data(length).get(octets);
      return new String(octets, StandardCharsets.UTF_8);
    } finally {
      LibC.close(receiver);
    }
  }

  @Test
  void aDatagramReachesAPath() {
    String path = directory.resolve("notify").toString();
    assertThat(received((path + "\0").getBytes(StandardCharsets.UTF_8), path, "READY=1"))
        .isEqualTo("READY=1");
  }

  @Test
  void aDatagramReachesAnAbstractName() {
    String name = "vrouter-test-" + ProcessHandle.current().pid();
    assertThat(received(("\0" + name).getBytes(StandardCharsets.UTF_8), "@" + name, "WATCHDOG=1"))
        .isEqualTo("WATCHDOG=1");
  }

  @Test
  void whereNobodyReceivesItFails() {
    UnixDatagramSocket sender = UnixDatagramSocket.to(directory.resolve("nobody").toString());
    assertThatThrownBy(() -> sender.send(new byte[] {1}))
        .isInstanceOf(SyscallException.class)
        .hasMessageContaining("ENOENT");
    sender.close();
    sender.send(new byte[] {1});
  }

  @Test
  void anAddressThatIsTooLongIsRefused() {
    assertThatThrownBy(() -> UnixDatagramSocket.to("/" + "x".repeat(107)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
