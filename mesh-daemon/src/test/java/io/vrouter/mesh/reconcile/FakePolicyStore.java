package io.vrouter.mesh.reconcile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A disk with room for one policy. */
final class FakePolicyStore implements PolicyStore {
  Optional<String> saved = Optional.empty();
  final List<String> rejected = new ArrayList<>();
  boolean full;

  @Override
  public Optional<String> load() {
    return saved;
  }

  @Override
  public void reject(String why) {
    saved = Optional.empty();
    rejected.add(why);
  }

  @Override
  public void save(String text) throws IOException {
    if (full) {
      throw new IOException("no space left on device");
    }
    saved = Optional.of(text);
  }
}
