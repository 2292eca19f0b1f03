package io.vrouter.netlink;

import io.vrouter.netlink.wire.Ack;
import io.vrouter.netlink.wire.Request;

/**
 * The outcome of one request of a batch.
 *
 * @param request as given
 * @param errno 0 when done, else positive
 * @param kernelMessage the kernel's text, empty for none
 * @param offset of the attribute the kernel complains about; -1 when it named none
 */
public record Outcome(Request request, int errno, String kernelMessage, int offset) {
  static Outcome of(Request request, Ack ack) {
    return new Outcome(request, ack.errno(), ack.kernelMessage(), ack.offset());
  }

  /** Whether the kernel did it. */
  public boolean ok() {
    return errno == 0;
  }

  /** The same as an exception, for a caller that can't go on. */
  public NetlinkException toException() {
    return new NetlinkException(request.op(), errno, kernelMessage, offset);
  }

  @Override
  public String toString() {
    return ok()
        ? request.op() + ": ok"
        : NetlinkException.describe(request.op(), errno, kernelMessage);
  }
}
