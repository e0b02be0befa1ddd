package troupe.engine.configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import troupe.diskio.DiskImage;
import troupe.diskio.HostCache;
import troupe.diskio.ImageException;
import troupe.diskio.ImageFile;
import troupe.engine.vm.DriveSlot;
import troupe.scheduler.Entitlement;

/** Reads the section of one VM. */
final class VmReader {
  /** After the daemon's start. */
  private static final Duration LONGEST_DELAY = Duration.ofDays(1);

  private static final Map<String, VmConfiguration.BootDevice> BOOT_DEVICES =
      Map.of(
          "floppy", VmConfiguration.BootDevice.FLOPPY,
          "cd", VmConfiguration.BootDevice.CD,
          "disk", VmConfiguration.BootDevice.DISK,
          "network", VmConfiguration.BootDevice.NETWORK);

  private static final Map<String, VmConfiguration.Board> BOARDS =
      Map.of(
          "440bx", VmConfiguration.Board.I440BX,
          "440fx", VmConfiguration.Board.I440FX);

  private static final Map<String, VmConfiguration.TimeSource> CLOCKS =
      Map.of(
          "host", VmConfiguration.TimeSource.HOST,
          "instructions", VmConfiguration.TimeSource.INSTRUCTIONS);

  private static final Map<String, Integer> DRIVE_POSITIONS =
      Map.of("0-0", 0, "0-1", 1, "1-0", 2, "1-1", 3);

  private VmReader() {}

  static VmConfiguration read(String name, Section vm) throws BadConfigurationException {
    int memory =
        vm.mebibytes(
            "memory",
            VmConfiguration.LEAST_MEMORY,
            VmConfiguration.GREATEST_MEMORY,
            VmConfiguration.DEFAULT_MEMORY);
    Optional<VmConfiguration.DirectBoot> directBoot = directBoot(vm);
    Section cpu = vm.section("cpu");
    String model = cpu.text("model").orElse(VmConfiguration.DEFAULT_CPU_MODEL);
    if (!model.equals(VmConfiguration.DEFAULT_CPU_MODEL)) {
      throw cpu.bad("model", "there is no CPU model \"%s\"; there is: default".formatted(model));
    }
    Entitlement entitlement = entitlement(cpu);
    Map<DriveSlot, VmConfiguration.Drive> drives = new EnumMap<>(DriveSlot.class);
    readIde(vm.section("ide"), drives);
    readFloppies(vm.section("floppy"), drives);
    Map<Integer, PortConnection> serial = connections(vm.section("serial"), 2);
    Map<Integer, PortConnection> parallel = connections(vm.section("parallel"), 1);
    refuseWhatIsNotThere(vm);
    VmConfiguration configuration =
        new VmConfiguration(
            name,
            memory,
            model,
            entitlement,
            vm.word("board", BOARDS, VmConfiguration.Board.I440BX),
            vm.word("clock", CLOCKS, VmConfiguration.TimeSource.HOST),
            file(vm, "bios"),
            directBoot,
            bootOrder(vm),
            drives,
            serial,
            Optional.ofNullable(parallel.get(0)),
            Map.of(),
            OptionalInt.empty(),
            false,
            List.of(),
            hostStart(vm),
            hostStop(vm),
            undo(vm));
    vm.done();
    return configuration;
  }

  private static Optional<VmConfiguration.DirectBoot> directBoot(Section vm)
      throws BadConfigurationException {
    Optional<Path> kernel = file(vm, "kernel");
    Optional<Path> initrd = file(vm, "initrd");
    Optional<String> append = vm.text("append");
    if (kernel.isEmpty()) {
      if (initrd.isPresent() || append.isPresent()) {
        throw vm.bad(initrd.isPresent() ? "initrd" : "append", "needs a kernel");
      }
      return Optional.empty();
    }
    return Optional.of(new VmConfiguration.DirectBoot(kernel.get(), initrd, append.orElse("")));
  }

  private static Entitlement entitlement(Section cpu) throws BadConfigurationException {
    int weight =
        cpu.integer(
            "weight",
            Entitlement.LEAST_WEIGHT,
            Entitlement.GREATEST_WEIGHT,
            Entitlement.DEFAULT_WEIGHT);
    int maximum = cpu.integer("maximum", 1, 100, 100);
    int reserve = cpu.integer("reserve", 0, 100, 0);
    if (reserve > maximum) {
      throw cpu.bad("reserve", "%d is more than the maximum of %d".formatted(reserve, maximum));
    }
    cpu.done();
    return new Entitlement(weight, reserve, maximum);
  }

  private static List<VmConfiguration.BootDevice> bootOrder(Section vm)
      throws BadConfigurationException {
    List<VmConfiguration.BootDevice> order =
        vm.words("boot", BOOT_DEVICES, VmConfiguration.DEFAULT_BOOT_ORDER);
    if (order.contains(VmConfiguration.BootDevice.NETWORK)) {
      throw vm.bad("boot", "booting from the network is not there yet");
    }
    return order;
  }

