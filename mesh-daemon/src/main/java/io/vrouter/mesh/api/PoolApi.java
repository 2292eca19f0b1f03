package io.vrouter.mesh.api;

import io.vrouter.mesh.control.MeshApiException;
import io.vrouter.mesh.control.Pools;
import io.vrouter.mesh.control.SubnetClaim;
import io.vrouter.mesh.docker.DaemonJsonFile;
import io.vrouter.mesh.docker.EngineOptions;
import io.vrouter.mesh.model.Prefix;
import io.vrouter.mesh.model.Problem;
import io.vrouter.mesh.pool.DaemonJson;
import io.vrouter.mesh.pool.PoolException;
import io.vrouter.mesh.pool.PoolState;
import io.vrouter.mesh.pool.PoolSubnets;
import io.vrouter.mesh.reconcile.PoolView;
import io.vrouter.mesh.reconcile.Reconciler;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API's operations on the pool of subnets. Thread-safe. */
public final class PoolApi {
  private static final Logger LOG = LoggerFactory.getLogger(PoolApi.class);

  private final Reconciler reconciler;
  private final DaemonJsonFile file;
  private final EngineOptions engine;

  /** With the file that {@link #apply} changes, and the engine that reads it. */
  public PoolApi(Reconciler reconciler, DaemonJsonFile file, EngineOptions engine) {
    this.reconciler = reconciler;
    this.file = file;
    this.engine = engine;
  }

  /** A host's part in the pool, in the contract's terms. */
  Pools pools() {
    PoolView pool = reconciler.snapshot().pool();
    PoolState state = pool.state();
    return new Pools(
        PoolSubnets.dockerPools(state).stream()
            .map(it -> new Pools.DockerPool(it.base().toString(), it.size()))
            .toList(),
        pool.pool().toString(),
        state.ranges().stream()
            .map(it -> new Pools.Range(it.prefix().toString(), it.acknowledged()))
            .toList(),
        state.named().entrySet().stream()
            .map(it -> new Pools.Named(it.getKey(), it.getValue().toString()))
            .toList(),
        applied(pool));
  }

  private Pools.InDaemonJson applied(PoolView pool) {
    try {
      if (!file.isTheHosts()) {
        return Pools.InDaemonJson.UNKNOWN;
      }
      List<PoolSubnets.Pool> pools = PoolSubnets.dockerPools(pool.state());
      return switch (DaemonJson.says(file.read(), pool.pool(), pools)) {
        case NOTHING -> Pools.InDaemonJson.NO;
        case THE_SAME -> Pools.InDaemonJson.YES;
        case OTHERS -> Pools.InDaemonJson.OUTDATED;
      };
    } catch (IOException | PoolException e) {
      LOG.debug("{} can't be compared", file.path(), e);
      return Pools.InDaemonJson.UNKNOWN;
    }
  }

  void want() {
    reconciler.wantRange();
  }

  SubnetClaim claim(String name) throws MeshApiException, InterruptedException {
    try {
      return claim(name, reconciler.claimSubnet(name));
    } catch (PoolException e) {
      throw refused(e);
    }
  }

  SubnetClaim release(String name) throws MeshApiException, InterruptedException {
    try {
      return claim(name, reconciler.releaseSubnet(name));
    } catch (PoolException e) {
      throw refused(e);
    }
  }

  private static SubnetClaim claim(String name, Prefix subnet) {
    return new SubnetClaim(name, subnet.toString());
  }

  private static MeshApiException refused(PoolException e) {
    return new MeshApiException(
        new Problem(
            "subnet", String.valueOf(e.getMessage()), "see 'meshctl docker-pools -o json'"));
  }

  /** Writes this host's pools into the engine's configuration. */
  Pools.Applied apply() throws MeshApiException {
    try {
      if (!file.isTheHosts()) {
        throw failed(
            "meshd runs in a container that doesn't have the host's "
                + file.path().getParent()
                + ", where the engine's configuration is",
            "give the container the volume /etc/docker:/etc/docker, as examples/daemon does, or"
                + " merge what 'meshctl docker-pools' prints into the host's "
                + file.path()
                + " by hand");
      }
      List<PoolSubnets.Pool> pools = PoolSubnets.dockerPools(reconciler.snapshot().pool().state());
      String before = file.read();
      Optional<Problem> refusal = engine.refusal(file.path(), before);
      if (refusal.isPresent()) {
        throw new MeshApiException(refusal.get());
      }
      DaemonJson.Merged merged = DaemonJson.merge(before, pools);
      if (merged.changed()) {
        file.write(merged.text());
      }
      return new Pools.Applied(file.path().toString(), merged.changed(), merged.replaced());
    } catch (PoolException e) {
      throw failed(file.path() + ": " + e.getMessage(), "correct the file, then run this again");
    } catch (IOException e) {
      throw failed(
          file.path() + " can't be changed, it is as it was: " + e,
          "let meshd write there, or merge what 'meshctl docker-pools' prints into it by hand");
    }
  }

  private static MeshApiException failed(String message, String fix) {
    return new MeshApiException(new Problem("daemon-json", message, fix));
  }
}
