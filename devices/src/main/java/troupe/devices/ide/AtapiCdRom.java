package troupe.devices.ide;

import static troupe.devices.ide.AtaCommands.*;
import static troupe.devices.ide.AtaRegisters.ABRT;
import static troupe.devices.ide.AtaRegisters.BSY;
import static troupe.devices.ide.AtaRegisters.DRDY;
import static troupe.devices.ide.AtaRegisters.REASON_COD;
import static troupe.devices.ide.AtaRegisters.REASON_IO;

import java.util.Arrays;
import troupe.devices.outside.BlockPort;
import troupe.devices.outside.BlockPort.Result;
import troupe.devices.state.BadStateException;

/**
 * An ATAPI CD-ROM drive: the PACKET protocol around an {@link MmcUnit}. Data goes to the host by
 * PIO in pieces of at most the byte count limit, whole sectors where the limit allows, or by DMA.
 * [ATA/ATAPI-6] sections 8.22 and 9.8.
 *
 * <p>The host side may change the medium at any time the machine's thread is free.
 */
public final class AtapiCdRom extends IdeDrive {
  private static final int PACKET_BYTES = 12;
  private static final int CHUNK_SECTORS = 32;
  private static final int SIGNATURE = 0xEB14;
  private static final int FEATURE_DMA = 0x01;
  private static final int MOST_BYTE_COUNT = 0xFFFE;
  private static final int MOST_BUFFER = CHUNK_SECTORS * MmcUnit.RAW_BLOCK_BYTES;
  private static final int DEFAULT_TRANSFER_MODE = 0x22;

  private final DriveIdentity identity;
  private final MmcUnit unit;
  private int transferMode;

  private Job job = Job.NONE;
  private boolean byDma;

  /** Most bytes in a DRQ data block. */
  private int byteLimit;

  /** Next sector to be read from the medium, and how many are left to read. */
  private long sector;

  private int remaining;
  private boolean raw;

  /** Bytes in the buffer that the host is to get. */
  private int filled;

  /** What the data block is. */
  enum Job {
    NONE,
    /** IDENTIFY PACKET DEVICE. */
    REPORT,
    /** The command packet, coming from the host. */
    COMMAND,
    /** The data of a packet command. */
    DATA
  }

  /** Saved state. */
  public record State(
      DriveState drive,
      MmcUnit.State unit,
      int transferMode,
      Job job,
      boolean byDma,
      int byteLimit,
      long sector,
      int remaining,
      boolean raw,
      int filled) {}

  /**
   * A drive.
   *
   * @param medium sectors of 2048 bytes, or null for an empty drive
   * @param trayMoved runs after the guest has opened or closed the tray
   */
  public AtapiCdRom(BlockPort medium, DriveIdentity identity, Runnable trayMoved) {
    this.identity = identity;
    unit = new MmcUnit(identity, medium, trayMoved);
    powerOn();
  }

  // The host side

  /** Whether the guest has locked the tray. */
  public boolean locked() {
    return unit.locked();
  }

  public boolean trayOpen() {
    return unit.trayOpen();
  }

  /** The medium in the drive, or null. */
  public BlockPort medium() {
    return unit.medium();
  }

  /**
   * Puts {@code medium} (sectors of 2048 bytes) in the place of what was there; closes the tray.
   */
  public void insert(BlockPort medium) {
    interruptMedium();
    unit.insert(medium);
  }

  /**
   * Presses the eject button: takes the medium out, unless the guest has locked the tray; it is
   * then told of the request, and false is returned.
   */
  public boolean eject() {
    if (unit.locked()) {
      unit.requestEject();
      return false;
    }
    remove();
    return true;
  }

  /** Takes the medium out even from a locked drive. */
  public void remove() {
    interruptMedium();
    unit.remove();
  }

  /** The transfer under way ends with an error, for its medium is going. */
  private void interruptMedium() {
    if (job == Job.DATA && !idle()) {
      dropTransfers();
      checkCondition(Sense.NO_MEDIUM_TRAY_CLOSED);
    }
  }

  // The drive

  @Override
  void powerOn() {
    transferMode = DEFAULT_TRANSFER_MODE;
    unit.powerOn();
  }

