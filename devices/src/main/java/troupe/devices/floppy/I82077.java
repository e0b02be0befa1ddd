package troupe.devices.floppy;

import static troupe.devices.floppy.Registers.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.Wire;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Timer;
import troupe.devices.dma.DmaChannel;
import troupe.devices.outside.BlockPort;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The 82077AA floppy disk controller in PC AT mode, with up to two drives. Offsets 0 to 7 (3F0h to
 * 3F7h; 3F6h belongs to a disk controller and must not be attached).
 *
 * <p>Every command of the data sheet but the scans; PART ID answers as the chip does, which does
 * not know it. Mechanics take little virtual time, but some: no interrupt comes before the access
 * that causes it is over. Motors are not looked at.
 */
public final class I82077 implements PortDevice, Chip<I82077.State> {
  /** Nanoseconds from a reset to its interrupt. */
  static final long RESET_TIME = 50_000;

  /** Nanoseconds of a seek, however far. */
  static final long SEEK_TIME = 500_000;

  private static final int VERSION = 0x90;
  private static final int UNITS = 4;
  private static final int FIFO_SIZE = 16;
  private static final int LOCK_RESULT = 0x10;
  private static final int DUMPREG_LOCKED = 0x80;

  /** D0 to D3 of PERPENDICULAR MODE, which outlive a software reset; GAP and WGATE do not. */
  private static final int PERPENDICULAR_DRIVES = 0x3C;

  private static final int PERPENDICULAR_BITS = 0x3F;
  private static final long NEVER = Long.MAX_VALUE;

  /** Where the FIFO stands in a command. */
  enum Phase {
    COMMAND,
    EXECUTION,
    RESULT
  }

  private final Clock clock;
  private final Wire irq;
  private final Timer timer;
  private final FloppyDrive[] drives;
  private final SectorTransfer transfer;

  private int dor;
  private int tapeDrive;
  private int dataRate;
  private Phase phase;

  /** Command and parameters so far, or the results. */
  private final int[] fifo = new int[FIFO_SIZE];

  private int fifoLength;
  private int fifoPosition;
  private boolean interrupt;

  /** Drives whose status after a reset has not been fetched, one bit each. */
  private int resetStatuses;

  private final Seek[] seeks = new Seek[UNITS];

  /** A data command that waits for its implied seek. */
  private boolean seekImplied;

  private long resetDue;
  private long readIdDue;
  private int stepRateAndUnload;
  private int loadTimeAndNonDma;
  private int configuration;
  private int precompensation;
  private int perpendicular;
  private boolean locked;
  private int lastFormatOrEnd;

  /**
   * @param irq interrupt request 6
   * @param dma DMA channel 2
   * @param driveCount drives connected, 0 to 2
   */
  public I82077(Clock clock, Wire irq, DmaChannel dma, int driveCount) {
    if (driveCount < 0 || driveCount > 2) {
      throw new IllegalArgumentException("a PC has no %d floppy drives".formatted(driveCount));
    }
    this.clock = clock;
    this.irq = irq;
    drives = new FloppyDrive[driveCount];
    Arrays.setAll(drives, i -> new FloppyDrive());
    Arrays.setAll(seeks, i -> new Seek());
    transfer =
        new SectorTransfer(
            clock,
            dma,
            drives,
            new SectorTransfer.Listener() {
              @Override
              public void byteReady() {
                raise();
              }

              @Override
              public void finished(int st0, int st1, int st2, int[] id) {
                result(st0, st1, st2, id[0], id[1], id[2], id[3]);
                raise();
              }
            });
    timer = clock.timer(this::run);
    clear();
  }

  private void clear() {
    dor = 0;
    tapeDrive = 0;
    stepRateAndUnload = 0;
    loadTimeAndNonDma = 0;
    locked = false;
    configuration = 0;
    perpendicular = 0;
    lastFormatOrEnd = 0;
    softReset();
    for (FloppyDrive drive : drives) {
      drive.clear();
    }
  }

