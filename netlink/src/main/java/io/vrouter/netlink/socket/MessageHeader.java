package io.vrouter.netlink.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A {@code struct msghdr} for recvmsg with its buffers, allocated once and reused. */
final class MessageHeader {
  private static final int NAME = 0;
  private static final int NAME_LENGTH = 8;
  private static final int IOV = 16;
  private static final int IOV_LENGTH = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int SIZE = 56;
  private static final int IOVEC_SIZE = 16;

  private final ByteBuffer header = direct(SIZE + IOVEC_SIZE);
  private final ByteBuffer name;
  private final ByteBuffer data;
  private final ByteBuffer control;

  MessageHeader(int nameSize, int dataSize, int controlSize) {
    name = direct(nameSize);
    data = direct(dataSize);
    control = direct(controlSize);
    header.putLong(NAME, LibC.address(name));
    header.putLong(IOV, LibC.address(header) + SIZE);
    header.putLong(IOV_LENGTH, 1);
    header.putLong(CONTROL, controlSize == 0 ? 0 : LibC.address(control));
    header.putLong(SIZE, LibC.address(data));
    header.putLong(SIZE + 8, dataSize);
  }

  /** Prepares the next call, which overwrites lengths and flags. */
  void reset() {
    header.putInt(NAME_LENGTH, name.capacity());
    header.putLong(CONTROL_LENGTH, control.capacity());
    header.putInt(FLAGS, 0);
  }

  ByteBuffer octets() {
    return header;
  }

  /** The sender's socket address. */
  ByteBuffer name() {
    return name;
  }

  /** The first {@code length} octets received, in host order. */
  ByteBuffer data(int length) {
    return data.slice(0, Math.min(length, data.capacity())).order(ByteOrder.nativeOrder());
  }

  /** The control messages received. */
  ByteBuffer control() {
    long length = header.getLong(CONTROL_LENGTH);
    return control.slice(0, (int) length).order(ByteOrder.nativeOrder());
  }

  /** MSG_ flags of the datagram received. */
  int flags() {
    return header.getInt(FLAGS);
  }

  static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }
}
