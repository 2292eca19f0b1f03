package io.vrouter.mesh.plan;

/**
 * What a device that is not ours was set to before we changed it.
 *
 * @param device its name
 * @param forwarding IPV4_DEVCONF_FORWARDING, 0 or 1
 */
public record FormerSetting(String device, int forwarding) {
  @Override
  public String toString() {
    return "dev %s forwarding %d".formatted(device, forwarding);
  }
}