  /** What the reset bits of DOR and DSR do ([82077AA] Reset); a locked FIFO keeps its setting. */
  private void softReset() {
    transfer.clear();
    phase = Phase.COMMAND;
    Arrays.fill(fifo, 0);
    fifoLength = 0;
    fifoPosition = 0;
    interrupt = false;
    resetStatuses = 0;
    for (Seek seek : seeks) {
      seek.clear();
    }
    seekImplied = false;
    resetDue = NEVER;
    readIdDue = NEVER;
    dataRate = DATA_RATE_AT_RESET;
    perpendicular &= PERPENDICULAR_DRIVES;
    if (!locked) {
      configuration &= CONFIGURE_IMPLIED_SEEK | CONFIGURE_POLL_OFF;
      configuration |= CONFIGURE_FIFO_OFF;
      precompensation = 0;
    }
    timer.cancel();
  }

  @Override
  public void reset() {
    clear();
    driveInterrupt();
  }

  /**
   * Puts a diskette into a drive (0 or 1), in place of the one there.
   *
   * @throws IllegalArgumentException for a drive that is not there, or a size no diskette has
   */
  public void insert(int drive, BlockPort diskette) {
    drive(drive).insert(diskette);
  }

  /** Takes the diskette out of a drive, if there is one. */
  public void eject(int drive) {
    drive(drive).eject();
  }

  private FloppyDrive drive(int number) {
    if (number < 0 || number >= drives.length) {
      throw new IllegalArgumentException("there is no floppy drive " + number);
    }
    return drives[number];
  }

  @Override
  public int read8(int offset) {
    return switch (offset & 7) {
      case DOR -> dor;
      case TDR -> tapeDrive;
      case MSR_DSR -> mainStatus();
      case FIFO -> readFifo();
      case DIR_CCR -> {
        int selected = dor & DOR_DRIVE;
        yield selected < drives.length && drives[selected].changed() ? DIR_DISK_CHANGE : 0;
      }
      default -> OPEN_BUS;
    };
  }

  private int mainStatus() {
    if ((dor & DOR_NOT_RESET) == 0) {
      return 0;
    }
    int seeking = 0;
    for (int i = 0; i < UNITS; i++) {
      seeking |= seeks[i].moving() ? 1 << i : 0;
    }
    return seeking
        | switch (phase) {
          case COMMAND -> MSR_REQUEST | (fifoLength > 0 ? MSR_BUSY : 0);
          case EXECUTION ->
              MSR_BUSY
                  | (transfer.nonDma() ? MSR_NON_DMA : 0)
                  | (transfer.byteWanted()
                      ? MSR_REQUEST | (transfer.toHost() ? MSR_TO_HOST : 0)
                      : 0);
          case RESULT -> MSR_REQUEST | MSR_TO_HOST | MSR_BUSY;
        };
  }

  private int readFifo() {
    if (phase == Phase.EXECUTION && transfer.byteWanted() && transfer.toHost()) {
      acknowledge();
      return transfer.readByte();
    }
    if (phase != Phase.RESULT) {
      return 0;
    }
    acknowledge();
    int value = fifo[fifoPosition++];
    if (fifoPosition == fifoLength) {
      expectCommand();
      if (finishedSeek() >= 0) {
        raise(); // of another drive, meanwhile
      }
    }
    return value;
  }

  private void expectCommand() {
    phase = Phase.COMMAND;
    Arrays.fill(fifo, 0);
    fifoLength = 0;
    fifoPosition = 0;
  }

  @Override
  public void write8(int offset, int value) {
    switch (offset & 7) {
      case DOR -> writeDor(value & 0xFF);
      case TDR -> tapeDrive = value & 3;
      case MSR_DSR -> {
        if ((value & DSR_RESET) != 0) {
          softReset();
          driveInterrupt();
          startAfterReset();
        }
        dataRate = value & DATA_RATE;
      }
      case FIFO -> writeFifo(value & 0xFF);
      case DIR_CCR -> dataRate = value & DATA_RATE;
      default -> {} // status registers A and B
    }
  }

