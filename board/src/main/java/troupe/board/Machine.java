package troupe.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import troupe.board.firmware.KernelStart;
import troupe.devices.bus.PortSpace;
import troupe.devices.clock.TimerQueue;
import troupe.devices.floppy.I82077;
import troupe.devices.ide.AtapiCdRom;
import troupe.devices.kbc.Keyboard;
import troupe.devices.kbc.Mouse;
import troupe.devices.parallel.ParallelPort;
import troupe.devices.serial.I16550;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;
import troupe.devices.state.StateCodec;
import troupe.devices.vga.Vga;
import troupe.processor.Processor;
import troupe.processor.Surroundings;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.RegionStore;

/**
 * A whole PC: processor, memory, chips and firmware, run by one thread in slices ({@link #run}).
 * Whoever runs it decides what becomes of a power-off or a reset; the PC itself does neither.
 *
 * <p>Virtual time stands until {@link #resume} and after {@link #hold}.
 */
public final class Machine {
  private static final RunEnd BUDGET = new RunEnd.Budget();
  private static final RunEnd ATTENTION = new RunEnd.Attention();
  private static final RunEnd HALTED = new RunEnd.Halted();
  private static final RunEnd TRIPLE_FAULT = new RunEnd.TripleFault();
  private static final RunEnd RESET = new RunEnd.ResetRequested();

  /** CMOS shutdown status, and the values by which firmware resumes after a processor reset. */
  private static final int SHUTDOWN_STATUS = 0x0F;

  private static final int FLUSH_AND_JUMP = 0x05;
  private static final int RETURN_FROM_BLOCK_MOVE = 0x09;
  private static final int JUMP = 0x0A;

  private final MachineConfiguration configuration;
  private final LongSupplier hostNanos;
  private final TimerQueue clock = new TimerQueue();
  private final PortSpace ports = new PortSpace();
  private final PhysicalMemory memory;
  private final Processor processor;
  private final GuestPorts guestPorts;
  private final Chips chips;
  private final VirtualTime time;
  private final Optional<Firmware> firmware;
  private volatile boolean attention;
  private RunEnd pending;
  private boolean softResetPending;
  private boolean interruptRequest;

  /**
   * Builds a PC and switches it on.
   *
   * @param hostNanos host time in nanoseconds from any origin, never going back
   * @param firmware makes the firmware, unless the configuration has a BIOS image; it is given what
   *     to start at the end of POST
   * @throws IllegalArgumentException with one line if the parts do not make a PC
   */
  public Machine(
      MachineConfiguration configuration,
      LongSupplier hostNanos,
      Function<KernelStart, Firmware> firmware) {
    this(configuration, hostNanos, firmware, null);
  }

  /**
   * As the other.
   *
   * @param translation where translated code is kept; null for a PC that interprets everything
   */
  public Machine(
      MachineConfiguration configuration,
      LongSupplier hostNanos,
      Function<KernelStart, Firmware> firmware,
      RegionStore translation) {
    this.configuration = configuration;
    this.hostNanos = hostNanos;
    long bytes = (long) configuration.memoryMib() << 20;
    KernelStart start =
        configuration.kernel().map(kernel -> kernel.plan(bytes)).orElse(KernelStart.NONE);
    if (configuration.board() == BoardModel.I440FX && configuration.bios().isEmpty()) {
      throw new IllegalArgumentException("the 440FX board needs a BIOS image");
    }
    this.firmware =
        configuration.bios().isPresent() ? Optional.empty() : Optional.of(firmware.apply(start));
    memory = new PhysicalMemory(bytes);
    guestPorts =
        new GuestPorts(
            ports,
            configuration.portLogs(),
            configuration.exitPort(),
            value -> end(new RunEnd.ExitPort(value)),
            this::stopSoon);
    Vga vga = new Vga(clock);
    MemoryMap map = new MemoryMap(memory, vga.window());
    processor = new Processor(configuration.cpu(), memory, guestPorts, new Board(), translation);
    time =
        switch (configuration.clock()) {
          case HOST -> new HostTime(hostNanos, processor::instructions, () -> interruptRequest);
          case INSTRUCTIONS -> new InstructionTime(hostNanos, processor::instructions);
        };
    clock.setSource(time);
    map.setSystemRom(configuration.bios().orElseGet(() -> this.firmware.get().systemRom()));
    // SeaBIOS takes the video BIOS of QEMU's board from fw_cfg.
    if (configuration.board() == BoardModel.I440BX) {
      configuration
          .videoBios()
          .or(() -> this.firmware.map(Firmware::videoRom))
          .ifPresent(rom -> map.setRom(0xC_0000, rom));
    }
    chips =
        new Chips(
            configuration, clock, ports, vga, map, new PhysicalBusMaster(memory), new BoardLines());
    reset();
  }

