package troupe.engine.pc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import troupe.board.BoardModel;
import troupe.board.ClockMode;
import troupe.board.DirectBoot;
import troupe.board.Drive;
import troupe.board.Machine;
import troupe.board.MachineConfiguration;
import troupe.board.firmware.BootDevice;
import troupe.board.firmware.FirmwareSettings;
import troupe.board.firmware.TroupeFirmware;
import troupe.devices.outside.BlockPort;
import troupe.engine.channel.Reasons;
import troupe.engine.configuration.VmConfiguration;
import troupe.engine.vm.DriveSlot;
import troupe.engine.vm.GuestMachine;
import troupe.engine.vm.GuestMachineFactory;
import troupe.processor.CpuModel;
import troupe.processor.translator.RegionStore;

/** Builds 440BX PCs from what VMs are configured to be. */
public final class PcFactory implements GuestMachineFactory {
  /** What the clock shows at power-on when virtual time follows instructions: 1 January 2000. */
  private static final long DETERMINISTIC_START = 946_684_800;

  private static final int BIOS_UNIT = 1 << 16;
  private static final int GREATEST_BIOS = 1 << 20;

  /** The video BIOS that Debian's package of SeaBIOS has beside it, for QEMU's board. */
  private static final String SEABIOS_VIDEO_BIOS = "vgabios-stdvga.bin";

  private final LongSupplier hostNanos;
  private final RegionStore translation;
  private final BiConsumer<String, Machine> built;

  /**
   * @param hostNanos host time in nanoseconds from any origin, never going back
   */
  public PcFactory(LongSupplier hostNanos) {
    this(hostNanos, null);
  }

  /**
   * As the other.
   *
   * @param translation where all PCs keep translated code; null if they interpret everything
   */
  public PcFactory(LongSupplier hostNanos, RegionStore translation) {
    this(hostNanos, translation, (_, _) -> {});
  }

  /**
   * As the other, with something done to each PC, under its VM's name, before it runs: tests put
   * faults into it.
   */
  PcFactory(LongSupplier hostNanos, RegionStore translation, BiConsumer<String, Machine> built) {
    this.hostNanos = hostNanos;
    this.translation = translation;
    this.built = built;
  }

  @Override
  public long sharedHeapBytes() {
    return translation == null ? 0 : RegionStore.heapBytes(translation.limits().maxBytes());
  }

  @Override
  public Kit prepare(VmConfiguration configuration, boolean goesOn) throws IOException {
    Optional<byte[]> bios =
        configuration.bios().isPresent()
            ? Optional.of(bios(configuration.bios().get()))
            : Optional.empty();
    Optional<byte[]> videoBios = videoBios(configuration);
    Optional<DirectBoot> kernel =
        configuration.directBoot().isPresent()
            ? Optional.of(kernel(configuration.directBoot().get(), goesOn))
            : Optional.empty();
    return attachments -> assemble(configuration, bios, videoBios, kernel, attachments);
  }

  private GuestMachine assemble(
      VmConfiguration configuration,
      Optional<byte[]> bios,
      Optional<byte[]> videoBios,
      Optional<DirectBoot> kernel,
      Attachments attachments) {
    String name = configuration.name();
    UUID uuid = UUID.nameUUIDFromBytes(("troupe:" + name).getBytes(StandardCharsets.UTF_8));
    FirmwareSettings firmware =
        new FirmwareSettings(
            (long) configuration.memoryMib() << 20, bootOrder(configuration), uuid, name);
    boolean hostTime = configuration.clock() == VmConfiguration.TimeSource.HOST;
    MachineConfiguration pc =
        new MachineConfiguration(
            configuration.memoryMib(),
            CpuModel.named(configuration.cpuModel()).orElseThrow(),
            switch (configuration.board()) {
              case I440BX -> BoardModel.I440BX;
              case I440FX -> BoardModel.I440FX;
            },
            hostTime ? ClockMode.HOST : ClockMode.INSTRUCTIONS,
            bios,
            videoBios,
            drives(configuration, attachments),
            attachments.serial(),
            attachments.parallel(),
            hostTime ? System.currentTimeMillis() / 1000 : DETERMINISTIC_START,
            bootOrder(configuration),
            kernel,
            attachments.portLogs(),
            configuration.exitPort(),
            UUID.nameUUIDFromBytes(("troupe:" + name).getBytes(StandardCharsets.UTF_8)),
            name);
    FirmwareSettings settings =
        new FirmwareSettings(
            (long) pc.memoryMib() << 20, pc.bootOrder(), pc.uuid(), pc.serialNumber());
    Machine machine =
        new Machine(pc, hostNanos, start -> new TroupeFirmware(settings, start), translation);
    built.accept(name, machine);
    ChipTrace.attach(machine.ports(), configuration.traced());
    return new BoardMachine(machine);
  }