  @Override
  int signature() {
    return SIGNATURE;
  }

  @Override
  int statusAfterReset() {
    return 0;
  }

  @Override
  boolean takesDeviceReset() {
    return true;
  }

  @Override
  void abandonCommand() {
    clearJob();
    unit.reset();
  }

  private void clearJob() {
    job = Job.NONE;
    byDma = false;
    byteLimit = 0;
    sector = 0;
    remaining = 0;
    raw = false;
    filled = 0;
  }

  @Override
  void execute(int command) {
    error = 0;
    switch (command) {
      case DEVICE_RESET -> {
        int device = taskFile.device() & AtaRegisters.DEVICE_DEV;
        endReset();
        taskFile.setDevice(device);
      }
      case PACKET -> {
        byDma = (taskFile.features() & FEATURE_DMA) != 0;
        byteLimit = byteCountLimit();
        ensureBuffer(PACKET_BYTES);
        job = Job.COMMAND;
        taskFile.setSectorCount(REASON_COD);
        beginPio(Direction.TO_DRIVE, 0, PACKET_BYTES);
      }
      case IDENTIFY_PACKET_DEVICE -> {
        ensureBuffer(IdentifyData.BYTES);
        AtapiIdentify.write(buffer, identity, transferMode);
        job = Job.REPORT;
        beginPio(Direction.TO_HOST, 0, IdentifyData.BYTES);
        raiseInterrupt();
      }
      case IDENTIFY_DEVICE, READ_SECTORS, READ_SECTORS_NO_RETRY -> {
        int device = taskFile.device();
        taskFile.setSignature(SIGNATURE);
        taskFile.setDevice(device);
        abort();
      }
      case SET_FEATURES -> setFeatures();
      case STANDBY_IMMEDIATE, STANDBY_IMMEDIATE_OLD, IDLE_IMMEDIATE, IDLE_IMMEDIATE_OLD ->
          complete();
      case CHECK_POWER_MODE, CHECK_POWER_MODE_OLD -> {
        taskFile.setSectorCount(0xFF);
        complete();
      }
      default -> abort();
    }
  }

  private void setFeatures() {
    int mode = taskFile.sectorCount();
    if (taskFile.features() == FEATURE_TRANSFER_MODE
        && AtaSettings.isTransferMode(mode, AtapiIdentify.MOST_ULTRA_DMA)) {
      transferMode = mode >= 0x20 ? mode : 0;
      complete();
    } else {
      abort();
    }
  }

  /** Even, and never zero. */
  private int byteCountLimit() {
    int limit = taskFile.cylinder() & MOST_BYTE_COUNT;
    return limit == 0 ? MOST_BYTE_COUNT : limit;
  }

  @Override
  void blockDone() {
    switch (job) {
      case NONE -> throw new IllegalStateException("data block without a command");
      case REPORT -> {
        job = Job.NONE;
        status = AtaRegisters.READY;
      }
      case COMMAND -> executePacket(Arrays.copyOf(buffer, PACKET_BYTES));
      case DATA -> {
        if (position < filled) {
          sendBlock(position);
        } else if (remaining > 0) {
          load();
        } else {
          goodStatus();
        }
      }
    }
  }

  private void executePacket(byte[] packet) {
    switch (unit.execute(packet)) {
      case MmcReply.Done done -> goodStatus();
      case MmcReply.Failed failed -> checkCondition(failed.sense());
      case MmcReply.Data data -> {
        job = Job.DATA;
        remaining = 0;
        filled = data.bytes().length;
        ensureBuffer(filled);
        System.arraycopy(data.bytes(), 0, buffer, 0, filled);
        sendBlock(0);
      }
      case MmcReply.Sectors sectors -> {
        job = Job.DATA;
        sector = sectors.first();
        remaining = sectors.count();
        raw = sectors.raw();
        ensureBuffer(
            Math.min(remaining, CHUNK_SECTORS)
                * (raw ? MmcUnit.RAW_BLOCK_BYTES : MmcUnit.BLOCK_BYTES));
        load();
      }
    }
  }

