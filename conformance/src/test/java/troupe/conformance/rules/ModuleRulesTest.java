package troupe.conformance.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** Which module may depend on what. Arrows point down only. */
@AnalyzeClasses(packages = "troupe", importOptions = DoNotIncludeTests.class)
class ModuleRulesTest {
  private static final String PROCESSOR = "troupe.processor..";
  private static final String TRANSLATOR = "troupe.processor.translator";
  private static final String DEVICES = "troupe.devices..";
  private static final String BOARD = "troupe.board..";
  private static final String SCHEDULER = "troupe.scheduler..";
  private static final String DISK_IO = "troupe.diskio..";
  private static final String ENGINE = "troupe.engine..";
  private static final String CLIENT = "troupe.client..";
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
          .resideInAnyPackage(CLIENT, CLI);

  @ArchTest
  static final ArchRule clientNeedsNothingOfTheServer =
      noClasses()
          .that()
          .resideInAPackage(CLIENT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROCESSOR, DEVICES, BOARD, SCHEDULER, DISK_IO, ENGINE, CLI);

  /** The launcher gives commands with disks a class path without these: they start sooner. */
  @ArchTest
  static final ArchRule commandsWithDisksUseLittle =
      noClasses()
          .that()
          .resideInAPackage("troupe.cli.disk")
          .should()
          .transitivelyDependOnClassesThat()
          .resideInAnyPackage(
              PROCESSOR,
              DEVICES,
              BOARD,
              SCHEDULER,
              ENGINE,
              CLIENT,
              "org.apache.pekko..",
              "scala..",
              "org.slf4j..",
              "ch.qos.logback..");

  @ArchTest
  static final ArchRule machineHasNoActors =
      noClasses()
          .that()
          .resideInAnyPackage(MACHINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.pekko..", "com.typesafe..", "org.slf4j..", "picocli..");

  /**
   * The translator alone hands work to an executor that it is given, and takes finished regions
   * from a queue (docs/adr/0010): the guest runs on meanwhile. It still starts no thread, and waits
   * for none.
   */
  private static final String[] TRANSLATOR_MAY_USE = {
    "java.util.concurrent.Executor",
    "java.util.concurrent.ConcurrentLinkedQueue",
    "java.util.concurrent.atomic.AtomicLong"
  };

  private static final DescribedPredicate<JavaClass> CONCURRENCY =
      resideInAnyPackage("java.util.concurrent..").or(type(Thread.class)).as("threads and locks");

  @ArchTest
  static final ArchRule machineHasNoThreads =
      noClasses()
          .that()
          .resideInAnyPackage(MACHINE)
          .and()
          .resideOutsideOfPackage(TRANSLATOR)
          .should()
          .dependOnClassesThat(CONCURRENCY);

  @ArchTest
  static final ArchRule translatorOnlyHandsWorkOver =
      noClasses()
          .that()
          .resideInAPackage(TRANSLATOR)
          .should()
          .dependOnClassesThat(
              CONCURRENCY.and(
                  DescribedPredicate.not(
                      DescribedPredicate.describe(
                          "used to hand work over",
                          type -> List.of(TRANSLATOR_MAY_USE).contains(type.getName())))));

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