  private void writeDor(int value) {
    boolean wasReset = (dor & DOR_NOT_RESET) == 0;
    dor = value;
    boolean isReset = (dor & DOR_NOT_RESET) == 0;
    if (isReset && !wasReset) {
      softReset();
    } else if (wasReset && !isReset) {
      startAfterReset();
    }
    driveInterrupt();
  }

  private void startAfterReset() {
    if ((dor & DOR_NOT_RESET) != 0) {
      resetDue = clock.now() + RESET_TIME;
      arm();
    }
  }

  private void writeFifo(int value) {
    if ((dor & DOR_NOT_RESET) == 0) {
      return;
    }
    if (phase == Phase.EXECUTION && transfer.byteWanted() && !transfer.toHost()) {
      acknowledge();
      transfer.writeByte(value);
    } else if (phase == Phase.COMMAND) {
      fifo[fifoLength++] = value;
      Command command = Command.decode(fifo[0]);
      if (fifoLength == 1 + command.parameters()) {
        execute(command);
      }
    }
  }

  private void execute(Command command) {
    int unit = fifo[1] & 3;
    switch (command) {
      case READ_TRACK,
          READ_DATA,
          READ_DELETED_DATA,
          WRITE_DATA,
          WRITE_DELETED_DATA,
          VERIFY,
          FORMAT_TRACK ->
          startTransfer(command, unit);
      case READ_ID -> {
        resetStatuses = 0;
        phase = Phase.EXECUTION;
        readIdDue = clock.now() + SectorTransfer.SECTOR_TIME;
        arm();
      }
      case RECALIBRATE -> startSeek(unit, 0, recalibrated(unit));
      case SEEK -> startSeek(unit, fifo[2], ST0_SEEK_END | fifo[1] & 7);
      case RELATIVE_SEEK_OUT ->
          startSeek(unit, Math.max(0, cylinder(unit) - fifo[2]), ST0_SEEK_END | fifo[1] & 7);
      case RELATIVE_SEEK_IN ->
          startSeek(unit, cylinder(unit) + fifo[2], ST0_SEEK_END | fifo[1] & 7);
      case SENSE_INTERRUPT_STATUS -> senseInterrupt();
      case SENSE_DRIVE_STATUS -> result(driveStatus(fifo[1]));
      case SPECIFY -> {
        stepRateAndUnload = fifo[1];
        loadTimeAndNonDma = fifo[2];
        expectCommand();
      }
      case CONFIGURE -> {
        configuration = fifo[2];
        precompensation = fifo[3];
        expectCommand();
      }
      case PERPENDICULAR_MODE -> {
        perpendicular = fifo[1] & PERPENDICULAR_BITS;
        expectCommand();
      }
      case DUMPREG -> dumpRegisters();
      case VERSION -> result(VERSION);
      case LOCK -> {
        locked = true;
        result(LOCK_RESULT);
      }
      case UNLOCK -> {
        locked = false;
        result(0);
      }
      case INVALID -> result(ST0_INVALID);
    }
  }

  private void startTransfer(Command command, int unit) {
    resetStatuses = 0;
    phase = Phase.EXECUTION;
    lastFormatOrEnd = fifo[command == Command.FORMAT_TRACK ? 3 : 6];
    boolean seek =
        command != Command.FORMAT_TRACK
            && (configuration & CONFIGURE_IMPLIED_SEEK) != 0
            && unit < drives.length
            && drives[unit].cylinder() != fifo[2];
    if (seek) {
      seekImplied = true;
      seeks[unit].start(fifo[2], 0, clock.now() + SEEK_TIME);
      arm();
    } else {
      beginTransfer(command);
    }
  }

  private void beginTransfer(Command command) {
    boolean nonDma = (loadTimeAndNonDma & 1) != 0;
    transfer.start(command, Arrays.copyOf(fifo, 9), nonDma, dataRate);
  }

  /** The command is over as far as the FIFO goes; the heads move on their own. */
  private void startSeek(int unit, int target, int st0) {
    resetStatuses = 0;
    seeks[unit].start(target, st0, clock.now() + SEEK_TIME);
    expectCommand();
    arm();
  }

