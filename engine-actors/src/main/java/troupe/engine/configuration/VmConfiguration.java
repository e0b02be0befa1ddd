package troupe.engine.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import troupe.diskio.HostCache;
import troupe.diskio.ImageUse;
import troupe.engine.vm.DriveSlot;
import troupe.scheduler.Entitlement;

/**
 * Everything that is fixed about a VM while it is on.
 *
 * @param memoryMib RAM in MiB, {@link #LEAST_MEMORY} to {@link #GREATEST_MEMORY}
 * @param cpuModel the identity that CPUID shows
 * @param bios image that replaces Troupe's own BIOS
 * @param directBoot a kernel to start instead of what is on the drives
 * @param bootOrder where the BIOS looks, first to last
 * @param drives what is in the drives; slots that are not there are empty
 * @param serial by number of the port, 0 is COM1
 * @param portLogs I/O ports whose written bytes are appended to files
 * @param exitPort I/O port whose write ends the VM
 * @param endAtReset whether a reset that the guest asks for ends the VM instead
 * @param traced parts whose accesses are logged
 * @param onHostStart whether the VM is turned on when the daemon starts
 * @param onHostStop what happens to the VM when the daemon stops
 * @param undo whether changes of its disks go to undo disks, and what becomes of these
 */
public record VmConfiguration(
    String name,
    int memoryMib,
    String cpuModel,
    Entitlement entitlement,
    Board board,
    TimeSource clock,
    Optional<Path> bios,
    Optional<DirectBoot> directBoot,
    List<BootDevice> bootOrder,
    Map<DriveSlot, Drive> drives,
    Map<Integer, PortConnection> serial,
    Optional<PortConnection> parallel,
    Map<Integer, Path> portLogs,
    OptionalInt exitPort,
    boolean endAtReset,
    List<String> traced,
    HostStart onHostStart,
    HostStop onHostStop,
    Undo undo) {
  /** What a VM may be called: the name is part of file names and of the actor's path. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,62}");

  public static final int LEAST_MEMORY = 4;
  public static final int GREATEST_MEMORY = 3712;
  public static final int DEFAULT_MEMORY = 128;
  public static final String DEFAULT_CPU_MODEL = "default";
  public static final List<BootDevice> DEFAULT_BOOT_ORDER =
      List.of(BootDevice.FLOPPY, BootDevice.CD, BootDevice.DISK);

  /** The board that the PC is built on. */
  public enum Board {
    /** Intel 440BX with PIIX4. */
    I440BX,
    /** Intel 440FX identity, as foreign BIOS images expect it. */
    I440FX
  }

  /** What virtual time follows. */
  public enum TimeSource {
    HOST,
    INSTRUCTIONS
  }

  /**
   * What the start of the daemon means for a VM.
   *
   * @param delay how long after that start the VM is turned on
   */
  public record HostStart(When when, Duration delay) {
    /** Whether the VM is turned on. */
    public enum When {
      NEVER,
      ALWAYS,
      /** Turned on, or restored, if it was on when the daemon ended. */
      IF_WAS_RUNNING
    }

    public static final HostStart NEVER = new HostStart(When.NEVER, Duration.ZERO);
  }

  /** What the end of the daemon means for a VM that is on. */
  public enum HostStop {
    /** The power button is pressed, and the VM turned off if that does not help. */
    SHUT_DOWN,
    /** The state is saved; the VM is turned off if that cannot be done. */
    SAVE,
    TURN_OFF
  }

  /** Whether a VM has undo disks, and what is done with them when it goes off. */
  public enum Undo {
    OFF,
    /** They stay, and are used again. */
    KEEP,
    /** Their parents take what they have. */
    COMMIT,
    /** The disks are as they were before. */
    DISCARD
  }

  public enum BootDevice {
    FLOPPY,
    CD,
    DISK,
    NETWORK
  }

  /** What kind of drive has the file in it. */
  public enum DriveKind {
    DISK(ImageUse.HARD_DISK),
    CD(ImageUse.CD),
    FLOPPY(ImageUse.FLOPPY);

    private final ImageUse use;

    DriveKind(ImageUse use) {
      this.use = use;
    }

    /** What an image in such a drive must be fit for. */
    public ImageUse use() {
      return use;
    }
  }

  /**
   * A drive and its medium.
   *
   * @param image empty for a CD or floppy drive without a medium
   * @param hostCache whether its transfers go through the host's cache
   */
  public record Drive(DriveKind kind, Optional<Path> image, HostCache hostCache) {
    public Drive(DriveKind kind, Optional<Path> image) {
      this(kind, image, HostCache.USE);
    }

    /** The same drive with something else in it. */
    public Drive with(Optional<Path> other) {
      return new Drive(kind, other, hostCache);
    }
  }

  /**
   * A kernel that is started without boot loader: a Linux bzImage or a multiboot ELF file.
   *
   * @param append its command line
   */
  public record DirectBoot(Path kernel, Optional<Path> initrd, String append) {}

  /** The same with another thing done when the daemon stops. */
  public VmConfiguration with(HostStop changed) {
    return new VmConfiguration(
        name,
        memoryMib,
        cpuModel,
        entitlement,
        board,
        clock,
        bios,
        directBoot,
        bootOrder,
        drives,
        serial,
        parallel,
        portLogs,
        exitPort,
        endAtReset,
        traced,
        onHostStart,
        changed,
        undo);
  }

  /** The same with other use of undo disks. */
  public VmConfiguration with(Undo changed) {
    return new VmConfiguration(
        name,
        memoryMib,
        cpuModel,
        entitlement,
        board,
        clock,
        bios,
        directBoot,
        bootOrder,
        drives,
        serial,
        parallel,
        portLogs,
        exitPort,
        endAtReset,
        traced,
        onHostStart,
        onHostStop,
        changed);
  }

  /** The same with other media in its drives. */
  public VmConfiguration with(Map<DriveSlot, Drive> changed) {
    return new VmConfiguration(
        name,
        memoryMib,
        cpuModel,
        entitlement,
        board,
        clock,
        bios,
        directBoot,
        bootOrder,
        changed,
        serial,
        parallel,
        portLogs,
        exitPort,
        endAtReset,
        traced,
        onHostStart,
        onHostStop,
        undo);
  }

  /** The same with another thing done when the daemon starts. */
  public VmConfiguration with(HostStart changed) {
    return new VmConfiguration(
        name,
        memoryMib,
        cpuModel,
        entitlement,
        board,
        clock,
        bios,
        directBoot,
        bootOrder,
        drives,
        serial,
        parallel,
        portLogs,
        exitPort,
        endAtReset,
        traced,
        changed,
        onHostStop,
        undo);
  }

  /** Whether another differs only in what may change while the VM is on. */
  public boolean isSamePc(VmConfiguration other) {
    return with(other.entitlement).with(other.onHostStart).with(other.onHostStop).equals(other);
  }

  /** The same with other CPU resources. */
  public VmConfiguration with(Entitlement changed) {
    return new VmConfiguration(
        name,
        memoryMib,
        cpuModel,
        changed,
        board,
        clock,
        bios,
        directBoot,
        bootOrder,
        drives,
        serial,
        parallel,
        portLogs,
        exitPort,
        endAtReset,
        traced,
        onHostStart,
        onHostStop,
        undo);
  }

  public VmConfiguration {
    if (memoryMib < LEAST_MEMORY || memoryMib > GREATEST_MEMORY) {
      throw new IllegalArgumentException(
          "memory must be %d to %d MiB, not %d"
              .formatted(LEAST_MEMORY, GREATEST_MEMORY, memoryMib));
    }
    bootOrder = List.copyOf(bootOrder);
    drives = Map.copyOf(drives);
    serial = Map.copyOf(serial);
    portLogs = Map.copyOf(portLogs);
    traced = List.copyOf(traced);
  }
}
