package io.vrouter.mesh.lab;

import io.vrouter.netlink.lab.Stack;
import java.util.concurrent.CountDownLatch;

/** Makes a lab with one host, tells the processes that hold it, and stays until it is killed. */
final class LabHold {
  private LabHold() {}

  public static void main(String[] arguments) throws InterruptedException {
    Lab lab = new Lab();
    Host host = lab.host(1);
    Stack stack = host.stack("172.30.0.0/16");
    System.out.println(
        "held "
            + lab.lan().space().pid()
            + " "
            + host.space().pid()
            + " "
            + stack.container().pid()
            + " .");
    new CountDownLatch(1).await();
  }
}