  // ---- Running

  /**
   * Runs the guest until about {@code budget} nanoseconds of host time have passed, or something
   * needs a decision. A halted guest returns at once if nothing is due.
   */
  public RunEnd run(long budget) {
    long end = hostNanos.getAsLong() + budget;
    time.begin();
    while (true) {
      if (!guestPorts.drain()) {
        return ATTENTION;
      }
      clock.advanceTo(time.nanos());
      processor.clearAttention();
      processor.run(time.quantum(clock.nextAlarm()));
      RunEnd met = decide();
      if (met != null) {
        return met;
      }
      if (processor.halted() && !time.idle(clock.nextAlarm())) {
        // Not past the next alarm, though it may be due by now: its interrupt would go unheard.
        clock.advanceTo(Math.min(time.nanos(), clock.nextAlarm() - 1));
        return HALTED;
      }
      // Only now: however often attention is wanted, the guest gets on.
      if (attention) {
        attention = false;
        return ATTENTION;
      }
      if (hostNanos.getAsLong() >= end) {
        return BUDGET;
      }
    }
  }

  private RunEnd decide() {
    RunEnd met = pending;
    pending = null;
    if (met != null) {
      return met;
    }
    boolean shutDown = processor.shutDown();
    if (softResetPending || shutDown) {
      softResetPending = false;
      if (!resumesAfterProcessorReset()) {
        return shutDown ? TRIPLE_FAULT : RESET;
      }
      processor.reset();
    }
    return null;
  }

  /**
   * Programs for the 80286 reset the processor to leave protected mode, having told the firmware in
   * CMOS RAM to jump back; any other processor reset is meant for the whole PC.
   */
  private boolean resumesAfterProcessorReset() {
    return switch (chips.rtc.ram(SHUTDOWN_STATUS)) {
      case FLUSH_AND_JUMP, RETURN_FROM_BLOCK_MOVE, JUMP -> true;
      default -> false;
    };
  }

  private void end(RunEnd end) {
    pending = end;
    stopSoon();
  }

  private void stopSoon() {
    processor.requestAttention();
  }

  /**
   * Makes a {@link #run} in progress, or the next one, return after a few thousand instructions.
   * Any thread may call this.
   */
  public void requestAttention() {
    attention = true;
  }

  /** Forgets a {@link #requestAttention} that no {@link #run} has met. */
  public void clearAttention() {
    attention = false;
  }

  /** Virtual time runs from now on. */
  public void resume() {
    time.resume();
  }

  /** Virtual time stands from now on. */
  public void hold() {
    time.hold();
    clock.advanceTo(time.nanos());
  }

  /** Host nanoseconds until a halted guest has something to do; {@link Long#MAX_VALUE}: never. */
  public long hostNanosToAlarm() {
    return time.hostNanosTo(clock.nextAlarm());
  }

  /** As the reset button: everything but RAM, battery-backed CMOS and media starts anew. */
  public void reset() {
    pending = null;
    softResetPending = false;
    chips.units().forEach(unit -> unit.chip().reset());
    processor.reset();
  }

  /** As the power button. */
  public void pressPowerButton() {
    chips.powerManagement.pressPowerButton();
  }

  // ---- Looking in, and the parts that others plug into

  /** Instructions executed since power-on. */
  public long instructions() {
    return processor.instructions();
  }

  /** CPU time that translating the guest's code has taken on other threads, nanoseconds. */
  public long translationNanos() {
    return processor.translation().nanos();
  }

  /** Bytes of memory that the guest's code takes at most, decoded and translated. */
  public static final long MOST_CODE_BYTES = Processor.MOST_CODE_BYTES;

  /** Bytes of heap of the TLB (16 MiB), video memory (4 MiB), tables of pages and all chips. */
  private static final long CHIP_BYTES = 24 << 20;

  /** Bytes of heap that a PC takes at most besides its RAM. */
  public static final long MOST_HEAP_BYTES = Processor.MOST_CODE_HEAP_BYTES + CHIP_BYTES;

  /** Bytes of memory that the guest's code takes now, decoded and translated. */
  public long codeBytes() {
    return processor.codeBytes();
  }

  /** Virtual nanoseconds since power-on. */
  public long nanos() {
    return clock.now();
  }

