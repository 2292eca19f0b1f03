package io.vrouter.mesh.config;

import java.util.List;

/**
 * The texts given for one key.
 *
 * @param origin their source: {@code flag --vni}, {@code environment VNI}, {@code mesh.yaml:3}
 */
record Given(List<String> values, String origin) {
  static final String DEFAULT = "default";

  Given {
    values = List.copyOf(values);
  }
}
