package io.vrouter.membership.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The engine and its codec stay pure, so that the simulator runs what a daemon runs. */
class EngineArchitectureTest {
  private static final String ENGINE = "io.vrouter.membership.engine..";
  private static final String WIRE = "io.vrouter.membership.wire..";
  private static final String TYPES = "io.vrouter.membership";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.vrouter.membership");

  @Test
  void theEngineSeesOnlyTypesAndCodec() {
    classes()
        .that()
        .resideInAPackage(ENGINE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ENGINE, WIRE, TYPES, "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void theCodecSeesOnlyTypes() {
    classes()
        .that()
        .resideInAPackage(WIRE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(WIRE, TYPES, "java..", "org.jspecify..")
        .check(CLASSES);
  }

  @Test
  void bothTouchNoThreadsFilesSocketsOrLoggers() {
    noClasses()
        .that()
        .resideInAnyPackage(ENGINE, WIRE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.concurrent..",
            "java.io..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.util.logging..",
            "org.slf4j..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.Thread")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.DatagramSocket")
        .check(CLASSES);
  }

  @Test
  void bothAskNoClockAndNoDice() {
    noClasses()
        .that()
        .resideInAnyPackage(ENGINE, WIRE)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Instant")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.security.SecureRandom")
        .check(CLASSES);
  }
}
