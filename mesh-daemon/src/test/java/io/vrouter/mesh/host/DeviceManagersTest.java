package io.vrouter.mesh.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Remedy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State files as systemd 252 and NetworkManager 1.42 write them, shortened. */
class DeviceManagersTest {
  private static final Map<Integer, String> OURS = Map.of(7, "vxlan1000");

  @TempDir Path run;

  private void networkd(String state) throws Exception {
    Path file = run.resolve("systemd/netif/links/7");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "ADMIN_STATE=%s\nOPER_STATE=routable\n".formatted(state));
  }

  private void networkManager(boolean managed) throws Exception {
    Path file = run.resolve("NetworkManager/devices/7");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "[device]\nmanaged=%s\nnm-owned=false\n".formatted(managed));
  }

  private Check check() throws Exception {
    return new DeviceManagers(run).check(OURS);
  }

  @Test
  void noneIsThereOrTheyLeaveItAlone() throws Exception {
    assertThat(check().result()).isEqualTo(Check.Result.PASS);
    networkd("unmanaged");
    networkManager(false);
    assertThat(check().result()).isEqualTo(Check.Result.PASS);
  }

  @Test
  void whatManagesOurDeviceIsNamedWithTheCommand() throws Exception {
    networkd("configured");
    networkManager(true);
    Check check = check();
    assertThat(check.result()).isEqualTo(Check.Result.WARN);
    assertThat(check.message())
        .contains("systemd-networkd manages vxlan1000", "NetworkManager manages vxlan1000");
    assertThat(check.remedies())
        .extracting(Remedy::command)
        .containsExactly("nmcli device set vxlan1000 managed no", "networkctl reload");
    assertThat(check.remedies()).noneMatch(Remedy::ours);
  }
}
