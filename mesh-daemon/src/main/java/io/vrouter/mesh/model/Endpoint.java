package io.vrouter.mesh.model;

import java.net.InetAddress;

/**
 * An address and a UDP or TCP port.
 *
 * @param port 1 to 65,535
 */
public record Endpoint(InetAddress address, int port) {
  public Endpoint {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("'" + port + "' is not a port: 1 to 65535");
    }
  }

  @Override
  public String toString() {
    String host = address.getHostAddress();
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
