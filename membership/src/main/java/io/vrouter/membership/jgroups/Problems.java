package io.vrouter.membership.jgroups;

import io.vrouter.membership.MembershipEvent.Warning;
import io.vrouter.membership.NodeId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Present problems by code and subject. A problem without an observable end expires 1 min after its
 * last occurrence. Each is logged when it appears, not while it lasts. At most {@link #LIMIT} at
 * once, because strangers can cause some.
 */
final class Problems {
  private static final int LIMIT = 64;
  private static final long PASSING = TimeUnit.MINUTES.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsMembership.class);

  private final Map<String, TimedWarning> entries = new ConcurrentHashMap<>();
  private final NodeId self;
  private final LongSupplier nanoTime;

  private record TimedWarning(Warning warning, boolean passing, long seen) {}

  Problems(NodeId self, LongSupplier nanoTime) {
    this.self = self;
    this.nanoTime = nanoTime;
  }

  /** Adds a problem that lasts until {@link #clear}. */
  void put(String code, String subject, String message, String fix) {
    put(subject, new Warning(self, code, message, fix), false);
  }

  /** Adds a problem that lasts until 1 min after the last call. */
  void pass(String code, String subject, String message, String fix) {
    put(subject, new Warning(self, code, message, fix), true);
  }

  /** Adds a problem that lasts until the process ends. */
  void put(Warning warning) {
    put("", warning, false);
  }

  private void put(String subject, Warning warning, boolean passing) {
    String key = warning.code() + " " + subject;
    long now = nanoTime.getAsLong();
    TimedWarning former = entries.get(key);
    if (former == null || expired(former, now)) {
      expire(now);
      if (entries.size() >= LIMIT) {
        return;
      }
      LOG.warn("{}: {} ({})", warning.code(), warning.message(), warning.fix());
    }
    entries.put(key, new TimedWarning(warning, passing, now));
  }

  void clear(String code, String subject) {
    entries.remove(code + " " + subject);
  }

  List<Warning> list() {
    expire(nanoTime.getAsLong());
    return entries.values().stream()
        .map(TimedWarning::warning)
        .sorted((a, b) -> (a.code() + a.message()).compareTo(b.code() + b.message()))
        .toList();
  }

  private void expire(long now) {
    entries.values().removeIf(entry -> expired(entry, now));
  }

  private static boolean expired(TimedWarning entry, long now) {
    return entry.passing && now - entry.seen > PASSING;
  }
}
