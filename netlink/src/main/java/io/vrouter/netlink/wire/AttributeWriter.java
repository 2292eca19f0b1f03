package io.vrouter.netlink.wire;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Builds a message body: a fixed header, then attributes. One thread at a time. */
public final class AttributeWriter {
  private ByteBuffer out = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

  /** Room for {@code length} octets of a fixed header, in host order: fill it at once. */
  public ByteBuffer header(int length) {
    ensure(length);
    ByteBuffer header = out.slice(out.position(), length).order(ByteOrder.nativeOrder());
    out.position(out.position() + length);
    return header;
  }

  /** An attribute as it is. */
  public AttributeWriter put(Attribute attribute) {
    return put(attribute.type() | attribute.flags(), attribute.payload());
  }

  /** All of them, in order. */
  public AttributeWriter putAll(Iterable<Attribute> attributes) {
    attributes.forEach(this::put);
    return this;
  }

  /** One octet. */
  public AttributeWriter u8(int type, int value) {
    start(type, 1).put((byte) value);
    return this;
  }

  /** Two octets in host order. */
  public AttributeWriter u16(int type, int value) {
    start(type, 2).putShort((short) value);
    return this;
  }

  /** Two octets in network order. */
  public AttributeWriter be16(int type, int value) {
    start(type, 2).order(ByteOrder.BIG_ENDIAN).putShort((short) value);
    return this;
  }

  /** Four octets in host order. */
  public AttributeWriter u32(int type, int value) {
    start(type, 4).putInt(value);
    return this;
  }

  /** Four octets in network order. */
  public AttributeWriter be32(int type, int value) {
    start(type, 4).order(ByteOrder.BIG_ENDIAN).putInt(value);
    return this;
  }

  /** An address, 4 or 16 octets. */
  public AttributeWriter ip(int type, InetAddress address) {
    return octets(type, address.getAddress());
  }

  /** Text with a terminating zero. */
  public AttributeWriter string(int type, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    start(type, utf8.length + 1).put(utf8).put((byte) 0);
    return this;
  }

  /** Octets as they are. */
  public AttributeWriter octets(int type, byte... octets) {
    start(type, octets.length).put(octets);
    return this;
  }

  /**
   * A nest: what the body writes becomes the attribute's payload. NLA_F_NESTED is not set, as
   * iproute2 does for the nests used here, which all predate the flag.
   */
  public AttributeWriter nest(int type, Consumer<AttributeWriter> body) {
    AttributeWriter inner = new AttributeWriter();
    body.accept(inner);
    return put(type, inner.toPayload());
  }

  /** The octets written so far. */
  public Payload toPayload() {
    return Payload.from(out.duplicate().flip());
  }

  private AttributeWriter put(int typeAndFlags, Payload payload) {
    payload.copyTo(start(typeAndFlags, payload.length()));
    return this;
  }

  private ByteBuffer start(int typeAndFlags, int length) {
    if (length > Attribute.MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "attribute " + typeAndFlags + ": " + length + " octets don't fit");
    }
    ensure(Attribute.HEADER + Netlink.align(length));
    out.putShort((short) (Attribute.HEADER + length)).putShort((short) typeAndFlags);
    ByteBuffer payload = out.slice(out.position(), length).order(ByteOrder.nativeOrder());
    out.position(out.position() + Netlink.align(length));
    return payload;
  }

  private void ensure(int more) {
    if (out.remaining() < more) {
      int size = Math.max(out.capacity() * 2, out.position() + more);
      out = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder()).put(out.flip());
    }
  }
}
