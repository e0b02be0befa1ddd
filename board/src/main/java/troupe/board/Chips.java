package troupe.board;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortSpace;
import troupe.devices.bus.Wire;
import troupe.devices.bus.WiredOr;
import troupe.devices.clock.Clock;
import troupe.devices.dma.DmaPair;
import troupe.devices.floppy.I82077;
import troupe.devices.fwcfg.FwCfg;
import troupe.devices.i82443bx.HostBridge;
import troupe.devices.ide.AtaDisk;
import troupe.devices.ide.AtapiCdRom;
import troupe.devices.ide.DiskGeometry;
import troupe.devices.ide.DriveIdentity;
import troupe.devices.ide.IdeChannel;
import troupe.devices.ide.IdeDrive;
import troupe.devices.ide.Piix4Ide;
import troupe.devices.kbc.I8042;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.ByteSink;
import troupe.devices.parallel.ParallelPort;
import troupe.devices.pci.PciBus;
import troupe.devices.pci.PciFunction;
import troupe.devices.pci.PciRegisters;
import troupe.devices.pic.PicPair;
import troupe.devices.piix4.IsaBridge;
import troupe.devices.piix4.PowerManagement;
import troupe.devices.pit.I8254;
import troupe.devices.rtc.Mc146818;
import troupe.devices.serial.I16550;
import troupe.devices.state.Chip;
import troupe.devices.system.PostCodeLatch;
import troupe.devices.system.ResetControl;
import troupe.devices.system.SystemControlPortA;
import troupe.devices.system.SystemControlPortB;
import troupe.devices.vga.Vga;

/** The chips of one PC, at their ports and on their wires. */
final class Chips {
  /** The wires that end at the processor and the power supply. */
  interface Lines {
    /** INTR. */
    void interruptRequest(boolean high);

    void a20(boolean open);

    /** INIT: the processor alone. */
    void softReset();

    void hardReset();

    void powerOff();
  }

  private static final int[] COM_PORTS = {0x3F8, 0x2F8};
  private static final int[] COM_IRQS = {InterruptLines.COM1, InterruptLines.COM2};

  private final List<Unit> units = new ArrayList<>();
  private final PortSpace ports;
  private final Clock clock;
  private final InterruptLines interrupts;
  private final PciBus pci;

  final PicPair pic;
  final PowerManagement powerManagement;
  final Piix4Ide ide;
  final Mc146818 rtc;
  final I8042 keyboardController;
  final List<I16550> serial = new ArrayList<>();
  final ParallelPort parallel;
  final I82077 floppy;
  final CoprocessorError coprocessorError;
  final Vga vga;

