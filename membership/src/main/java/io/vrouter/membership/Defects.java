package io.vrouter.membership;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exceptions that only a defect of this program throws, where the thread goes on after them: each
 * is logged, and the newest of each place is kept for the status until the process ends.
 * Thread-safe.
 */
public final class Defects {
  private static final Logger LOG = LoggerFactory.getLogger(Defects.class);

  /** Most places: bounds the memory. */
  private static final int MOST = 20;

  private static final Map<String, String> NEWEST = new LinkedHashMap<>();

  private Defects() {}

  /**
   * Keeps a defect.
   *
   * @param place what was attempted, of a small number of constant texts
   */
  public static void caught(String place, RuntimeException e) {
    LOG.error("{}: a defect, this goes on", place, e);
    synchronized (NEWEST) {
      if (NEWEST.size() < MOST || NEWEST.containsKey(place)) {
        NEWEST.put(place, e.toString());
      }
    }
  }

  /** The newest defect of each place. */
  public static Map<String, String> newest() {
    synchronized (NEWEST) {
      return Map.copyOf(NEWEST);
    }
  }
}
