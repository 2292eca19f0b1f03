package io.vrouter.mesh.node;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opened parts, closed in the opposite order. */
public final class Closeables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Closeables.class);
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Adds a part to close. */
  public synchronized <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /** Closes all parts; a failing close does not keep the others open. */
  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("closing {} failed", part.getClass().getSimpleName(), e);
      }
    }
  }
}
