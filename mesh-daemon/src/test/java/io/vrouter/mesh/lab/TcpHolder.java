package io.vrouter.mesh.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;

/** Holds a TCP port of the loopback address until it is killed. */
final class TcpHolder {
  private TcpHolder() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    try (ServerSocket held =
        new ServerSocket(Integer.parseInt(args[0]), 1, InetAddress.getLoopbackAddress())) {
      System.out.println("holding " + held.getLocalPort());
      new CountDownLatch(1).await();
    }
  }
}