  private void load() {
    BlockPort medium = unit.medium();
    if (!unit.ready()) {
      checkCondition(Sense.NO_MEDIUM_TRAY_CLOSED);
      return;
    }
    int count = Math.min(remaining, CHUNK_SECTORS);
    status = BSY | DRDY;
    medium.read(sector, count, buffer, 0, whenDone(result -> loaded(result, count)));
  }

  private void loaded(Result result, int count) {
    switch (result) {
      case OK -> {
        if (raw) {
          RawSectors.expand(buffer, sector, count);
        }
        filled = count * (raw ? MmcUnit.RAW_BLOCK_BYTES : MmcUnit.BLOCK_BYTES);
        sector += count;
        remaining -= count;
        sendBlock(0);
      }
      case OUT_OF_RANGE -> checkCondition(Sense.ADDRESS_OUT_OF_RANGE);
      case CANCELLED -> checkCondition(Sense.NO_MEDIUM_TRAY_CLOSED);
      case FAILED, WRITE_PROTECTED -> checkCondition(Sense.UNRECOVERED_READ_ERROR);
    }
  }

  private void sendBlock(int from) {
    if (byDma) {
      taskFile.setSectorCount(REASON_IO);
      beginDma(Direction.TO_HOST, from, filled);
      return;
    }
    int most = byteLimit;
    if (!raw && most > MmcUnit.BLOCK_BYTES) {
      most -= most % MmcUnit.BLOCK_BYTES;
    }
    int bytes = Math.min(most, filled - from);
    taskFile.setSectorCount(REASON_IO);
    taskFile.setCylinder(bytes);
    beginPio(Direction.TO_HOST, from, from + bytes);
    raiseInterrupt();
  }

  private void goodStatus() {
    clearJob();
    taskFile.setSectorCount(REASON_COD | REASON_IO);
    complete();
  }

  private void checkCondition(Sense sense) {
    clearJob();
    unit.setSense(sense);
    taskFile.setSectorCount(REASON_COD | REASON_IO);
    fail(sense.key() << 4 | ABRT);
  }

  // Saved state

  @Override
  IdeChannel.DriveSlot saveSlot() {
    int bytes =
        switch (job) {
          case NONE -> 0;
          case REPORT -> IdentifyData.BYTES;
          case COMMAND -> PACKET_BYTES;
          case DATA -> bufferBytes();
        };
    State state =
        new State(
            saveDrive(bytes),
            unit.save(),
            transferMode,
            job,
            byDma,
            byteLimit,
            sector,
            remaining,
            raw,
            filled);
    return new IdeChannel.DriveSlot(null, state);
  }

  /** What the buffer must hold for the data phase to go on: this chunk, and the next ones. */
  private int bufferBytes() {
    int sectorBytes = raw ? MmcUnit.RAW_BLOCK_BYTES : MmcUnit.BLOCK_BYTES;
    return Math.max(filled, Math.min(remaining, CHUNK_SECTORS) * sectorBytes);
  }

  @Override
  void restoreInto(IdeChannel.DriveSlot slot) throws BadStateException {
    State state = slot.cdRom();
    if (state == null) {
      throw new BadStateException("saved IDE channel has no CD-ROM drive where this one has");
    }
    if (state.job == null
        || state.byteLimit < 0
        || state.byteLimit > MOST_BYTE_COUNT
        || state.byteLimit == 0 && state.job == Job.DATA
        || state.sector < 0
        || state.sector > 1L << 32
        || state.remaining < 0
        || state.filled < 0
        || state.filled > MOST_BUFFER
        || state.drive == null
        || state.drive.direction() == null
        || state.job == Job.NONE && state.drive.direction() != Direction.NONE) {
      throw new BadStateException("CD-ROM drive has an impossible transfer");
    }
    restoreDrive(state.drive, MOST_BUFFER);
    unit.restore(state.unit);
    transferMode = state.transferMode & 0xFF;
    job = state.job;
    byDma = state.byDma;
    byteLimit = state.byteLimit;
    sector = state.sector;
    remaining = state.remaining;
    raw = state.raw;
    filled = state.filled;
    if (job != Job.NONE
        && buffer.length
            < (job == Job.DATA ? bufferBytes() : job == Job.COMMAND ? PACKET_BYTES : 1)) {
      throw new BadStateException("CD-ROM drive has lost its buffer");
    }
  }
}
