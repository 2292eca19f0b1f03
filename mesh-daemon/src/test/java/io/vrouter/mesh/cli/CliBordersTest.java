package io.vrouter.mesh.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class CliBordersTest {
  private final JavaClasses ours =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(
              "io.vrouter.mesh.cli", "io.vrouter.mesh.control", "io.vrouter.mesh.config");

  @Test
  void theThinClientUsesTheJdkOnly() {
    classes()
        .that()
        .haveNameMatching("io\\.vrouter\\.mesh\\.cli\\.Meshctl(\\$.*)?")
        .should()
        .onlyDependOnClassesThat()
        .haveNameMatching("java\\..*|.*\\.cli\\.Meshctl(\\$.*)?|.*\\.cli\\.LocalMeshctl|\\[.*")
        .check(ours);
  }

  @Test
  void commandsSeeTheApiAndNothingElseOfTheDaemon() {
    classes()
        .that()
        .resideInAPackage("io.vrouter.mesh.cli")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.vrouter.mesh.cli",
            "io.vrouter.mesh.control",
            "io.vrouter.mesh.config",
            "io.vrouter.mesh.model",
            "io.vrouter.mesh.policy",
            "io.vrouter.membership.crypto",
            "java..",
            "picocli..",
            "com.fasterxml.jackson.annotation..",
            "org.jspecify..")
        .check(ours);
  }

  @Test
  void nothingBelowKnowsTheCommands() {
    noClasses()
        .that()
        .resideInAnyPackage("io.vrouter.mesh.control", "io.vrouter.mesh.config")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vrouter.mesh.cli", "io.vrouter.mesh.main", "picocli..")
        .check(ours);
  }
}
