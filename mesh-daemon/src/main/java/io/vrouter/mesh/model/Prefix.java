package io.vrouter.mesh.model;

import io.vrouter.membership.Addresses;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * An IP prefix without host bits, IPv4 or IPv6.
 *
 * @param address the network address
 * @param length 0 to 32 or 0 to 128
 */
public record Prefix(InetAddress address, int length) implements Comparable<Prefix> {
  /** RFC 6598: a provider's or a VPN's on some hosts, free on others. */
  public static final Prefix SHARED = parse("100.64.0.0/10");

  private static final List<Prefix> PRIVATE =
      List.of(
          parse("10.0.0.0/8"),
          parse("172.16.0.0/12"),
          parse("192.168.0.0/16"),
          SHARED,
          parse("fc00::/7"));

  public Prefix {
    int bits = address.getAddress().length * 8;
    if (length < 0 || length > bits) {
      throw new IllegalArgumentException(
          "'%s/%d': the prefix length must be 0 to %d"
              .formatted(address.getHostAddress(), length, bits));
    }
    byte[] masked = mask(address.getAddress(), length);
    if (!Arrays.equals(masked, address.getAddress())) {
      throw new IllegalArgumentException(
          "'%s/%d' has host bits set; did you mean %s/%d?"
              .formatted(
                  address.getHostAddress(), length, Addresses.of(masked).getHostAddress(), length));
    }
  }

  /**
   * Parses {@code ADDRESS/LENGTH}. Never resolves a name.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static Prefix parse(String text) {
    int slash = text.indexOf('/');
    if (slash <= 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a prefix: write ADDRESS/LENGTH, e.g. 172.30.0.0/16");
    }
    return new Prefix(
        Addresses.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  /** The prefix of the given length that the address lies in. */
  public static Prefix of(InetAddress address, int length) {
    return new Prefix(Addresses.of(mask(address.getAddress(), length)), length);
  }

  /**
   * Reads {@link #octets}.
   *
   * @throws IllegalArgumentException when they are no prefix
   */
  public static Prefix of(byte[] octets) {
    if (octets.length != 5 && octets.length != 17) {
      throw new IllegalArgumentException("a prefix has 5 or 17 bytes, this has " + octets.length);
    }
    return new Prefix(Addresses.of(Arrays.copyOfRange(octets, 1, octets.length)), octets[0] & 0xff);
  }

  /** The length in one octet, then the address: 5 or 17 octets. */
  public byte[] octets() {
    byte[] bytes = address.getAddress();
    byte[] octets = new byte[bytes.length + 1];
    octets[0] = (byte) length;
    System.arraycopy(bytes, 0, octets, 1, bytes.length);
    return octets;
  }

  /** Whether this is IPv4. */
  public boolean isIpv4() {
    return address.getAddress().length == 4;
  }

  /** Whether all of it is private space: RFC 1918, RFC 6598 or RFC 4193. */
  public boolean isPrivate() {
    return PRIVATE.stream().anyMatch(space -> space.contains(this));
  }

  /** Whether the address lies in here. */
  public boolean contains(InetAddress other) {
    byte[] bytes = other.getAddress();
    return bytes.length == address.getAddress().length
        && Arrays.equals(mask(bytes, length), address.getAddress());
  }

  /** Whether every address of the other prefix lies in here. */
  public boolean contains(Prefix other) {
    return other.length >= length && contains(other.address);
  }

  /** Whether the two share an address. */
  public boolean overlaps(Prefix other) {
    return contains(other) || other.contains(this);
  }

  @Override
  public int compareTo(Prefix other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.address.getAddress();
    if (mine.length != theirs.length) {
      return Integer.compare(mine.length, theirs.length);
    }
    int byAddress = Arrays.compareUnsigned(mine, theirs);
    return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + length;
  }

  private static byte[] mask(byte[] bytes, int length) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < masked.length; i++) {
      int keep = Math.max(0, Math.min(8, length - i * 8));
      masked[i] &= (byte) (0xff << (8 - keep));
    }
    return masked;
  }
}
