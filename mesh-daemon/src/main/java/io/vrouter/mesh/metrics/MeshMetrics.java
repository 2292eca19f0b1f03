package io.vrouter.mesh.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.vrouter.mesh.control.MemberStatus;
import io.vrouter.mesh.control.Members;
import io.vrouter.mesh.control.MeshApi;
import io.vrouter.mesh.control.Routes;
import io.vrouter.mesh.control.Status;
import io.vrouter.mesh.model.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The numbers of the mesh and of this process as Prometheus text. Thread-safe. */
public final class MeshMetrics {
  /** The content type of {@link #exposition}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final double MICROS = 1e6;

  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final List<Consumer<Families>> sources = new CopyOnWriteArrayList<>();
  private final Measurements measurements = new Measurements();

  /** Reads the answers of the daemon once per scrape. */
  public MeshMetrics(MeshApi api) {
    add(families -> status(families, api.status()));
    add(families -> members(families, api.members(false)));
    add(families -> routes(families, api.routes()));
    add(families -> ProcessMetrics.build(families, api.version()));
    add(measurements::into);
    ProcessMetrics.register(measurements);
  }

  /** The measurements of this process. */
  public Measurements measurements() {
    return measurements;
  }

  /** Adds numbers that are read at each scrape, on its thread. */
  public void add(Consumer<Families> source) {
    sources.add(source);
  }

  /** All metrics in Prometheus' text format. */
  public String exposition() {
    Families families = new Families();
    sources.forEach(source -> source.accept(families));
    ByteArrayOutputStream out = new ByteArrayOutputStream(16_384);
    try {
      writer.write(out, families.snapshots(), EscapingScheme.UNDERSCORE_ESCAPING);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void status(Families families, Status status) {
    for (MemberStatus state : MemberStatus.values()) {
      families.gauge(
          "mesh_members",
          "Members by state, this host included.",
          status.members().getOrDefault(state, 0),
          "state",
          state.text());
    }
    for (Problem.Severity severity : Problem.Severity.values()) {
      families.gauge(
          "mesh_problems",
          "Present problems by severity, as meshctl status lists them.",
          status.problems().stream().filter(it -> it.severity() == severity).count(),
          "severity",
          severity.toString());
    }
    families.gauge(
        "mesh_encrypted_members",
        "Members whose traffic with this host is encrypted.",
        status.encryption().peers());
    for (String kind : List.of("kernel", "wireguard-go")) {
      families.gauge(
          "mesh_wireguard_devices",
          "WireGuard devices by implementation.",
          status.encryption().devices().stream()
              .filter(device -> kind.equals(device.implementation()))
              .count(),
          "implementation",
          kind);
    }
    families.gauge("mesh_healthy", "1 when there is no error.", status.healthy() ? 1 : 0);
    families.gauge(
        "mesh_converged",
        "1 when the kernel equals what the records ask for.",
        status.converged() ? 1 : 0);
  }

  private static void members(Families families, Members members) {
    for (Members.Member member : members.members()) {
      Members.Path path = member.path();
      if (path == null || path.state() == Members.Path.PathHealth.UNKNOWN) {
        continue;
      }
      String[] peer = {"peer", member.name(), "node", member.id()};
      direction(families, path, Members.Path.Direction.TO, peer);
      direction(families, path, Members.Path.Direction.FROM, peer);
      if (path.rttMicros() != null) {
        families.gauge(
            "mesh_peer_rtt_seconds",
            "Newest round trip over the data path to the member's kernel.",
            path.rttMicros() / MICROS,
            peer);
      }
      if (path.mtu() != null) {
        families.gauge(
            "mesh_path_mtu_bytes",
            "Largest IP packet that the data path to the member carries.",
            path.mtu(),
            peer);
      }
    }
  }

  /** A broken path whose direction is unknown counts as broken in both. */
  private static void direction(
      Families families, Members.Path path, Members.Path.Direction direction, String... peer) {
    boolean broken =
        path.state() == Members.Path.PathHealth.UNREACHABLE
            && (path.direction() == null
                || path.direction() == Members.Path.Direction.BOTH
                || path.direction() == direction);
    families.gauge(
        "mesh_path_state",
        "1 when packets pass in the direction, to the member or from it; 0 when none does.",
        broken ? 0 : 1,
        peer[0],
        peer[1],
        peer[2],
        peer[3],
        "direction",
        direction.toString());
  }

  private static void routes(Families families, Routes routes) {
    for (Routes.RouteCondition state : Routes.RouteCondition.values()) {
      families.gauge(
          "mesh_routes",
          "Routes that the records ask for, by their state in this kernel.",
          routes.routes().stream().filter(route -> route.state() == state).count(),
          "state",
          state.text());
    }
  }
}
