package troupe.conformance.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which module may depend on what. Arrows point down only. */
@AnalyzeClasses(packages = "troupe", importOptions = DoNotIncludeTests.class)
class ModuleRulesTest {
  private static final String PROCESSOR = "troupe.processor..";
  private static final String DEVICES = "troupe.devices..";
  private static final String BOARD = "troupe.board..";
  private static final String SCHEDULER = "troupe.scheduler..";
  private static final String DISK_IO = "troupe.diskio..";
  private static final String ENGINE = "troupe.engine..";
  private static final String CLI = "troupe.cli..";
  private static final String[] MACHINE = {PROCESSOR, DEVICES, BOARD};

  @ArchTest
  static final ArchRule processorStandsAlone =
      noClasses()
          .that()
          .resideInAPackage(PROCESSOR)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DEVICES, BOARD, SCHEDULER, DISK_IO, ENGINE, CLI);

  @ArchTest
  static final ArchRule devicesStandAlone =
      noClasses()
          .that()
          .resideInAPackage(DEVICES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROCESSOR, BOARD, SCHEDULER, DISK_IO, ENGINE, CLI);

  @ArchTest
  static final ArchRule boardJoinsProcessorAndDevicesOnly =
      noClasses()
          .that()
          .resideInAPackage(BOARD)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SCHEDULER, DISK_IO, ENGINE, CLI);

  @ArchTest
  static final ArchRule schedulerKnowsNoMachine =
      noClasses()
          .that()
          .resideInAPackage(SCHEDULER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROCESSOR, DEVICES, BOARD, DISK_IO, ENGINE, CLI);

  @ArchTest
  static final ArchRule diskIoKnowsNeitherProcessorNorChips =
      noClasses()
          .that()
          .resideInAPackage(DISK_IO)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROCESSOR, BOARD, SCHEDULER, ENGINE, CLI);

  @ArchTest
  static final ArchRule engineKnowsNoCommandLine =
      noClasses()
          .that()
          .resideInAPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CLI);

  @ArchTest
  static final ArchRule machineHasNoActors =
      noClasses()
          .that()
          .resideInAnyPackage(MACHINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "org.slf4j..", "picocli..");

  @ArchTest
  static final ArchRule machineHasNoThreads =
      noClasses()
          .that()
          .resideInAnyPackage(MACHINE)
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.Thread")
          .orShould()
          .dependOnClassesThat()
          .resideInAnyPackage("java.util.concurrent..");

  @ArchTest
  static final ArchRule machineHasNoWallClock =
      noClasses()
          .that()
          .resideInAnyPackage(MACHINE)
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.LocalDateTime.class, "now");

  @ArchTest
  static final ArchRule machineDoesNoHostInputOrOutput =
      noClasses()
          .that()
          .resideInAnyPackage(MACHINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.(File|RandomAccessFile|Print).*");
}
