package io.vrouter.mesh.state;

import io.vrouter.membership.StateFile;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.reconcile.PolicyStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** {@code policy} in the state directory. An unusable file is set aside and reported. */
public final class SignedPolicyFile implements PolicyStore {
  static final String NAME = "policy";
  private static final int LIMIT = 64 * 1024;

  private final StateFile file;
  private volatile Optional<Problem> problem = Optional.empty();

  public SignedPolicyFile(Path stateDir) {
    this.file = new StateFile(stateDir.resolve(NAME));
  }

  /** The problem of the file at the last load. */
  public Optional<Problem> problem() {
    return problem;
  }

  @Override
  public Optional<String> load() {
    if (!file.exists()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(file.read(LIMIT), StandardCharsets.UTF_8));
    } catch (IOException e) {
      reject("can't be read: " + StateFile.firstLine(e));
      return Optional.empty();
    }
  }

  @Override
  public void reject(String why) {
    problem =
        Optional.of(
            new Problem(
                "state-corrupt",
                "%s %s; %s".formatted(file.path(), why, file.setAsideIfPossible()),
                "nothing where another host carries the policy, else run 'meshctl policy apply"
                    + " FILE' again. Look at the disk if it comes again"));
  }

  @Override
  public void save(String text) throws IOException {
    file.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
