package troupe.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;
import troupe.engine.configuration.FileCheck;
import troupe.engine.configuration.PortConnection;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.pc.ChipTrace;
import troupe.engine.vm.DriveSlot;
import troupe.processor.CpuModel;
import troupe.scheduler.Entitlement;

/** The options that say what PC to run. */
final class PcOptions {
  @Option(
      names = "--memory",
      paramLabel = "MIB",
      description = "RAM in MiB, 4 to 3712 (default: ${DEFAULT-VALUE}).")
  int memory = VmConfiguration.DEFAULT_MEMORY;

  @Option(names = "--cpu", paramLabel = "MODEL", description = "What CPUID shows.")
  String cpu = VmConfiguration.DEFAULT_CPU_MODEL;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = "auto, interpreter or translator.")
  String engine = "auto";

  @Option(names = "--board", paramLabel = "BOARD", description = "440bx or 440fx.")
  String board = "440bx";

  @Option(names = "--clock", paramLabel = "CLOCK", description = "host or instructions.")
  String clock = "host";

  @Option(
      names = "--bios",
      paramLabel = "FILE",
      description = "A BIOS image in the place of Troupe's own.")
  Path bios;

  @Option(
      names = "--kernel",
      paramLabel = "FILE",
      description = "A Linux bzImage or multiboot ELF file to start.")
  Path kernel;

  @Option(names = "--initrd", paramLabel = "FILE", description = "Its initial RAM disk.")
  Path initrd;

  @Option(names = "--append", paramLabel = "TEXT", description = "Its command line.")
  String append;

  @Option(names = "--hda", paramLabel = "IMAGE", description = "Disk, primary master.")
  Path hda;

  @Option(names = "--hdb", paramLabel = "IMAGE", description = "Disk, primary slave.")
  Path hdb;

  @Option(names = "--hdc", paramLabel = "IMAGE", description = "Disk, secondary master.")
  Path hdc;

  @Option(names = "--hdd", paramLabel = "IMAGE", description = "Disk, secondary slave.")
  Path hdd;

  @Option(
      names = "--cdrom",
      paramLabel = "ISO",
      description = "CD, secondary master unless there is a disk.")
  Path cdrom;

  @Option(names = "--fda", paramLabel = "IMAGE", description = "Floppy disk in drive A.")
  Path fda;

  @Option(names = "--fdb", paramLabel = "IMAGE", description = "Floppy disk in drive B.")
  Path fdb;

  @Option(
      names = "--boot",
      paramLabel = "acdn",
      description = "Boot order: a floppy, c disk, d CD, n network.")
  String boot;

  @Option(
      names = "--serial",
      paramLabel = "WHERE",
      description = "COM1: stdio, null, file:PATH, tcp:HOST:PORT or unix:PATH.")
  String serial = "null";

  @Option(names = "--serial2", paramLabel = "WHERE", description = "COM2, likewise.")
  String serial2;

  @Option(names = "--parallel", paramLabel = "WHERE", description = "LPT1, likewise.")
  String parallel;

  @Option(names = "--nic", paramLabel = "NETWORK", description = "A network adapter.")
  List<String> nics = new ArrayList<>();

  @Option(names = "--vnc", paramLabel = "[HOST:]PORT", description = "Remote screen.")
  String vnc;

  @Option(
      names = "--port-log",
      paramLabel = "PORT=FILE",
      description = "Appends bytes written to an I/O port (hexadecimal) to a file; repeatable.")
  List<String> portLogs = new ArrayList<>();

  @Option(
      names = "--exit-port",
      paramLabel = "PORT",
      description = "A write of v to this I/O port (hexadecimal) ends with status (v<<1)|1.")
  String exitPort;

  @Option(
      names = "--undo",
      paramLabel = "AT-END",
      description =
          "Writes to the disks go to undo disks (.vud); at the end keep, commit or discard them.")
  String undo;

  @Option(names = "--no-reboot", description = "A reset by the guest ends the run.")
  boolean noReboot;

  @Option(
      names = "--trace",
      paramLabel = "CHIP,…",
      split = ",",
      description = "Logs accesses to these chips.")
  List<String> trace = new ArrayList<>();

  /** The drive that --cdrom is, or an empty CD drive would be. */
  DriveSlot cdSlot() {
    return hdc == null
        ? DriveSlot.HDC
        : hdd == null ? DriveSlot.HDD : hdb == null ? DriveSlot.HDB : DriveSlot.HDA;
  }

  /** What the options say, checked; files are there, images are looked at when they are opened. */
  VmConfiguration configuration(String name) throws UsageException {
    refuseWhatIsNotThere();
    if (memory < VmConfiguration.LEAST_MEMORY || memory > VmConfiguration.GREATEST_MEMORY) {
      throw new UsageException(
          "--memory must be %d to %d MiB, not %d"
              .formatted(VmConfiguration.LEAST_MEMORY, VmConfiguration.GREATEST_MEMORY, memory));
    }
    if (CpuModel.named(cpu).isEmpty()) {
      throw new UsageException(
          "--cpu: there is no model \"%s\"; there are: %s"
              .formatted(cpu, String.join(", ", CpuModel.names())));
    }
    if (board.equals("440fx") && bios == null) {
      throw new UsageException("--board 440fx needs --bios: Troupe's own BIOS is for the 440bx");
    }
    for (String chip : trace) {
      if (!ChipTrace.names().contains(chip)) {
        throw new UsageException(
            "--trace: there is no chip \"%s\"; there are: %s"
                .formatted(chip, String.join(", ", ChipTrace.names())));
      }
    }
    return new VmConfiguration(
        name,
        memory,
        cpu,
        Entitlement.DEFAULT,
        word(
            "--board",
            board,
            Map.of("440bx", VmConfiguration.Board.I440BX, "440fx", VmConfiguration.Board.I440FX)),
        word(
            "--clock",
            clock,
            Map.of(
                "host", VmConfiguration.TimeSource.HOST,
                "instructions", VmConfiguration.TimeSource.INSTRUCTIONS)),
        file("--bios", bios),
        directBoot(),
        bootOrder(),
        drives(),
        serialPorts(),
        Optional.ofNullable(parallel == null ? null : connection("--parallel", parallel)),
        portLogs(),
        exitPort == null
            ? OptionalInt.empty()
            : OptionalInt.of(port("--exit-port", exitPort, exitPort)),
        noReboot,
        trace,
        VmConfiguration.HostStart.NEVER,
        VmConfiguration.HostStop.TURN_OFF,
        undo());
  }

  private VmConfiguration.Undo undo() throws UsageException {
    return undo == null
        ? VmConfiguration.Undo.OFF
        : word(
            "--undo",
            undo,
            Map.of(
                "keep", VmConfiguration.Undo.KEEP,
                "commit", VmConfiguration.Undo.COMMIT,
                "discard", VmConfiguration.Undo.DISCARD));
  }

  private void refuseWhatIsNotThere() throws UsageException {
    int _ = word("--engine", engine, Map.of("auto", 0, "interpreter", 1, "translator", 2));
    if (!nics.isEmpty()) {
      throw new UsageException("--nic: network adapters are not there yet");
    }
    if (vnc != null) {
      throw new UsageException("--vnc: remote screens are not there yet");
    }
  }

  private static <T> T word(String option, String value, Map<String, T> words)
      throws UsageException {
    T result = words.get(value);
    if (result == null) {
      throw new UsageException(
          "%s must be one of %s, not %s"
              .formatted(
                  option, String.join(", ", words.keySet().stream().sorted().toList()), value));
    }
    return result;
  }

  private static Optional<Path> file(String option, Path file) throws UsageException {
    if (file == null) {
      return Optional.empty();
    }
    Optional<String> problem = FileCheck.problem(file);
    if (problem.isPresent()) {
      throw new UsageException(option + ": " + problem.get());
    }
    return Optional.of(file);
  }

  private Optional<VmConfiguration.DirectBoot> directBoot() throws UsageException {
    if (kernel == null) {
      if (initrd != null || append != null) {
        throw new UsageException((initrd != null ? "--initrd" : "--append") + " needs --kernel");
      }
      return Optional.empty();
    }
    if (bios != null) {
      throw new UsageException("--kernel is started by Troupe's own BIOS: --bios excludes it");
    }
    return Optional.of(
        new VmConfiguration.DirectBoot(
            file("--kernel", kernel).orElseThrow(),
            file("--initrd", initrd),
            append == null ? "" : append));
  }

  private List<VmConfiguration.BootDevice> bootOrder() throws UsageException {
    if (boot == null) {
      return VmConfiguration.DEFAULT_BOOT_ORDER;
    }
    List<VmConfiguration.BootDevice> order = new ArrayList<>();
    for (char letter : boot.toCharArray()) {
      VmConfiguration.BootDevice device =
          switch (letter) {
            case 'a' -> VmConfiguration.BootDevice.FLOPPY;
            case 'c' -> VmConfiguration.BootDevice.DISK;
            case 'd' -> VmConfiguration.BootDevice.CD;
            case 'n' ->
                throw new UsageException("--boot: booting from the network is not there yet");
            default ->
                throw new UsageException("--boot is made of the letters a, c, d and n: " + boot);
          };
      if (order.contains(device)) {
        throw new UsageException("--boot names a device twice: " + boot);
      }
      order.add(device);
    }
    return order;
  }

  private Map<DriveSlot, VmConfiguration.Drive> drives() throws UsageException {
    Map<DriveSlot, VmConfiguration.Drive> drives = new EnumMap<>(DriveSlot.class);
    put(drives, "--hda", DriveSlot.HDA, VmConfiguration.DriveKind.DISK, hda);
    put(drives, "--hdb", DriveSlot.HDB, VmConfiguration.DriveKind.DISK, hdb);
    put(drives, "--hdc", DriveSlot.HDC, VmConfiguration.DriveKind.DISK, hdc);
    put(drives, "--hdd", DriveSlot.HDD, VmConfiguration.DriveKind.DISK, hdd);
    if (cdrom != null && drives.size() == 4) {
      throw new UsageException("--cdrom: all four IDE drives are disks");
    }
    put(drives, "--cdrom", cdSlot(), VmConfiguration.DriveKind.CD, cdrom);
    // A PC has a floppy drive A, and room for a CD, also when there is nothing in them.
    drives.putIfAbsent(
        cdSlot(), new VmConfiguration.Drive(VmConfiguration.DriveKind.CD, Optional.empty()));
    drives.put(
        DriveSlot.FDA,
        new VmConfiguration.Drive(VmConfiguration.DriveKind.FLOPPY, file("--fda", fda)));
    put(drives, "--fdb", DriveSlot.FDB, VmConfiguration.DriveKind.FLOPPY, fdb);
    return drives;
  }

  private static void put(
      Map<DriveSlot, VmConfiguration.Drive> drives,
      String option,
      DriveSlot slot,
      VmConfiguration.DriveKind kind,
      Path image)
      throws UsageException {
    if (image != null) {
      drives.put(slot, new VmConfiguration.Drive(kind, file(option, image)));
    }
  }

  private Map<Integer, PortConnection> serialPorts() throws UsageException {
    Map<Integer, PortConnection> ports = new HashMap<>();
    ports.put(0, connection("--serial", serial));
    if (serial2 != null) {
      ports.put(1, connection("--serial2", serial2));
      if (ports.values().stream().filter(PortConnection.Stdio.class::isInstance).count() > 1) {
        throw new UsageException("--serial2: only one port can have stdio");
      }
    }
    return ports;
  }

  private static PortConnection connection(String option, String text) throws UsageException {
    try {
      return PortConnection.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(option + ": " + e.getMessage());
    }
  }

  private Map<Integer, Path> portLogs() throws UsageException {
    Map<Integer, Path> logs = new HashMap<>();
    for (String log : portLogs) {
      int equals = log.indexOf('=');
      if (equals < 1 || equals == log.length() - 1) {
        throw new UsageException("--port-log takes PORT=FILE, not " + log);
      }
      Path file = Path.of(log.substring(equals + 1));
      if (logs.put(port("--port-log", log, log.substring(0, equals)), file) != null) {
        throw new UsageException("--port-log names a port twice: " + log);
      }
    }
    return logs;
  }

  /** A port in hexadecimal, with an h after it, 0x before it, or neither. */
  private static int port(String option, String value, String text) throws UsageException {
    String digits = text.replaceFirst("^0[xX]", "").replaceFirst("[hH]$", "");
    try {
      int port = Integer.parseInt(digits, 16);
      if (port >= 0 && port <= 0xFFFF) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new UsageException(
        "%s: the port is a hexadecimal number up to FFFF: %s".formatted(option, value));
  }
}
