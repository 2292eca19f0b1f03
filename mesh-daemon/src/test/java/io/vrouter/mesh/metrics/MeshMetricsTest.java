package io.vrouter.mesh.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.control.MemoryMesh;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshMetricsTest {
  @Test
  void statusAndCountersInPrometheusText() {
    MemoryMesh mesh = new MemoryMesh();
    MeshMetrics metrics = new MeshMetrics(mesh::status);
    metrics.registry().counter("mesh.kernel.writes").inc(3);
    metrics.registry().timer("mesh.reconcile").time().stop();

    assertThat(metrics.exposition())
        .contains("mesh_members_alive 2.0\n")
        .contains("mesh_members_failed 0.0\n")
        .contains("mesh_healthy 1.0\n")
        .contains("mesh_kernel_writes_total 3.0\n")
        .contains("mesh_reconcile_count 1\n")
        .containsPattern("process_resident_memory_bytes [1-9]");

    mesh.problems = List.of(new Problem("a", "b", "c"));
    assertThat(metrics.exposition()).contains("mesh_healthy 0.0\n").contains("mesh_problems 1.0\n");
  }
}