  private static Map<troupe.board.DriveSlot, Drive> drives(
      VmConfiguration configuration, Attachments attachments) {
    Map<troupe.board.DriveSlot, Drive> drives = new EnumMap<>(troupe.board.DriveSlot.class);
    configuration
        .drives()
        .forEach(
            (slot, drive) -> {
              Optional<BlockPort> medium = Optional.ofNullable(attachments.media().get(slot));
              drives.put(
                  slot(slot),
                  switch (drive.kind()) {
                    case DISK -> new Drive.HardDisk(medium.orElseThrow());
                    case CD -> new Drive.CdRom(medium);
                    case FLOPPY -> new Drive.Floppy(medium);
                  });
            });
    return drives;
  }

  static troupe.board.DriveSlot slot(DriveSlot slot) {
    return switch (slot) {
      case HDA -> troupe.board.DriveSlot.IDE_0_0;
      case HDB -> troupe.board.DriveSlot.IDE_0_1;
      case HDC -> troupe.board.DriveSlot.IDE_1_0;
      case HDD -> troupe.board.DriveSlot.IDE_1_1;
      case FDA -> troupe.board.DriveSlot.FLOPPY_A;
      case FDB -> troupe.board.DriveSlot.FLOPPY_B;
    };
  }

  private static List<BootDevice> bootOrder(VmConfiguration configuration) {
    return configuration.bootOrder().stream()
        .map(
            device ->
                switch (device) {
                  case FLOPPY -> BootDevice.FLOPPY;
                  case CD -> BootDevice.CD;
                  case DISK -> BootDevice.DISK;
                  case NETWORK -> BootDevice.NETWORK;
                })
        .toList();
  }

  private static byte[] bios(Path file) throws IOException {
    byte[] image = read(file, GREATEST_BIOS);
    if (image.length == 0 || image.length % BIOS_UNIT != 0) {
      throw new IOException(
          "%s: %d bytes are no BIOS image, which has a multiple of 64 KiB"
              .formatted(file, image.length));
    }
    return image;
  }

  /** A foreign BIOS wants the foreign video BIOS that came with it. */
  private static Optional<byte[]> videoBios(VmConfiguration configuration) throws IOException {
    if (configuration.bios().isEmpty() || configuration.board() != VmConfiguration.Board.I440FX) {
      return Optional.empty();
    }
    Path file = configuration.bios().get().resolveSibling(SEABIOS_VIDEO_BIOS);
    return Files.isRegularFile(file) ? Optional.of(read(file, BIOS_UNIT)) : Optional.empty();
  }

  private static DirectBoot kernel(VmConfiguration.DirectBoot boot, boolean goesOn)
      throws IOException {
    Optional<byte[]> initrd =
        boot.initrd().isPresent()
            ? Optional.of(read(boot.initrd().get(), Integer.MAX_VALUE))
            : Optional.empty();
    return new DirectBoot(KernelFile.read(boot.kernel(), !goesOn), initrd, boot.append());
  }

  /** The content of a file of {@code most} bytes at most; errors name it. */
  static byte[] read(Path file, int most) throws IOException {
    try {
      if (Files.size(file) > most) {
        throw new IOException("has more than " + most + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(file + ": " + Reasons.of(e), e);
    }
  }
}
