package troupe.devices.floppy;

import static troupe.devices.floppy.Registers.*;

import java.util.Arrays;
import troupe.devices.clock.Clock;
import troupe.devices.clock.Timer;
import troupe.devices.dma.DmaChannel;
import troupe.devices.outside.BlockPort.Result;
import troupe.devices.state.BadStateException;

/**
 * The execution phase of the commands that move sectors: read, write, format and verify. Sector by
 * sector: load it or collect its bytes from the host, then deliver or store it, until terminal
 * count or the end of the track.
 */
final class SectorTransfer {
  /** What the transfer tells its controller. */
  interface Listener {
    /** In non-DMA mode: another byte may be read or written. */
    void byteReady();

    /** The command is over; {@code id} is cylinder, head, sector and size code for the result. */
    void finished(int st0, int st1, int st2, int[] id);
  }

  /** What is done next for the sector at hand. */
  enum Stage {
    IDLE,
    /** Read it from the diskette. */
    LOAD,
    /** Give its bytes to the host. */
    DELIVER,
    /** Take its bytes (for format: its ID) from the host. */
    COLLECT,
    /** Write it to the diskette. */
    STORE,
    /** End the command with the error known from the start. */
    FAIL
  }

  /** Nanoseconds until a sector comes under the heads: quick, but never at once. */
  static final long SECTOR_TIME = 100_000;

  /** Nanoseconds between two tries to get the DMA channel, and how many before an overrun. */
  private static final long DMA_RETRY = 1_000_000;

  private static final int DMA_TRIES = 200;

  /** N of a sector of 512 bytes. */
  static final int SIZE_CODE = 2;

  private static final int ID_BYTES = 4;
  private static final int VERIFY_ENABLE_COUNT = 0x80;
  private static final int UNLIMITED = -1;
  private static final long NEVER = Long.MAX_VALUE;

  private final Clock clock;
  private final DmaChannel dma;
  private final FloppyDrive[] drives;
  private final Listener listener;
  private final Timer timer;

  private byte[] buffer = new byte[FloppyDrive.SECTOR];

  /** Counts commands, so that a sector given up is known when the medium is done with it. */
  private long generation;

  private boolean outstanding;

  private Command command;
  private int unit;
  private boolean multiTrack;
  private boolean pio;
  private int dataRate;
  private int physicalHead;
  private int cylinder;
  private int head;
  private int sector;
  private int sizeCode;
  private int lastSector;

  /** Sectors still to format or verify. */
  private int remaining;

  private int fill;
  private Stage stage;
  private int failure;
  private int position;
  private int tries;
  private boolean terminalCount;

  /**
   * When the stage is to be run; NEVER while the host is to move bytes; past while the medium is.
   */
  private long dueAt;

  SectorTransfer(Clock clock, DmaChannel dma, FloppyDrive[] drives, Listener listener) {
    this.clock = clock;
    this.dma = dma;
    this.drives = drives;
    this.listener = listener;
    timer = clock.timer(this::run);
    clear();
  }

  /** Gives up whatever is under way, and forgets it. */
  void clear() {
    generation++;
    if (outstanding) {
      outstanding = false;
      buffer = new byte[FloppyDrive.SECTOR]; // the medium still owns the old one
    }
    Arrays.fill(buffer, (byte) 0);
    command = Command.INVALID;
    unit = 0;
    multiTrack = false;
    pio = false;
    dataRate = 0;
    physicalHead = 0;
    cylinder = 0;
    head = 0;
    sector = 0;
    sizeCode = 0;
    lastSector = 0;
    remaining = 0;
    fill = 0;
    end();
  }

  private void end() {
    stage = Stage.IDLE;
    failure = 0;
    position = 0;
    tries = 0;
    terminalCount = false;
    dueAt = NEVER;
    timer.cancel();
  }