  Chips(
      MachineConfiguration configuration,
      Clock clock,
      PortSpace ports,
      Vga vga,
      MemoryMap map,
      BusMaster memory,
      Lines lines) {
    this.clock = clock;
    this.ports = ports;
    this.vga = vga;
    boolean bx = configuration.board() == BoardModel.I440BX;
    pic = new PicPair(lines::interruptRequest);
    interrupts = new InterruptLines(pic);
    ports.attach(0x20, 2, pic.masterPorts());
    ports.attach(0xA0, 2, pic.slavePorts());
    ports.attach(0x4D0, 2, pic.elcrPorts());

    pci = unit("pci", new PciBus(ports, map));
    ports.attach(PciBus.PORT, PciBus.PORT_COUNT, pci);
    HostBridge host =
        unit(
            "host-bridge",
            new HostBridge(
                bx ? HostBridge.Model.I82443BX : HostBridge.Model.I82441FX,
                configuration.memoryMib(),
                map));
    pci.attach(0, 0, host.function());
    int south = bx ? 7 : 1;
    IsaBridge isa =
        unit(
            "isa-bridge",
            new IsaBridge(bx ? IsaBridge.Model.PIIX4 : IsaBridge.Model.PIIX3, interrupts.inputs()));
    pci.attach(south, 0, isa.function());
    DmaPair dma = unit("dma", new DmaPair(memory));
    ports.attach(0x00, 0x10, dma.bytePorts());
    ports.attach(0xC0, 0x20, dma.wordPorts());
    ports.attach(0x80, 0x10, dma.pagePorts());
    ide = ide(configuration, memory, bx ? Piix4Ide.Model.PIIX4 : Piix4Ide.Model.PIIX3);
    pci.attach(south, 1, ide.function());
    powerManagement =
        unit(
            "power-management",
            new PowerManagement(
                ports, clock, interrupts.input(InterruptLines.SYSTEM_CONTROL), lines::powerOff));
    ports.attach(0xB2, 2, powerManagement.apmPorts());
    pci.attach(south, 3, (bx ? powerManagement : powerManagement.withQemuSubsystem()).function());
    display(bx);

    I8254 pit = unit("pit", new I8254(clock, interrupts.input(InterruptLines.TIMER)));
    ports.attach(0x40, 4, pit);
    ports.attach(0x61, 1, unit("port-61", new SystemControlPortB(clock, pit)));
    rtc =
        unit(
            "rtc",
            new Mc146818(
                clock, interrupts.input(InterruptLines.REAL_TIME_CLOCK), configuration.rtcStart()));
    CmosSetup.write(rtc, configuration);
    ports.attach(0x70, 4, rtc);
    Wire softReset = high -> onRise(high, lines::softReset);
    WiredOr a20 = new WiredOr(lines::a20);
    keyboardController =
        unit(
            "keyboard",
            Unit.Kind.KEYBOARD_AND_MOUSE,
            0,
            new I8042(
                clock,
                interrupts.input(InterruptLines.KEYBOARD),
                interrupts.input(InterruptLines.MOUSE),
                a20.input(),
                softReset));
    ports.attach(0x60, 1, keyboardController);
    ports.attach(0x64, 1, keyboardController, 4);
    ports.attach(0x92, 1, unit("port-92", new SystemControlPortA(a20.input(), softReset)));
    ports.attach(
        0xCF9,
        1,
        unit("reset-control", new ResetControl(high -> onRise(high, lines::hardReset), softReset)));
    ports.attach(0x80, 1, unit("post-codes", new PostCodeLatch(code -> {})));
    coprocessorError =
        unit(
            "coprocessor-error",
            new CoprocessorError(interrupts.input(InterruptLines.COPROCESSOR)));
    ports.attach(0xF0, 2, coprocessorError);
    for (int i = 0; i < COM_PORTS.length; i++) {
      serial.add(serialPort(configuration, i));
    }
    parallel =
        unit(
            "lpt1",
            Unit.Kind.PARALLEL,
            0,
            new ParallelPort(
                clock, interrupts.input(InterruptLines.LPT1), configuration.parallel()));
    ports.attach(0x378, 3, parallel);
    floppy = floppy(configuration, dma);
    if (!bx) {
      ports.attach(0x510, 2, unit("fw-cfg", fwCfg(configuration)));
    }
    // Last, so that no edge of a line that is being restored gets latched.
    unit("pic", pic);
  }

  private static void onRise(boolean high, Runnable action) {
    if (high) {
      action.run();
    }
  }

  private <C extends Chip<?>> C unit(String name, C chip) {
    return unit(name, Unit.Kind.BOARD, 0, chip);
  }

  private <C extends Chip<?>> C unit(String name, Unit.Kind kind, int index, C chip) {
    units.add(new Unit(name, kind, index, chip));
    return chip;
  }

  /** All chips, in the order in which they are reset and restored. */
  List<Unit> units() {
    return List.copyOf(units);
  }

  /** The CD-ROM drive in an IDE slot, if there is one. */
  Optional<AtapiCdRom> cdRom(DriveSlot slot) {
    if (slot == DriveSlot.FLOPPY_A || slot == DriveSlot.FLOPPY_B) {
      return Optional.empty();
    }
    IdeChannel channel = slot.ordinal() < 2 ? ide.primary() : ide.secondary();
    return channel.drive(slot.ordinal() & 1) instanceof AtapiCdRom drive
        ? Optional.of(drive)
        : Optional.empty();
  }

