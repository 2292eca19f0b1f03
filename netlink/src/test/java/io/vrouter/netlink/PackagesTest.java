package io.vrouter.netlink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may depend on whom. */
@AnalyzeClasses(
    packages = "io.vrouter.netlink",
    importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {
  private static final String ROOT = "io.vrouter.netlink";
  private static final String WIRE = ROOT + ".wire";
  private static final String ROUTE = ROOT + ".route";
  private static final String NETFILTER = ROOT + ".netfilter";
  private static final String GENERIC = ROOT + ".generic";
  private static final String SOCKET = ROOT + ".socket";

  @ArchTest
  static final ArchRule WIRE_STANDS_ALONE =
      classes()
          .that()
          .resideInAPackage(WIRE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(WIRE, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule ROUTE_KNOWS_WIRE_ONLY =
      classes()
          .that()
          .resideInAPackage(ROUTE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ROUTE, WIRE, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule NETFILTER_KNOWS_WIRE_ONLY =
      classes()
          .that()
          .resideInAPackage(NETFILTER)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(NETFILTER, WIRE, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule GENERIC_KNOWS_WIRE_ONLY =
      classes()
          .that()
          .resideInAPackage(GENERIC)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(GENERIC, WIRE, "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule SOCKET_KNOWS_NO_ROUTES =
      classes()
          .that()
          .resideInAPackage(SOCKET)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(SOCKET, WIRE, "java..", "jnr.ffi..", "org.jspecify..");

  @ArchTest
  static final ArchRule LIBC_ALONE_CALLS_NATIVE_CODE =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.socket\\.LibC(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jnr..");

  @ArchTest
  static final ArchRule THE_CODEC_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(WIRE, ROUTE, NETFILTER, GENERIC)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.util.concurrent..",
              "java.util.logging..")
          .orShould()
          .dependOnClassesThat()
          // a duration is a value, as an endpoint is: neither looks at a clock or a socket
          .haveNameMatching("java\\.time\\.(?!Duration$).*")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.net\\.((?!InetSocketAddress).*Socket.*|URL.*|NetworkInterface)")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");
}