  /**
   * Starts a command.
   *
   * @param bytes command byte and parameters
   * @param nonDma whether the host moves the bytes itself
   * @param rate the data rate select, 0 to 3
   */
  void start(Command what, int[] bytes, boolean nonDma, int rate) {
    clear();
    command = what;
    unit = bytes[1] & 3;
    physicalHead = bytes[1] >> 2 & 1;
    pio = nonDma && what != Command.VERIFY;
    dataRate = rate;
    remaining = UNLIMITED;
    if (what == Command.FORMAT_TRACK) {
      cylinder = unit < drives.length ? drives[unit].cylinder() : 0;
      head = physicalHead;
      sizeCode = bytes[2];
      remaining = bytes[3];
      fill = bytes[5];
    } else {
      multiTrack = (bytes[0] & Command.MULTI_TRACK) != 0;
      cylinder = bytes[2];
      head = bytes[3];
      sector = what == Command.READ_TRACK ? 1 : bytes[4];
      sizeCode = bytes[5];
      lastSector = bytes[6];
      if (what == Command.VERIFY && (bytes[1] & VERIFY_ENABLE_COUNT) != 0) {
        remaining = bytes[8];
      }
    }
    failure = problem((bytes[0] & Command.MFM) != 0);
    schedule(failure != 0 ? Stage.FAIL : what.reads() ? Stage.LOAD : Stage.COLLECT, SECTOR_TIME);
  }

  /** ST1 bits of what keeps the whole command from working, or 0. */
  private int problem(boolean mfm) {
    if (!readable(mfm, unit, dataRate)) {
      return ST1_MISSING_ADDRESS_MARK;
    }
    return !command.reads() && drives[unit].writeProtected() ? ST1_NOT_WRITABLE : 0;
  }

  /** Whether address marks are found at all: a diskette of that rate, in MFM, under the heads. */
  boolean readable(boolean mfm, int driveNumber, int rate) {
    if (driveNumber >= drives.length || !drives[driveNumber].loaded() || !mfm) {
      return false;
    }
    FloppyDrive drive = drives[driveNumber];
    return drive.format().readableAt(rate) && drive.cylinder() < drive.format().cylinders();
  }

  private void schedule(Stage next, long delay) {
    stage = next;
    dueAt = clock.now() + delay;
    timer.schedule(dueAt);
  }

  private void run() {
    switch (stage) {
      case IDLE -> {}
      case LOAD -> load();
      case DELIVER -> moveByDma();
      case COLLECT -> collect();
      case STORE -> store();
      case FAIL -> finish(ST0_ABNORMAL, failure, 0);
    }
  }

  /** Where the sector at hand is on the diskette, or -1 after ending the command in error. */
  private int locate() {
    if (!readable(true, unit, dataRate)) {
      finish(ST0_ABNORMAL, ST1_MISSING_ADDRESS_MARK, 0);
      return -1;
    }
    FloppyDrive drive = drives[unit];
    boolean anyId = command == Command.READ_TRACK;
    boolean wrongCylinder = cylinder != drive.cylinder() && !anyId;
    int lba = drive.format().lba(drive.cylinder(), physicalHead, sector);
    if (lba < 0 || wrongCylinder || head != physicalHead && !anyId || sizeCode != SIZE_CODE) {
      finish(ST0_ABNORMAL, ST1_NO_DATA, wrongCylinder ? ST2_WRONG_CYLINDER : 0);
      return -1;
    }
    return lba;
  }

  private void load() {
    int lba = locate();
    if (lba < 0) {
      return;
    }
    long started = generation;
    outstanding = true;
    drives[unit].read(
        lba,
        buffer,
        result -> {
          if (started == generation) {
            outstanding = false;
            loaded(result);
          }
        });
  }

  private void loaded(Result result) {
    if (result != Result.OK) {
      finish(ST0_ABNORMAL, ST1_DATA_ERROR, ST2_DATA_ERROR);
    } else if (command == Command.VERIFY) {
      sectorDone();
    } else {
      stage = Stage.DELIVER;
      offer();
    }
  }