  /** Where the processor stands, in one line. */
  public String describe() {
    String mode =
        processor.virtual8086() ? "virtual-8086" : processor.protectedMode() ? "protected" : "real";
    return "%s mode, CS:EIP %04x:%08x, CPL %d, EFLAGS %08x, CR0 %08x, CR2 %08x%s%s"
        .formatted(
            mode,
            processor.segments.selector[Processor.CS],
            processor.eip,
            processor.cpl,
            processor.eflags(),
            processor.cr0,
            processor.cr2,
            processor.halted() ? ", halted" : "",
            processor.shutDown() ? ", shut down" : "");
  }

  public MachineConfiguration configuration() {
    return configuration;
  }

  public Processor processor() {
    return processor;
  }

  public PhysicalMemory memory() {
    return memory;
  }

  /** The I/O address space; an access here does what the same access of the guest does. */
  public PortSpace ports() {
    return ports;
  }

  public List<Unit> units() {
    return chips.units();
  }

  public Keyboard keyboard() {
    return chips.keyboardController.keyboard();
  }

  public Mouse mouse() {
    return chips.keyboardController.mouse();
  }

  /** COM1 is 0, COM2 is 1. */
  public I16550 serial(int port) {
    return chips.serial.get(port);
  }

  public Vga display() {
    return chips.vga;
  }

  public ParallelPort parallel() {
    return chips.parallel;
  }

  /** The floppy controller with its drives. */
  public I82077 floppy() {
    return chips.floppy;
  }

  /** The CD-ROM drive in an IDE slot, if there is one. */
  public Optional<AtapiCdRom> cdRom(DriveSlot slot) {
    return chips.cdRom(slot);
  }

  // ---- Saved state

  /** True when no disk transfer is under way: only then can the PC be saved. */
  public boolean idle() {
    return chips.ide.idle();
  }

  /** All but RAM. The PC must be {@link #idle}. */
  public MachineState save() {
    List<MachineState.Part> parts = new ArrayList<>();
    for (Unit unit : chips.units()) {
      parts.add(new MachineState.Part(unit.name(), StateCodec.encode(unit.chip().save())));
    }
    return new MachineState(
        configuration.board(), configuration.memoryMib(), clock.now(), processor.save(), parts);
  }

  /**
   * Takes over a saved state, after RAM has been put in place. A PC that refuses one is of no use
   * any more.
   */
  public void restore(MachineState state) throws BadStateException {
    if (state.board() != configuration.board()
        || state.memoryMib() != configuration.memoryMib()
        || state.processor() == null
        || state.nanos() < 0) {
      throw new BadStateException("the saved state is of another kind of PC");
    }
    Map<String, byte[]> parts =
        state.parts().stream()
            .collect(
                Collectors.toMap(
                    MachineState.Part::name, MachineState.Part::state, (first, second) -> second));
    processor.restore(state.processor());
    time.set(state.nanos());
    clock.restore(state.nanos());
    for (Unit unit : chips.units()) {
      byte[] part = parts.get(unit.name());
      if (part == null) {
        throw new BadStateException("the saved state has no " + unit.name());
      }
      restore(unit.chip(), part);
    }
  }

  @SuppressWarnings("unchecked")
  private static <S extends Record> void restore(Chip<S> chip, byte[] part)
      throws BadStateException {
    chip.restore(StateCodec.decode((Class<S>) chip.save().getClass(), part));
  }

  // ---- Wires

  private final class Board implements Surroundings {
    @Override
    public int acknowledgeInterrupt() {
      return chips.pic.acknowledge();
    }

    /** One tick a nanosecond. */
    @Override
    public long timeStamp() {
      return clock.now();
    }

    @Override
    public void floatingPointError(boolean asserted) {
      chips.coprocessorError.floatingPointError(asserted);
    }

    @Override
    public void tripleFault() {
      stopSoon();
    }

    @Override
    public boolean firmwareCall(Processor caller, int number) {
      return firmware.isPresent() && firmware.get().call(caller, number);
    }
  }

  private final class BoardLines implements Chips.Lines {
    @Override
    public void interruptRequest(boolean high) {
      interruptRequest = high;
      processor.setInterruptRequest(high);
    }

    @Override
    public void a20(boolean open) {
      processor.setA20(open);
    }

    @Override
    public void softReset() {
      softResetPending = true;
      stopSoon();
    }

    @Override
    public void hardReset() {
      end(RESET);
    }

    @Override
    public void powerOff() {
      end(new RunEnd.PoweredOff());
    }
  }
}
