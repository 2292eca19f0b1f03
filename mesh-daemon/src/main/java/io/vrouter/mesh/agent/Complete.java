package io.vrouter.mesh.agent;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Whether a decoded message has no null but where a component is {@link Nullable}. */
final class Complete {
  private static final Map<Class<?>, List<RecordComponent>> COMPONENTS = new ConcurrentHashMap<>();

  private Complete() {}

  /**
   * Returns the message.
   *
   * @throws IOException naming the component that is null
   */
  static <T> T checked(T message) throws IOException {
    check(message);
    return message;
  }

  private static void check(Object value) throws IOException {
    if (value instanceof Record) {
      for (RecordComponent component : components(value.getClass())) {
        Object part = part(component, value);
        if (part != null) {
          check(part);
        } else if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
          throw new IOException(
              value.getClass().getSimpleName() + " without " + component.getName());
        }
      }
    } else if (value instanceof Iterable<?> all) {
      for (Object one : all) {
        check(one == null ? missing() : one);
      }
    } else if (value instanceof Map<?, ?> map) {
      for (Object one : map.values()) {
        check(one == null ? missing() : one);
      }
    }
  }

  private static Object missing() throws IOException {
    throw new IOException("a list with a gap");
  }

  private static List<RecordComponent> components(Class<?> type) {
    return COMPONENTS.computeIfAbsent(type, it -> List.of(it.getRecordComponents()));
  }

  private static @Nullable Object part(RecordComponent component, Object record)
      throws IOException {
    if (component.getType().isPrimitive()) {
      return component;
    }
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IOException("a message of the kind " + record.getClass().getSimpleName(), e);
    }
  }
}