  private static void readIde(Section ide, Map<DriveSlot, VmConfiguration.Drive> drives)
      throws BadConfigurationException {
    for (String position : ide.keys()) {
      Integer index = DRIVE_POSITIONS.get(position);
      if (index == null) {
        throw ide.bad(position, "drives are at 0-0, 0-1, 1-0 and 1-1 (channel-position)");
      }
      Section drive = ide.section(position);
      boolean disk = drive.has("disk");
      if (disk == drive.has("cd")) {
        throw ide.bad(position, "is either a disk or a cd");
      }
      VmConfiguration.DriveKind kind =
          disk ? VmConfiguration.DriveKind.DISK : VmConfiguration.DriveKind.CD;
      Optional<Path> image = image(drive, disk ? "disk" : "cd", kind);
      if (disk && image.isEmpty()) {
        throw ide.bad(position, "a disk needs an image");
      }
      HostCache cache =
          drive.word(
              "host-cache",
              Map.of("use", HostCache.USE, "bypass", HostCache.BYPASS),
              HostCache.USE);
      if (!disk && cache == HostCache.BYPASS) {
        throw drive.bad("host-cache", "only disks can do without the host's cache");
      }
      drive.done();
      drives.put(DriveSlot.values()[index], new VmConfiguration.Drive(kind, image, cache));
    }
  }

  private static void readFloppies(Section floppy, Map<DriveSlot, VmConfiguration.Drive> drives)
      throws BadConfigurationException {
    for (Map.Entry<String, DriveSlot> drive :
        Map.of("a", DriveSlot.FDA, "b", DriveSlot.FDB).entrySet()) {
      if (floppy.has(drive.getKey())) {
        drives.put(
            drive.getValue(),
            new VmConfiguration.Drive(
                VmConfiguration.DriveKind.FLOPPY,
                image(floppy, drive.getKey(), VmConfiguration.DriveKind.FLOPPY)));
      }
    }
    floppy.done();
  }

  /** An image that can be used; empty if the value is null, which stands for an empty drive. */
  private static Optional<Path> image(Section section, String key, VmConfiguration.DriveKind kind)
      throws BadConfigurationException {
    Optional<Path> file = section.path(key);
    if (file.isPresent()) {
      try (DiskImage _ = ImageFile.open(file.get(), kind.use(), ImageFile.Access.READ_ONLY)) {
        return file;
      } catch (ImageException e) {
        throw section.bad(key, e.getMessage());
      } catch (IOException e) {
        throw section.bad(key, file.get() + ": " + e.getMessage());
      }
    }
    return file;
  }

  private static Map<Integer, PortConnection> connections(Section ports, int count)
      throws BadConfigurationException {
    Map<Integer, PortConnection> connections = new HashMap<>();
    for (int number = 1; number <= count; number++) {
      String key = String.valueOf(number);
      if (ports.has(key)) {
        connections.put(number - 1, connection(ports, key));
      }
    }
    ports.done();
    return connections;
  }

  private static PortConnection connection(Section ports, String key)
      throws BadConfigurationException {
    Section port = ports.section(key);
    Optional<Path> file = port.path("file");
    Optional<Path> unix = port.path("unix");
    Optional<String> tcp = port.text("tcp");
    port.done();
    int given = (file.isPresent() ? 1 : 0) + (unix.isPresent() ? 1 : 0) + (tcp.isPresent() ? 1 : 0);
    if (given != 1) {
      throw ports.bad(key, "needs one of file, unix and tcp");
    }
    if (tcp.isPresent()) {
      try {
        return PortConnection.tcp(tcp.get());
      } catch (IllegalArgumentException e) {
        throw port.bad("tcp", e.getMessage());
      }
    }
    return file.isPresent()
        ? new PortConnection.ToFile(file.get(), false)
        : new PortConnection.Unix(unix.orElseThrow());
  }

  /** A file that exists and can be read. */
  private static Optional<Path> file(Section section, String key) throws BadConfigurationException {
    Optional<Path> file = section.path(key);
    if (file.isPresent()) {
      Optional<String> problem = FileCheck.problem(file.get());
      if (problem.isPresent()) {
        throw section.bad(key, problem.get());
      }
    }
    return file;
  }

  private static VmConfiguration.Undo undo(Section vm) throws BadConfigurationException {
    Section undo = vm.section("undo");
    boolean enabled = undo.truth("enabled", false);
    VmConfiguration.Undo atEnd =
        undo.word(
            "at-end",
            Map.of(
                "keep", VmConfiguration.Undo.KEEP,
                "commit", VmConfiguration.Undo.COMMIT,
                "discard", VmConfiguration.Undo.DISCARD),
            VmConfiguration.Undo.KEEP);
    undo.done();
    return enabled ? atEnd : VmConfiguration.Undo.OFF;
  }

  private static VmConfiguration.HostStart hostStart(Section vm) throws BadConfigurationException {
    return new VmConfiguration.HostStart(
        vm.word(
            "on-host-start",
            Map.of(
                "never", VmConfiguration.HostStart.When.NEVER,
                "always", VmConfiguration.HostStart.When.ALWAYS,
                "if-was-running", VmConfiguration.HostStart.When.IF_WAS_RUNNING),
            VmConfiguration.HostStart.When.NEVER),
        vm.duration("on-host-start-delay", LONGEST_DELAY));
  }

  private static VmConfiguration.HostStop hostStop(Section vm) throws BadConfigurationException {
    return vm.word(
        "on-host-stop",
        Map.of(
            "save", VmConfiguration.HostStop.SAVE,
            "shut-down", VmConfiguration.HostStop.SHUT_DOWN,
            "turn-off", VmConfiguration.HostStop.TURN_OFF),
        VmConfiguration.HostStop.TURN_OFF);
  }

  private static void refuseWhatIsNotThere(Section vm) throws BadConfigurationException {
    for (Map.Entry<String, String> part :
        Map.of(
                "scsi", "SCSI controllers are not there yet",
                "network", "network adapters are not there yet",
                "scripts", "event scripts are not there yet")
            .entrySet()) {
      Section section = vm.section(part.getKey());
      if (!section.keys().isEmpty()) {
        throw vm.bad(part.getKey(), part.getValue());
      }
    }
  }
}
