package io.vrouter.mesh.state;

import io.vrouter.membership.StateFile;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.pool.PoolStates;
import io.vrouter.mesh.reconcile.PoolStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** {@code pools.json} in the state directory. An unreadable file is set aside and reported. */
public final class PoolStateFile implements PoolStore {
  static final String NAME = "pools.json";
  private static final int LIMIT = 4 << 20;
  private static final String ANEW =
      "other ranges are claimed: run 'meshctl docker-pools --apply' again and restart the engine if"
          + " that was done on this host. Look at the disk if it comes again";

  private final StateFile file;
  private volatile Optional<Problem> problem = Optional.empty();

  public PoolStateFile(Path stateDir) {
    this.file = new StateFile(stateDir.resolve(NAME));
  }

  /** The problem of the file at the last load. */
  public Optional<Problem> problem() {
    return problem;
  }

  @Override
  public PoolState load() {
    if (!file.exists()) {
      return PoolState.NONE;
    }
    try {
      return PoolStates.decode(new String(file.read(LIMIT), StandardCharsets.UTF_8));
    } catch (PoolException e) {
      problem = Optional.of(aside(StateFile.firstLine(e)));
    } catch (IOException e) {
      problem = Optional.of(aside("can't be read: " + StateFile.firstLine(e)));
    }
    return PoolState.NONE;
  }

  @Override
  public boolean lost() {
    return problem.isPresent();
  }

  @Override
  public void save(PoolState state) throws IOException {
    file.write(PoolStates.encode(state).getBytes(StandardCharsets.UTF_8));
  }

  private Problem aside(String what) {
    return new Problem(
        "state-corrupt", "%s %s; %s".formatted(file.path(), what, file.setAsideIfPossible()), ANEW);
  }
}
