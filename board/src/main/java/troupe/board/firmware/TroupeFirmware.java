package troupe.board.firmware;

import troupe.board.Firmware;
import troupe.processor.Processor;

/**
 * Troupe's own PC BIOS and video BIOS: stubs in ROM, and what they call. It serves one PC and keeps
 * nothing between calls but in that PC's memory and chips.
 */
public final class TroupeFirmware implements Firmware {
  private final byte[] systemImage;
  private final byte[] videoImage;
  private final PowerOnSelfTest post;
  private final VideoServices video;
  private final DiskServices disks;
  private final SystemServices system;
  private final ClockServices clock;
  private final PciBios pciBios;
  private final AdvancedPower apm;
  private final BootStrap bootStrap;

  public TroupeFirmware(FirmwareSettings settings, KernelStart kernel) {
    SystemRom rom = new SystemRom();
    VideoRom videoRom = new VideoRom();
    videoImage = videoRom.image();
    MemoryMap map = new MemoryMap(settings);
    MemoryTables tables = new MemoryTables(map);
    systemImage = rom.image();
    new RomTables(settings, rom, tables).place(systemImage);
    SystemRom.finish(systemImage);
    VideoModeSetting modes = new VideoModeSetting(videoRom);
    video = new VideoServices(videoRom, modes);
    disks = new DiskServices();
    pciBios = new PciBios(rom, RoutingTable.slots());
    apm = new AdvancedPower(rom);
    system = new SystemServices(map, rom, apm);
    clock = new ClockServices(pciBios);
    bootStrap = new BootStrap(settings.bootOrder(), disks);
    post = new PowerOnSelfTest(settings, map, rom, modes, disks, tables, kernel);
  }

  @Override
  public byte[] systemRom() {
    return systemImage.clone();
  }

  @Override
  public byte[] videoRom() {
    return videoImage.clone();
  }

  @Override
  public boolean call(Processor processor, int number) {
    Caller caller = new Caller(processor);
    switch (number) {
      case Call.POST_BEGIN -> post.begin(caller);
      case Call.POST -> waitable(caller, post.step(caller));
      case Call.PRINT_SCREEN -> caller.c.writeLinear8(0x500, 0);
      case Call.TICK -> ClockServices.tick(caller);
      case Call.KEYBOARD -> new KeyboardInterrupt(caller).run();
      case Call.PAUSED -> waitable(caller, KeyboardInterrupt.paused(caller));
      case Call.SPURIOUS -> Spurious.interrupt(caller);
      case Call.FLOPPY_INTERRUPT -> caller.bdaBits(Bda.FLOPPY_RECALIBRATED, 0x80, 0x80);
      case Call.VIDEO -> video.call(caller);
      case Call.EQUIPMENT -> caller.ax(caller.bda16(Bda.EQUIPMENT));
      case Call.MEMORY -> caller.ax(caller.bda16(Bda.MEMORY_KIB));
      case Call.DISK, Call.FLOPPY -> waitable(caller, disks.call(caller));
      case Call.SERIAL -> waitable(caller, SerialServices.call(caller));
      case Call.SYSTEM -> waitable(caller, system.call(caller));
      case Call.KEYS -> waitable(caller, KeyboardServices.call(caller));
      case Call.PRINTER -> waitable(caller, PrinterServices.call(caller));
      case Call.BOOT -> waitable(caller, bootStrap.boot(caller));
      case Call.BOOT_FAILED -> waitable(caller, bootStrap.failed(caller));
      case Call.TIME -> waitable(caller, clock.call(caller));
      case Call.RTC_INTERRUPT -> ClockServices.interrupt(caller);
      case Call.MOUSE_INTERRUPT -> PointingDevice.interrupt(caller);
      case Call.DISK_INTERRUPT -> Spurious.disk(caller);
      case Call.RESET -> PowerOff.reset(caller);
      case Call.APM -> apm.callProtected(caller);
      case Call.BIOS32 -> pciBios.directory(caller);
      case Call.PCI_BIOS -> pciBios.call32(caller);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Tells the stub in carry whether to wait, and in zero whether to poll rather than halt. */
  private static void waitable(Caller caller, Outcome outcome) {
    boolean wait = outcome != Outcome.DONE;
    boolean poll = outcome == Outcome.POLL || wait && Spurious.clockMasked(caller);
    int flags = (wait ? Processor.CF : 0) | (poll ? Processor.ZF : 0);
    caller.c.setArithmetic(Processor.CF | Processor.ZF, flags);
  }
}
