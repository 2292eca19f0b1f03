package io.vrouter.netlink;

import io.vrouter.netlink.wire.Ack;
import io.vrouter.netlink.wire.Request;

/**
 * The outcome of one request of a batch.
 *
 * @param request as given
 * @param errno 0 for success, else positive
 * @param kernelMessage the kernel's text, empty for none
 * @param offset of the offending attribute; -1 when it named none
 */
public record Outcome(Request request, int errno, String kernelMessage, int offset) {
  static Outcome of(Request request, Ack ack) {
    NetlinkErrors.count(ack.errno());
    return new Outcome(request, ack.errno(), ack.kernelMessage(), ack.offset());
  }

  /** Whether the kernel executed the request. */
  public boolean ok() {
    return errno == 0;
  }

  /** The outcome as an exception, for a caller that can't continue. */
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
