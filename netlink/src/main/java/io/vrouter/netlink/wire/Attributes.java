package io.vrouter.netlink.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The attributes of one message or of one nest, in their order.
 *
 * @param list immutable
 */
public record Attributes(List<Attribute> list) implements Iterable<Attribute> {
  /** Copies the list. */
  public Attributes {
    list = List.copyOf(list);
  }

  /**
   * Reads attributes up to the buffer's limit. The padding of the last one may be missing.
   *
   * @throws DecodeException when a length leads outside the buffer
   */
  public static Attributes parse(ByteBuffer source) {
    ByteBuffer in = source.slice().order(ByteOrder.nativeOrder());
    List<Attribute> list = new ArrayList<>();
    while (in.hasRemaining()) {
      if (in.remaining() < Attribute.HEADER) {
        throw new DecodeException(in.remaining() + " octets left over after the attributes");
      }
      int start = in.position();
      int length = in.getShort() & 0xffff;
      int typeAndFlags = in.getShort() & 0xffff;
      if (length < Attribute.HEADER || length > in.limit() - start) {
        throw new DecodeException(
            "attribute %d claims %d octets of %d"
                .formatted(typeAndFlags & Attribute.TYPE_MASK, length, in.limit() - start));
      }
      Payload payload = Payload.from(in.slice(start + 4, length - Attribute.HEADER));
      list.add(
          new Attribute(
              typeAndFlags & Attribute.TYPE_MASK, typeAndFlags & ~Attribute.TYPE_MASK, payload));
      in.position(Math.min(start + Netlink.align(length), in.limit()));
    }
    return new Attributes(list);
  }

  /** The payload of the last attribute of that type: the kernel takes the last, too. */
  public Optional<Payload> find(int type) {
    for (int i = list.size() - 1; i >= 0; i--) {
      if (list.get(i).type() == type) {
        return Optional.of(list.get(i).payload());
      }
    }
    return Optional.empty();
  }

  @Override
  public Iterator<Attribute> iterator() {
    return list.iterator();
  }
}
