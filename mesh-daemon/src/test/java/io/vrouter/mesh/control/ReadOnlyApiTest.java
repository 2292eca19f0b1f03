package io.vrouter.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadOnlyApiTest {
  private final MemoryMesh mesh = new MemoryMesh();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final ReadOnlyApi api = new ReadOnlyApi(mesh, nanos::get);

  @Test
  void costlyAnswersAreMadeOnceASecondHoweverManyAsk() throws Exception {
    PlanReport first = api.plan();
    Doctor doctor = api.doctor();
    nanos.addAndGet(ReadOnlyApi.SHARED_FOR.toNanos() - 1);
    assertThat(api.plan()).isSameAs(first);
    assertThat(api.doctor()).isSameAs(doctor);
    nanos.addAndGet(1);
    assertThat(api.plan()).isNotSameAs(first);
    assertThat(api.doctor()).isNotSameAs(doctor);
  }

  @Test
  void aFailureIsNotKept() throws Exception {
    mesh.converged = false;
    assertThatThrownBy(api::plan).isInstanceOf(MeshApiException.class);
    mesh.converged = true;
    assertThat(api.plan().steps()).isNotEmpty();
  }

  @Test
  void nothingChanges() {
    assertThatThrownBy(api::leave).isInstanceOf(MeshApiException.class);
    assertThatThrownBy(() -> api.forget(MemoryMesh.GONE)).isInstanceOf(MeshApiException.class);
    assertThatThrownBy(() -> api.forgetPrefix("10.20.0.0/16")).isInstanceOf(MeshApiException.class);
    assertThatThrownBy(api::applyPools).isInstanceOf(MeshApiException.class);
    assertThatThrownBy(() -> api.claimSubnet("a")).isInstanceOf(MeshApiException.class);
    assertThatThrownBy(() -> api.releaseSubnet("a")).isInstanceOf(MeshApiException.class);
    assertThatThrownBy(api::wantPoolRange).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(api::end).isInstanceOf(UnsupportedOperationException.class);
    assertThat(mesh.calls).isEmpty();
  }
}
