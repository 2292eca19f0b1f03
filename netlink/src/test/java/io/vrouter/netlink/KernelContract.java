package io.vrouter.netlink;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the fake kernel and the running one both do: every test of every subclass runs on both, each
 * in a namespace of its own, so that the fake can't drift.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(TestKernel.Kind.class)
abstract class KernelContract {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @Parameter TestKernel.Kind kind = TestKernel.Kind.FAKE;

  /** A fresh kernel with the device vx0, down. */
  Fixture fixture() {
    return new Fixture(closing(kernel().open()));
  }

  /** The same kernel within one test. */
  TestKernel kernel() {
    return open.stream()
        .filter(TestKernel.class::isInstance)
        .map(TestKernel.class::cast)
        .findFirst()
        .orElseGet(() -> closing(kind.create()));
  }

  <T extends AutoCloseable> T closing(T closeable) {
    open.push(closeable);
    return closeable;
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
