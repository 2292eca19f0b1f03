package io.vrouter.mesh;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The map of the code, as rules: what the design says each package may depend on. */
@AnalyzeClasses(packages = "io.vrouter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] IMPURE = {
    "java.net.http..",
    "java.nio.channels..",
    "java.nio.file..",
    "java.util.concurrent..",
    "java.util.logging..",
    "java.time.chrono..",
    "org.slf4j..",
    "ch.qos.logback..",
    "jnr..",
    "org.jgroups.."
  };

  private static final String[] PURE = {
    "io.vrouter.mesh.model..",
    "io.vrouter.mesh.record..",
    "io.vrouter.mesh.plan..",
    "io.vrouter.netlink.wire..",
    "io.vrouter.netlink.bpf..",
    "io.vrouter.netlink.route..",
    "io.vrouter.netlink.netfilter..",
    "io.vrouter.netlink.generic..",
    "io.vrouter.membership.wire..",
    "io.vrouter.membership.engine.."
  };

  @ArchTest
  static final ArchRule pureStaysPure =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(IMPURE);

  @ArchTest
  static final ArchRule pureHasNoSocketsFilesThreadsOrClocks =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.Socket")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.DatagramSocket")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.File")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.time.Clock")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  /**
   * A wall clock jumps: it may stamp what people read, and nothing is decided by it. Docker's
   * events are asked for by the clock of the host that both run on, and listed anew besides.
   */
  @ArchTest
  static final ArchRule wallClocksAreForPeople =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.vrouter.mesh.control..",
              "io.vrouter.mesh.cli..",
              "io.vrouter.mesh.docker..",
              "io.vrouter.netlink.lab..")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.api.EventLog")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.main.Daemon")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.local.DockerFollower")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.node.Node")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.node.NodeSecrets")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.api.SnapshotViews")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.api.WallClock")
          .and()
          .doNotHaveFullyQualifiedName("io.vrouter.mesh.model.Problem")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              java.time.Instant.class,
              java.time.Clock.class,
              java.time.InstantSource.class,
              java.util.Date.class)
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule modelKnowsNothingOfUs =
      mesh("model")
          .should()
          .onlyDependOnClassesThat(
              within("model").or(resideInAPackage("io.vrouter.membership")).or(outside()));

  @ArchTest
  static final ArchRule recordKnowsTheModel =
      mesh("record")
          .should()
          .onlyDependOnClassesThat(
              within("record", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(outside()));

  @ArchTest
  static final ArchRule planIsValues =
      mesh("plan")
          .should()
          .onlyDependOnClassesThat(
              within("plan", "record", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(resideInAPackage("io.vrouter.netlink.route"))
                  .or(resideInAPackage("io.vrouter.netlink.generic"))
                  .or(resideInAPackage("io.vrouter.netlink.wire"))
                  .or(outside()));

  @ArchTest
  static final ArchRule pathProbesAndKnowsNoPlan =
      mesh("path")
          .should()
          .onlyDependOnClassesThat(
              within("path", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule observeLooksAndDecidesNothing =
      mesh("observe")
          .should()
          .onlyDependOnClassesThat(
              within("observe", "plan", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule applyDoesWhatAPlanSays =
      mesh("apply")
          .should()
          .onlyDependOnClassesThat(within("apply", "plan", "model").or(netlink()).or(outside()));

  @ArchTest
  static final ArchRule theAgentKnowsNoGossip =
      mesh("agent")
          .should()
          .onlyDependOnClassesThat(
              within("agent", "apply", "docker", "model", "observe", "plan", "record")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule theFirewallIsATarget =
      mesh("firewall")
          .should()
          .onlyDependOnClassesThat(
              within("firewall", "apply", "plan", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule theFastPathIsATarget =
      mesh("fastpath")
          .should()
          .onlyDependOnClassesThat(
              within("fastpath", "apply", "firewall", "plan", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule wireGuardIsATarget =
      mesh("wireguard")
          .should()
          .onlyDependOnClassesThat(
              within("wireguard", "apply", "plan", "record", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule commandsSeeTheControlApiOnly =
      noClasses()
          .that()
          .resideInAPackage("io.vrouter.mesh.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vrouter.mesh.record..",
              "io.vrouter.mesh.plan..",
              "io.vrouter.mesh.observe..",
              "io.vrouter.mesh.apply..",
              "io.vrouter.mesh.reconcile..",
              "io.vrouter.mesh.firewall..",
              "io.vrouter.mesh.wireguard..",
              "io.vrouter.mesh.local..",
              "io.vrouter.mesh.api..",
              "io.vrouter.mesh.state..",
              "io.vrouter.netlink..",
              "io.vrouter.mesh.log..",
              "io.vrouter.mesh.node..",
              "io.vrouter.mesh.main..");

  @ArchTest
  static final ArchRule localIsAskedForFacts =
      mesh("local")
          .should()
          .onlyDependOnClassesThat(
              within("local", "config", "docker", "firewall", "host", "model", "observe", "plan")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule stateIsTheFormOfFiles =
      mesh("state")
          .should()
          .onlyDependOnClassesThat(
              within("state", "model", "plan", "pool", "reconcile", "record")
                  .or(resideInAPackage("io.vrouter.membership.."))
                  .or(outside()));

  @ArchTest
  static final ArchRule hostIsBelowTheMesh =
      mesh("host")
          .should()
          .onlyDependOnClassesThat(
              within("host", "model", "plan")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(netlink())
                  .or(outside()));

  @ArchTest
  static final ArchRule onlyTheNodeAndMainKnowTheApiAndTheStateFiles =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.vrouter.mesh.main..",
              "io.vrouter.mesh.node..",
              "io.vrouter.mesh.api..",
              "io.vrouter.mesh.state..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vrouter.mesh.api..", "io.vrouter.mesh.state..");

  @ArchTest
  static final ArchRule theApiShowsAndDecidesNothing =
      noClasses()
          .that()
          .resideInAPackage("io.vrouter.mesh.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vrouter.mesh.cli..", "io.vrouter.mesh.state..");

  @ArchTest
  static final ArchRule onlyMainKnowsTheNode =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.vrouter.mesh.main..", "io.vrouter.mesh.node..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vrouter.mesh.node..");

  @ArchTest
  static final ArchRule theLogIsSetUpInOnePackage =
      mesh("log")
          .should()
          .onlyDependOnClassesThat(
              within("log", "config", "control", "model")
                  .or(resideInAPackage("io.vrouter.membership"))
                  .or(outside()));

  @ArchTest
  static final ArchRule logbackStaysInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vrouter.mesh.log..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ch.qos.logback..");

  @ArchTest
  static final ArchRule nobodyKnowsMain =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vrouter.mesh.main..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vrouter.mesh.main..");

  @ArchTest
  static final ArchRule jnrStaysInTheSocketPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vrouter.netlink.socket..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jnr..");

  @ArchTest
  static final ArchRule jgroupsStaysInItsPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.vrouter.membership.jgroups..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jgroups..");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("io.vrouter.mesh.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noNamesThatSayNothing =
      classes().should().haveNameNotMatching(".*(Impl|Manager|Util|Utils|Helper)");

  private static com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction mesh(
      String name) {
    return classes().that().resideInAPackage("io.vrouter.mesh." + name + "..");
  }

  private static com.tngtech.archunit.base.DescribedPredicate<
          com.tngtech.archunit.core.domain.JavaClass>
      within(String... names) {
    String[] packages = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      packages[i] = "io.vrouter.mesh." + names[i] + "..";
    }
    return com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(packages);
  }

  private static com.tngtech.archunit.base.DescribedPredicate<
          com.tngtech.archunit.core.domain.JavaClass>
      netlink() {
    return resideInAPackage("io.vrouter.netlink..");
  }

  private static com.tngtech.archunit.base.DescribedPredicate<
          com.tngtech.archunit.core.domain.JavaClass>
      outside() {
    return com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage("io.vrouter.."));
  }
}
