package io.vrouter.membership.jgroups;

import io.vrouter.membership.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.util.function.Supplier;
import org.jgroups.Header;
import org.jgroups.conf.ClassConfigurator;
import org.jspecify.annotations.Nullable;

/**
 * Marks an engine message; no content on the wire. Public because JGroups creates it by reflection.
 */
public final class SwimHeader extends Header {
  /** This class's id on the wire; JGroups leaves 1024 and above to applications. */
  static final short MAGIC = 1100;

  static {
    ClassConfigurator.add(MAGIC, SwimHeader.class);
  }

  private final @Nullable NodeId sender;

  /** Creates the header of a message to send, or of one that JGroups parses. */
  public SwimHeader() {
    this(null);
  }

  /** Creates the header of a received message. */
  SwimHeader(@Nullable NodeId sender) {
    this.sender = sender;
  }

  /** The node of the session that delivered the message, or null when unknown. */
  @Nullable NodeId sender() {
    return sender;
  }

  @Override
  public short getMagicId() {
    return MAGIC;
  }

  @Override
  public Supplier<? extends Header> create() {
    return SwimHeader::new;
  }

  @Override
  public int serializedSize() {
    return 0;
  }

  @Override
  public void writeTo(DataOutput out) {}

  @Override
  public void readFrom(DataInput in) {}
}
