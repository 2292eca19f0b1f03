package io.vrouter.membership.jgroups;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import org.jgroups.ObjectMessage;

/** Who may know JGroups, and what the keeper of the keys may know. */
@AnalyzeClasses(packages = "io.vrouter.membership", importOptions = DoNotIncludeTests.class)
class TransportRulesTest {
  @ArchTest
  static final ArchRule ONLY_ONE_PACKAGE_KNOWS_JGROUPS =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vrouter.membership.jgroups..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jgroups..");

  @ArchTest
  static final ArchRule CRYPTO_KNOWS_THE_JDK_TWO_CURVES_AND_MEMBERSHIP =
      classes()
          .that()
          .resideInAPackage("io.vrouter.membership.crypto..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.crypto..",
              "org.bouncycastle.math.ec.rfc7748..",
              "org.bouncycastle.math.ec.rfc8032..",
              "org.jspecify..",
              "io.vrouter.membership",
              "io.vrouter.membership.crypto..");

  @ArchTest
  static final ArchRule NOTHING_BELOW_KNOWS_THE_TRANSPORT =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vrouter.membership.jgroups..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vrouter.membership.jgroups..");

  @ArchTest
  static final ArchRule NO_OBJECT_IS_DESERIALIZED =
      noClasses()
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ObjectInputStream.class, ObjectMessage.class);
}
