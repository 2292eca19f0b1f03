package io.vrouter.membership.jgroups;

import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often it is deserialized. */
public final class Gadget implements Serializable {
  static final AtomicInteger READ = new AtomicInteger();

  private void readObject(ObjectInputStream in) {
    READ.incrementAndGet();
  }
}