  private void display(boolean bx) {
    unit("display", Unit.Kind.DISPLAY, 0, vga);
    vga.attach(ports);
    PciFunction function =
        bx
            ? new PciFunction(Vga.PCI_VENDOR, Vga.PCI_DEVICE, 0, Vga.PCI_CLASS)
            : new PciFunction(0x1234, 0x1111, 2, Vga.PCI_CLASS).subsystem(0x1AF4, 0x1100);
    function.memoryBar(0, Vga.MEMORY_BYTES, vga.linearFrameBuffer());
    function.permit(PciRegisters.COMMAND_IO_SPACE);
    unit("display-function", function);
    pci.attach(bx ? 8 : 2, 0, function);
  }

  private I16550 serialPort(MachineConfiguration configuration, int i) {
    ByteSink sink = configuration.serial().getOrDefault(i, ByteSink.NONE);
    I16550 port =
        unit(
            "com" + (i + 1),
            Unit.Kind.SERIAL,
            i,
            new I16550(clock, interrupts.input(COM_IRQS[i]), sink, false));
    ports.attach(COM_PORTS[i], 8, port);
    return port;
  }

  private Piix4Ide ide(MachineConfiguration configuration, BusMaster memory, Piix4Ide.Model model) {
    IdeChannel[] channels = new IdeChannel[2];
    for (int channel = 0; channel < 2; channel++) {
      int irq = InterruptLines.IDE_PRIMARY + channel;
      channels[channel] =
          new IdeChannel(
              interrupts.input(irq),
              drive(configuration, DriveSlot.ide(channel, 0)),
              drive(configuration, DriveSlot.ide(channel, 1)));
    }
    return unit(
        "ide", Unit.Kind.IDE, 0, new Piix4Ide(model, memory, ports, channels[0], channels[1]));
  }

  private static IdeDrive drive(MachineConfiguration configuration, DriveSlot slot) {
    String serial = "TR%08d".formatted(slot.ordinal() + 1);
    return switch (configuration.drives().get(slot)) {
      case null -> null;
      case Drive.HardDisk(BlockPort content) ->
          new AtaDisk(
              content,
              new DriveIdentity("Troupe Hard Disk", serial, "1.0"),
              DiskGeometry.of(content.geometry(), content.sectors()));
      case Drive.CdRom(var medium) ->
          new AtapiCdRom(
              medium.orElse(null), new DriveIdentity("Troupe CD-ROM", serial, "1.0"), () -> {});
      case Drive.Floppy _ -> throw new IllegalStateException("a floppy drive on an IDE channel");
    };
  }

  private I82077 floppy(MachineConfiguration configuration, DmaPair dma) {
    List<DriveSlot> slots = List.of(DriveSlot.FLOPPY_A, DriveSlot.FLOPPY_B);
    int count = 0;
    for (int i = 0; i < slots.size(); i++) {
      count = configuration.drives().containsKey(slots.get(i)) ? i + 1 : count;
    }
    I82077 controller =
        unit(
            "floppy",
            Unit.Kind.FLOPPY,
            0,
            new I82077(clock, interrupts.input(InterruptLines.FLOPPY), dma.channel(2), count));
    for (int i = 0; i < slots.size(); i++) {
      if (configuration.drives().get(slots.get(i)) instanceof Drive.Floppy(var medium)
          && medium.isPresent()) {
        controller.insert(i, medium.get());
      }
    }
    // Port 3F6h belongs to the IDE channel.
    ports.attach(0x3F0, 6, controller);
    ports.attach(0x3F7, 1, controller, 7);
    return controller;
  }

  private static FwCfg fwCfg(MachineConfiguration configuration) {
    FwCfg fwCfg = new FwCfg();
    long memory = (long) configuration.memoryMib() << 20;
    fwCfg.item64(FwCfg.RAM_SIZE, memory);
    fwCfg.item16(FwCfg.NOGRAPHIC, 0);
    fwCfg.item16(FwCfg.CPU_COUNT, 1);
    fwCfg.item16(FwCfg.MAX_CPUS, 1);
    fwCfg.item16(FwCfg.BOOT_MENU, 0);
    ByteBuffer e820 = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    fwCfg.file("etc/e820", e820.putLong(0).putLong(memory).putInt(1).array());
    // By this name SeaBIOS takes it for the option ROM of the display function.
    configuration.videoBios().ifPresent(rom -> fwCfg.file("pci1234,1111.rom", rom));
    return fwCfg;
  }
}
