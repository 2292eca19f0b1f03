package io.vrouter.mesh.lab;

import java.io.IOException;
import java.net.DatagramSocket;
import java.util.concurrent.CountDownLatch;

/** Holds a UDP port on all addresses until it is killed. */
final class PortHolder {
  private PortHolder() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (DatagramSocket socket = new DatagramSocket(Integer.parseInt(arguments[0]))) {
      System.out.println("holding " + socket.getLocalPort() + " .");
      new CountDownLatch(1).await();
    }
  }
}
