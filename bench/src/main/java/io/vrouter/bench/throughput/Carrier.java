package io.vrouter.bench.throughput;

import io.vrouter.netlink.socket.Netns;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.Arrays;

/**
 * One way for the traffic.
 *
 * @param ready makes it the one that is measured next; the ends exist before
 * @param address of {@code to}
 */
record Carrier(String name, Runnable ready, PathEnd from, PathEnd to, String address) {
  private static final int PORT = 7001;
  private static final int WARM_UP = 2_000;

  /** A kind of traffic, and whether a larger value is the better one. */
  enum Traffic {
    TCP_1("TCP, 1 stream", "Gbit/s", true),
    TCP_4("TCP, 4 streams", "Gbit/s", true),
    UDP_64("UDP, 64 octets", "1,000/s", true),
    UDP_1200("UDP, 1,200 octets", "1,000/s", true),
    ROUND_TRIP("UDP round trip, median", "µs", false);

    final String title;
    final String unit;
    final boolean more;

    Traffic(String title, String unit, boolean more) {
      this.title = title;
      this.unit = unit;
      this.more = more;
    }
  }

  /** One measurement. */
  double measure(Traffic traffic, int seconds) {
    return switch (traffic) {
      case TCP_1 -> tcp(1, seconds);
      case TCP_4 -> tcp(4, seconds);
      case UDP_64 -> udp(64, seconds);
      case UDP_1200 -> udp(1_200, seconds);
      case ROUND_TRIP -> roundTrip(seconds);
    };
  }

  private double tcp(int streams, int seconds) {
    return from.json(
                "iperf3", "-J", "-O", "1", "-t", "" + seconds, "-P", "" + streams, "-c", address)
            .path("end")
            .path("sum_received")
            .path("bits_per_second")
            .asDouble()
        / 1e9;
  }

  private double udp(int octets, int seconds) {
    var sum =
        from.json(
                "iperf3",
                "-J",
                "-u",
                "-b",
                "0",
                "-l",
                "" + octets,
                "-t",
                "" + seconds,
                "-c",
                address)
            .path("end")
            .path("sum");
    double arrived = sum.path("packets").asDouble() - sum.path("lost_packets").asDouble();
    return arrived / sum.path("seconds").asDouble() / 1e3;
  }

  /** One datagram of 64 octets under way at a time. */
  private double roundTrip(int seconds) {
    try (DatagramSocket echo = Netns.call(to.netns(), () -> new DatagramSocket(PORT));
        DatagramSocket asking = Netns.call(from.netns(), () -> new DatagramSocket(0))) {
      Thread server = new Thread(() -> echo(echo), "echo");
      server.setDaemon(true);
      server.start();
      asking.connect(InetAddress.getByName(address), PORT);
      asking.setSoTimeout(1_000);
      DatagramPacket packet = new DatagramPacket(new byte[64], 64);
      long[] nanos = new long[4_000_000];
      int count = 0;
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      for (int i = 0; count < nanos.length; i++) {
        long sent = System.nanoTime();
        if (sent - end > 0) {
          break;
        }
        asking.send(packet);
        asking.receive(packet);
        if (i >= WARM_UP) {
          nanos[count++] = System.nanoTime() - sent;
        }
      }
      Arrays.sort(nanos, 0, count);
      return nanos[count / 2] / 1e3;
    } catch (IOException e) {
      throw new IllegalStateException("round trips of " + name, e);
    }
  }

  private static void echo(DatagramSocket socket) {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    try {
      while (true) {
        socket.receive(packet);
        socket.send(packet);
      }
    } catch (SocketException e) {
      // Closed: the measurement has ended.
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