  /** ST0 of a recalibration: where no drive answers, track 0 is never found. */
  private int recalibrated(int unit) {
    int missing = ST0_ABNORMAL | ST0_EQUIPMENT_CHECK;
    return ST0_SEEK_END | unit | (unit < drives.length ? 0 : missing);
  }

  private int cylinder(int unit) {
    return unit < drives.length ? drives[unit].cylinder() : 0;
  }

  private int finishedSeek() {
    for (int i = 0; i < UNITS; i++) {
      if (seeks[i].finished()) {
        return i;
      }
    }
    return -1;
  }

  /** With nothing to report it is an invalid command, on which drivers rely to stop asking. */
  private void senseInterrupt() {
    acknowledge();
    int finished = finishedSeek();
    if (resetStatuses != 0) {
      int unit = Integer.numberOfTrailingZeros(resetStatuses);
      resetStatuses &= ~(1 << unit);
      result(ST0_POLLING | unit, cylinder(unit));
    } else if (finished >= 0) {
      result(seeks[finished].takeStatus(), cylinder(finished));
    } else {
      result(ST0_INVALID);
    }
  }

  private int driveStatus(int select) {
    int unit = select & 3;
    int status = ST3_READY | ST3_TWO_SIDES | select & 7;
    if (unit < drives.length) {
      status |= drives[unit].writeProtected() ? ST3_WRITE_PROTECTED : 0;
      status |= drives[unit].cylinder() == 0 ? ST3_TRACK_0 : 0;
    }
    return status;
  }

  private void dumpRegisters() {
    result(
        cylinder(0),
        cylinder(1),
        cylinder(2),
        cylinder(3),
        stepRateAndUnload,
        loadTimeAndNonDma,
        lastFormatOrEnd,
        (locked ? DUMPREG_LOCKED : 0) | perpendicular,
        configuration,
        precompensation);
  }

  private void readId() {
    int unit = fifo[1] & 3;
    int head = fifo[1] >> 2 & 1;
    boolean mfm = (fifo[0] & Command.MFM) != 0;
    if (transfer.readable(mfm, unit, dataRate) && head < drives[unit].format().heads()) {
      long passed = clock.now() / SectorTransfer.SECTOR_TIME;
      int sector = (int) (passed % drives[unit].format().sectors()) + 1;
      result(fifo[1] & 7, 0, 0, cylinder(unit), head, sector, SectorTransfer.SIZE_CODE);
    } else {
      result(ST0_ABNORMAL | fifo[1] & 7, ST1_MISSING_ADDRESS_MARK, 0, cylinder(unit), head, 1, 2);
    }
    raise();
  }

  private void result(int... bytes) {
    expectCommand();
    phase = Phase.RESULT;
    System.arraycopy(bytes, 0, fifo, 0, bytes.length);
    fifoLength = bytes.length;
  }

  private void raise() {
    interrupt = true;
    driveInterrupt();
  }

  private void acknowledge() {
    interrupt = false;
    driveInterrupt();
  }

  private void driveInterrupt() {
    irq.set(interrupt && (dor & DOR_DMA_GATE) != 0);
  }

  private void run() {
    long now = clock.now();
    if (resetDue <= now) {
      resetDue = NEVER;
      resetStatuses = (1 << UNITS) - 1;
      raise();
    }
    for (int unit = 0; unit < UNITS; unit++) {
      if (seeks[unit].dueBy(now)) {
        finishSeek(unit);
      }
    }
    if (readIdDue <= now) {
      readIdDue = NEVER;
      readId();
    }
    arm();
  }

  private void finishSeek(int unit) {
    int target = seeks[unit].finish();
    if (unit < drives.length) {
      drives[unit].stepTo(target);
    }
    if (seekImplied && unit == (fifo[1] & 3)) {
      seekImplied = false;
      seeks[unit].clear();
      beginTransfer(Command.decode(fifo[0]));
    } else {
      raise();
    }
  }

  private void arm() {
    long next = Math.min(resetDue, readIdDue);
    for (Seek seek : seeks) {
      next = Math.min(next, seek.due());
    }
    if (next == NEVER) {
      timer.cancel();
    } else {
      timer.schedule(next);
    }
  }

