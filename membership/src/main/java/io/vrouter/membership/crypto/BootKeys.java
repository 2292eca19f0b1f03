package io.vrouter.membership.crypto;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;

/** A cache of the keys of the most recent boots without a session: each is derived once. */
final class BootKeys {
  private static final int REMEMBERED = 64;

  private final Map<Boot, SecretKey> keys =
      new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Boot, SecretKey> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Boot(int keyId, Salt salt) {}

  synchronized SecretKey of(EpochKey epoch, Salt salt) {
    return keys.computeIfAbsent(new Boot(epoch.id(), salt), boot -> epoch.session(salt.toArray()));
  }
}