  /** The host may move the bytes of the sector at hand. */
  private void offer() {
    position = 0;
    tries = 0;
    if (pio) {
      dueAt = NEVER;
      listener.byteReady();
    } else {
      moveByDma();
    }
  }

  private void collect() {
    if (tries > 0) {
      moveByDma();
    } else if (command == Command.FORMAT_TRACK || locate() >= 0) {
      Arrays.fill(buffer, (byte) 0);
      offer();
    }
  }

  private int bytesWanted() {
    return command == Command.FORMAT_TRACK ? ID_BYTES : FloppyDrive.SECTOR;
  }

  private void moveByDma() {
    int wanted = bytesWanted() - position;
    position +=
        stage == Stage.DELIVER
            ? dma.toMemory(buffer, position, wanted)
            : dma.fromMemory(buffer, position, wanted);
    terminalCount = dma.terminalCount();
    if (terminalCount || position == bytesWanted()) {
      bytesMoved();
    } else if (++tries < DMA_TRIES) {
      schedule(stage, DMA_RETRY);
    } else {
      finish(ST0_ABNORMAL, ST1_OVERRUN, 0);
    }
  }

  private void bytesMoved() {
    tries = 0;
    if (stage == Stage.DELIVER) {
      sectorDone();
    } else {
      stage = Stage.STORE;
      dueAt = clock.now();
      store();
    }
  }

  private void store() {
    byte[] data = buffer;
    int lba;
    if (command == Command.FORMAT_TRACK) {
      lba = formattedSector();
      data = new byte[FloppyDrive.SECTOR];
      Arrays.fill(data, (byte) fill);
    } else {
      lba = locate();
      if (lba < 0) {
        return;
      }
    }
    if (lba < 0) {
      sectorDone(); // an ID that no read will look for
      return;
    }
    long started = generation;
    outstanding = true;
    drives[unit].write(
        lba,
        data,
        result -> {
          if (started == generation) {
            outstanding = false;
            stored(result);
          }
        });
  }

  /** Where the sector goes whose ID the host gave, or -1 if the diskette has no such sector. */
  private int formattedSector() {
    FloppyDrive drive = drives[unit];
    boolean fits =
        drive.loaded()
            && (buffer[0] & 0xFF) == drive.cylinder()
            && buffer[1] == physicalHead
            && buffer[3] == SIZE_CODE;
    return fits ? drive.format().lba(drive.cylinder(), physicalHead, buffer[2] & 0xFF) : -1;
  }

  private void stored(Result result) {
    switch (result) {
      case OK -> sectorDone();
      case WRITE_PROTECTED -> finish(ST0_ABNORMAL, ST1_NOT_WRITABLE, 0);
      case OUT_OF_RANGE, FAILED, CANCELLED -> finish(ST0_ABNORMAL, ST1_DATA_ERROR, ST2_DATA_ERROR);
    }
  }

  private void sectorDone() {
    position = 0;
    boolean counted = remaining > 0 && --remaining == 0;
    if (command == Command.FORMAT_TRACK) {
      if (counted || remaining <= 0) {
        finish(0, 0, 0);
      } else {
        schedule(Stage.COLLECT, SECTOR_TIME);
      }
      return;
    }
    boolean more = advance();
    if (command == Command.READ_DELETED_DATA) {
      finish(0, 0, ST2_CONTROL_MARK); // no sector is marked deleted: it stops after the first
    } else if (terminalCount || counted || !more && command == Command.VERIFY) {
      finish(0, 0, 0);
    } else if (!more) {
      finish(ST0_ABNORMAL, ST1_END_OF_CYLINDER, 0);
    } else {
      schedule(command.reads() ? Stage.LOAD : Stage.COLLECT, SECTOR_TIME);
    }
  }