  @Override
  public State save() {
    List<DriveState> driveStates = new ArrayList<>();
    for (FloppyDrive drive : drives) {
      driveStates.add(new DriveState(drive.cylinder(), drive.changed()));
    }
    List<Seek.State> seekStates = new ArrayList<>();
    for (Seek seek : seeks) {
      seekStates.add(seek.save());
    }
    return new State(
        driveStates,
        seekStates,
        transfer.save(),
        dor,
        tapeDrive,
        dataRate,
        phase,
        fifo.clone(),
        fifoLength,
        fifoPosition,
        interrupt,
        resetStatuses,
        seekImplied,
        resetDue,
        readIdDue,
        stepRateAndUnload,
        loadTimeAndNonDma,
        configuration,
        precompensation,
        perpendicular,
        locked,
        lastFormatOrEnd);
  }

  /** Diskettes are not part of the state: those inserted before stay, as they were then. */
  @Override
  public void restore(State state) throws BadStateException {
    check(state);
    transfer.restore(state.transfer);
    for (int i = 0; i < drives.length; i++) {
      drives[i].restore(state.drives.get(i).cylinder, state.drives.get(i).changed);
    }
    for (int i = 0; i < UNITS; i++) {
      seeks[i].restore(state.seeks.get(i));
    }
    dor = state.dor & 0xFF;
    tapeDrive = state.tapeDrive & 3;
    dataRate = state.dataRate & DATA_RATE;
    phase = state.phase;
    Arrays.setAll(fifo, i -> state.fifo[i] & 0xFF);
    fifoLength = state.fifoLength;
    fifoPosition = state.fifoPosition;
    interrupt = state.interrupt;
    resetStatuses = state.resetStatuses & 0xF;
    seekImplied = state.seekImplied;
    resetDue = state.resetDue;
    readIdDue = state.readIdDue;
    stepRateAndUnload = state.stepRateAndUnload & 0xFF;
    loadTimeAndNonDma = state.loadTimeAndNonDma & 0xFF;
    configuration = state.configuration & 0xFF;
    precompensation = state.precompensation & 0xFF;
    perpendicular = state.perpendicular & PERPENDICULAR_BITS;
    locked = state.locked;
    lastFormatOrEnd = state.lastFormatOrEnd & 0xFF;
    driveInterrupt();
    arm();
  }

  private void check(State state) throws BadStateException {
    if (state.drives == null
        || state.drives.size() != drives.length
        || state.seeks == null
        || state.seeks.size() != UNITS
        || state.transfer == null
        || state.phase == null
        || state.fifo == null
        || state.fifo.length != FIFO_SIZE) {
      throw new BadStateException("floppy controller: incomplete, or with other drives");
    }
    Command command = Command.decode(state.fifo[0] & 0xFF);
    boolean fits =
        switch (state.phase) {
          case COMMAND -> state.fifoLength >= 0 && state.fifoLength <= command.parameters();
          case EXECUTION -> !state.seekImplied || command.movesSectors();
          case RESULT -> state.fifoPosition >= 0 && state.fifoPosition < state.fifoLength;
        };
    if (!fits || state.fifoLength > FIFO_SIZE || state.resetDue < 0 || state.readIdDue < 0) {
      throw new BadStateException("floppy controller: phase out of range");
    }
  }

  /** Saved state of a drive. */
  record DriveState(int cylinder, boolean changed) {}

  /** Saved state; times in nanoseconds since power-on, Long.MAX_VALUE for never. */
  public record State(
      List<DriveState> drives,
      List<Seek.State> seeks,
      SectorTransfer.State transfer,
      int dor,
      int tapeDrive,
      int dataRate,
      Phase phase,
      int[] fifo,
      int fifoLength,
      int fifoPosition,
      boolean interrupt,
      int resetStatuses,
      boolean seekImplied,
      long resetDue,
      long readIdDue,
      int stepRateAndUnload,
      int loadTimeAndNonDma,
      int configuration,
      int precompensation,
      int perpendicular,
      boolean locked,
      int lastFormatOrEnd) {}
}
