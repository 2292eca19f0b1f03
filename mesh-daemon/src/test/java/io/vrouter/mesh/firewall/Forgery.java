package io.vrouter.mesh.firewall;

import io.vrouter.membership.Addresses;
import io.vrouter.netlink.lab.Output;
import io.vrouter.netlink.lab.Space;
import io.vrouter.netlink.route.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * A VXLAN packet as any program may make it: an Ethernet frame of our choice with a UDP datagram to
 * port {@value #PORT} in it.
 *
 * @param sender MAC that the frame claims to come from
 * @param receiver MAC of the tunnel device that it is for
 * @param source inner IPv4 source
 * @param destination inner IPv4 destination
 */
record Forgery(int vni, String sender, String receiver, String source, String destination) {
  static final int PORT = 9999;

  private static final int HEADERS = 8 + 14 + 20 + 8;
  private static final int VALID_VNI = 0x08000000;

  /** Sends it from a namespace as an ordinary UDP datagram. */
  Output send(Space from, String to, String... as) {
    String octets = HexFormat.of().withPrefix("\\x").formatHex(datagram());
    // By cat: bash ends a datagram at each line's end.
    String[] bash = {"bash", "-c", "printf '" + octets + "' | cat > /dev/udp/" + to + "/4789"};
    String[] command = new String[as.length + bash.length];
    System.arraycopy(as, 0, command, 0, as.length);
    System.arraycopy(bash, 0, command, as.length, bash.length);
    return from.exec("", command);
  }

  private byte[] datagram() {
    ByteBuffer out = ByteBuffer.allocate(HEADERS);
    out.putInt(VALID_VNI).putInt(vni << 8);
    out.put(MacAddress.parse(receiver).toArray()).put(MacAddress.parse(sender).toArray());
    out.putShort((short) 0x0800);
    int ip = out.position();
    out.put((byte) 0x45).put((byte) 0).putShort((short) 28).putInt(0);
    out.put((byte) 64).put((byte) 17).putShort((short) 0);
    out.put(Addresses.parse(source).getAddress()).put(Addresses.parse(destination).getAddress());
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += out.getShort(ip + i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    out.putShort(ip + 10, (short) ~((sum & 0xffff) + (sum >>> 16)));
    out.putShort((short) 1).putShort((short) PORT).putShort((short) 8).putShort((short) 0);
    return out.array();
  }
}
