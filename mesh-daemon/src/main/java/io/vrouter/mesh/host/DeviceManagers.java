package io.vrouter.mesh.host;

import io.vrouter.mesh.model.Check;
import io.vrouter.mesh.model.Check.Result;
import io.vrouter.mesh.model.Remedy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether systemd-networkd or NetworkManager manages our devices: their state files are read, which
 * are there where they run on this host and its {@code /run} is this process's.
 */
public final class DeviceManagers {
  private final Path run;

  /** Of the running system. */
  public DeviceManagers() {
    this(Path.of("/run"));
  }

  /** Of a directory in the form of {@code /run}. */
  DeviceManagers(Path run) {
    this.run = run;
  }

  /**
   * A check of our devices, by interface index.
   *
   * @throws IOException when a state file can't be read
   */
  public Check check(Map<Integer, String> devices) throws IOException {
    List<String> found = new ArrayList<>();
    List<Remedy> remedies = new ArrayList<>();
    boolean networkd = false;
    for (Map.Entry<Integer, String> device : new TreeMap<>(devices).entrySet()) {
      if (managed(device.getKey(), "systemd/netif/links", "ADMIN_STATE=", "unmanaged")) {
        networkd = true;
        found.add("systemd-networkd manages " + device.getValue());
      }
      if (managed(device.getKey(), "NetworkManager/devices", "managed=", "false")) {
        found.add("NetworkManager manages " + device.getValue());
        String command = "nmcli device set %s managed no".formatted(device.getValue());
        remedies.addAll(Remedy.all(List.of(command), "NetworkManager"));
      }
    }
    if (found.isEmpty()) {
      return new Check("device-managers", Result.PASS, "No other program manages our devices", "");
    }
    List<String> fixes = new ArrayList<>();
    remedies.forEach(remedy -> fixes.add(remedy.command()));
    if (networkd) {
      fixes.add(
          "put the package's file 05-vrouter.network (Match Name=vxlan*, Link Unmanaged=yes) into"
              + " /etc/systemd/network, then networkctl reload");
      remedies.addAll(Remedy.all(List.of("networkctl reload"), "systemd-networkd"));
    }
    return new Check(
        "device-managers",
        Result.WARN,
        String.join("; ", found) + ": it takes addresses and routes away that it did not make",
        String.join("; ", fixes),
        remedies);
  }

  /** The index is the file's name; a line of it has the state. */
  private boolean managed(int index, String directory, String key, String free) throws IOException {
    try {
      return Files.readAllLines(run.resolve(directory).resolve(Integer.toString(index))).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(key.length()).strip())
          .anyMatch(state -> !state.equals(free));
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