  /** Goes to the next sector ([82077AA] Result Phase Table); false after the last one. */
  private boolean advance() {
    if (sector < lastSector) {
      sector++;
      return true;
    }
    sector = 1;
    if (multiTrack) {
      head ^= 1;
      if (physicalHead == 0) {
        physicalHead = 1;
        return true;
      }
    }
    cylinder = cylinder + 1 & 0xFF;
    return false;
  }

  private void finish(int st0, int st1, int st2) {
    int st0Full = st0 | physicalHead << 2 | unit;
    int[] id = {cylinder, head, sector, sizeCode};
    end();
    listener.finished(st0Full, st1, st2, id);
  }

  /** In non-DMA mode: whether the host is to read (or write) a byte now. */
  boolean byteWanted() {
    return pio && dueAt == NEVER && (stage == Stage.DELIVER || stage == Stage.COLLECT);
  }

  /** In non-DMA mode: whether bytes go from the diskette to the host. */
  boolean toHost() {
    return command.reads();
  }

  boolean nonDma() {
    return pio;
  }

  /** The host reads a byte; only while {@link #byteWanted} and {@link #toHost}. */
  int readByte() {
    int value = buffer[position++] & 0xFF;
    byteMoved();
    return value;
  }

  /** The host writes a byte; only while {@link #byteWanted} and not {@link #toHost}. */
  void writeByte(int value) {
    buffer[position++] = (byte) value;
    byteMoved();
  }

  private void byteMoved() {
    if (position == bytesWanted()) {
      dueAt = clock.now();
      bytesMoved();
    } else {
      listener.byteReady();
    }
  }

  State save() {
    return new State(
        buffer.clone(),
        command,
        unit,
        multiTrack,
        pio,
        dataRate,
        physicalHead,
        new int[] {cylinder, head, sector, sizeCode},
        lastSector,
        remaining,
        fill,
        stage,
        failure,
        position,
        tries,
        terminalCount,
        dueAt);
  }

  /** Continues a saved command; a sector that the medium was at work on is begun again. */
  void restore(State state) throws BadStateException {
    if (state.buffer == null
        || state.buffer.length != FloppyDrive.SECTOR
        || state.id == null
        || state.id.length != ID_BYTES
        || state.command == null
        || state.stage == null
        || state.position < 0
        || state.dueAt < 0) {
      throw new BadStateException("floppy: transfer incomplete");
    }
    clear();
    System.arraycopy(state.buffer, 0, buffer, 0, buffer.length);
    command = state.command;
    unit = state.unit & 3;
    multiTrack = state.multiTrack;
    pio = state.pio;
    dataRate = state.dataRate & DATA_RATE;
    physicalHead = state.physicalHead & 1;
    cylinder = state.id[0] & 0xFF;
    head = state.id[1] & 0xFF;
    sector = state.id[2] & 0xFF;
    sizeCode = state.id[3] & 0xFF;
    lastSector = state.lastSector & 0xFF;
    remaining = Math.clamp(state.remaining, UNLIMITED, 0xFF);
    fill = state.fill & 0xFF;
    stage = state.stage;
    failure = state.failure & 0xFF;
    position = state.position;
    tries = Math.clamp(state.tries, 0, DMA_TRIES);
    terminalCount = state.terminalCount;
    dueAt = state.dueAt;
    boolean active = stage != Stage.IDLE && stage != Stage.FAIL;
    if (active && unit >= drives.length || position >= bytesWanted() && stage != Stage.STORE) {
      throw new BadStateException("floppy: transfer out of range");
    }
    if (dueAt != NEVER) {
      timer.schedule(dueAt);
    }
  }

  /** Saved state; {@code dueAt} in nanoseconds since power-on, Long.MAX_VALUE for never. */
  record State(
      byte[] buffer,
      Command command,
      int unit,
      boolean multiTrack,
      boolean pio,
      int dataRate,
      int physicalHead,
      int[] id,
      int lastSector,
      int remaining,
      int fill,
      Stage stage,
      int failure,
      int position,
      int tries,
      boolean terminalCount,
      long dueAt) {}
}
