package io.vrouter.membership.jgroups;

import java.io.DataInput;
import java.io.DataOutput;
import java.util.function.Supplier;
import org.jgroups.Header;
import org.jgroups.conf.ClassConfigurator;

/** Marks an engine message; no content. Public because JGroups creates it by reflection. */
public final class SwimHeader extends Header {
  /** Names this class on the wire; JGroups leaves 1024 and above to others. */
  static final short MAGIC = 1100;

  static {
    ClassConfigurator.add(MAGIC, SwimHeader.class);
  }

  /** Creates the header. */
  public SwimHeader() {}

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
