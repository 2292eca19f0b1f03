package io.vrouter.netlink.fuzz;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;

/** Finds the decoders of a module by their names. */
public final class Decoders {
  private static final Set<String> NAMES = Set.of("decode", "parse", "read");

  private Decoders() {}

  /**
   * The classes below a package with a static method {@code decode}, {@code parse} or {@code read}
   * that others may call and that takes an argument.
   */
  public static Set<String> below(String rootPackage) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(rootPackage)) {
      boolean test =
          type.getSource().map(it -> it.getUri().getPath()).orElse("").contains("/test/");
      for (JavaMethod method : type.getMethods()) {
        if (!test
            && NAMES.contains(method.getName())
            && method.getModifiers().contains(JavaModifier.STATIC)
            && !method.getModifiers().contains(JavaModifier.PRIVATE)
            && !method.getRawParameterTypes().isEmpty()) {
          found.add(type.getName());
        }
      }
    }
    return found;
  }
}
