package io.vrouter.mesh.plan;

/**
 * A setting of a device that is not ours, as it was before this host changed it.
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
