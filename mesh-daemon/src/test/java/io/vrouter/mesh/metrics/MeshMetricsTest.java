package io.vrouter.mesh.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Timer;
import io.vrouter.mesh.control.MemoryMesh;
import io.vrouter.mesh.model.Problem;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MeshMetricsTest {
  private final MemoryMesh mesh = new MemoryMesh();
  private final MeshMetrics metrics = new MeshMetrics(mesh);

  @Test
  void theMeshInPrometheusText() {
    Measurements measurements = metrics.measurements();
    Timer passes = measurements.timer("mesh_pass_duration", "Time of a pass.", 0.01, 1);
    passes.update(5, TimeUnit.MILLISECONDS);
    passes.update(10, TimeUnit.MILLISECONDS);
    passes.update(2, TimeUnit.SECONDS);
    measurements.meter("mesh_writes", "Steps written.").mark(3);
    measurements.count("mesh_errors", "Errors.", () -> 4, "errno", "EEXIST");
    measurements.count("mesh_errors", "Errors.", () -> 5, "errno", "ENOENT");

    String peer = "node=\"" + MemoryMesh.PEER + "\",peer=\"tera\"";
    assertThat(metrics.exposition())
        .contains("# HELP mesh_members Members by state, this host included.\n")
        .contains("# TYPE mesh_members gauge\n")
        .contains("mesh_members{state=\"alive\"} 2.0\n")
        .contains("mesh_members{state=\"failed\"} 0.0\n")
        .contains("mesh_routes{state=\"installed\"} 1.0\n")
        .contains("mesh_routes{state=\"missing\"} 0.0\n")
        .contains("mesh_peer_rtt_seconds{" + peer + "} 2.5E-4\n")
        .contains("mesh_path_mtu_bytes{" + peer + "} 1450.0\n")
        .contains("mesh_path_state{direction=\"to\"," + peer + "} 1.0\n")
        .contains("mesh_healthy 1.0\n")
        .contains("mesh_writes_total 3.0\n")
        .contains("mesh_errors_total{errno=\"EEXIST\"} 4.0\n")
        .contains("mesh_errors_total{errno=\"ENOENT\"} 5.0\n")
        .contains("# TYPE mesh_pass_duration_seconds histogram\n")
        .contains("mesh_pass_duration_seconds_bucket{le=\"0.01\"} 2\n")
        .contains("mesh_pass_duration_seconds_bucket{le=\"1.0\"} 2\n")
        .contains("mesh_pass_duration_seconds_bucket{le=\"+Inf\"} 3\n")
        .contains("mesh_pass_duration_seconds_count 3\n")
        .contains("mesh_pass_duration_seconds_sum 2.015\n")
        .containsPattern("mesh_build_info\\{java=\"[^\"]+\",version=\"0.1.0\"} 1\\n")
        .containsPattern("process_resident_memory_bytes [1-9]")
        .containsPattern("jvm_memory_used_bytes\\{area=\"heap\"} [1-9]");

    mesh.problems = List.of(new Problem("a", "b", "c"));
    assertThat(metrics.exposition())
        .contains("mesh_healthy 0.0\n")
        .contains("mesh_problems{severity=\"error\"} 1.0\n");
  }

  @Test
  void aHostileNameBreaksNoLine() {
    mesh.peerName = "a\"} 1\nmesh_healthy 0 #";
    assertThat(metrics.exposition())
        .contains("peer=\"a\\\"} 1\\nmesh_healthy 0 #\"")
        .doesNotContain("\nmesh_healthy 0 ");
  }

  @Test
  void twoValuesOfOneNameAreOne() {
    metrics.add(
        families -> {
          families.gauge("mesh_twice", "A.", 1, "peer", "x");
          families.gauge("mesh_twice", "A.", 2, "peer", "x");
        });
    assertThat(metrics.exposition()).contains("mesh_twice{peer=\"x\"} 1.0\n");
  }
}
