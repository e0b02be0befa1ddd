package troupe.devices.ide;

import static troupe.devices.ide.AtaCommands.*;
import static troupe.devices.ide.AtaRegisters.ABRT;
import static troupe.devices.ide.AtaRegisters.BSY;
import static troupe.devices.ide.AtaRegisters.DEVICE_LBA;
import static troupe.devices.ide.AtaRegisters.DF;
import static troupe.devices.ide.AtaRegisters.DRDY;
import static troupe.devices.ide.AtaRegisters.IDNF;
import static troupe.devices.ide.AtaRegisters.READY;
import static troupe.devices.ide.AtaRegisters.UNC;
import static troupe.devices.ide.AtaRegisters.WP;

import troupe.devices.outside.BlockPort;
import troupe.devices.outside.BlockPort.Result;
import troupe.devices.state.BadStateException;

/**
 * An ATA hard disk. Sectors are 512 bytes. Transfers go in chunks of up to 128 KiB between the
 * medium and the sector buffer, and in DRQ data blocks between the buffer and the host.
 *
 * <p>[ATA/ATAPI-6], and the obsolete commands of [ATA-3] that software of the time still uses. With
 * the write cache disabled, and for FUA commands, a write completes after a flush of the port.
 */
public final class AtaDisk extends IdeDrive {
  private static final int SECTOR = 512;
  private static final int CHUNK_SECTORS = 256;
  private static final long MOST_LBA48 = (1L << 48) - 1;
  private static final int SIGNATURE = 0x0000;
  private static final int POWER_ACTIVE = 0xFF;
  private static final int POWER_STANDBY = 0x00;

  private final BlockPort port;
  private final DriveIdentity identity;
  private final DiskGeometry geometry;
  private final AtaSettings settings = new AtaSettings();

  private Job job = Job.NONE;
  private AddressForm addressForm = AddressForm.LBA28;

  /** First sector in the buffer, sectors in the buffer, sectors to come after them. */
  private long sector;

  private int buffered;
  private int remaining;

  /** Sectors a DRQ data block. */
  private int blockSectors;

  private boolean byDma;
  private boolean forceUnitAccess;

  /** What the sector buffer is being used for. */
  enum Job {
    NONE,
    /** One block of data made by the drive: IDENTIFY, SMART. */
    REPORT,
    READ,
    WRITE
  }

  /** How the command under way gave its address. */
  enum AddressForm {
    CHS,
    LBA28,
    LBA48
  }

  /** Saved state. */
  public record State(
      DriveState drive,
      AtaSettings.State settings,
      Job job,
      AddressForm addressForm,
      long sector,
      int buffered,
      int remaining,
      int blockSectors,
      boolean byDma,
      boolean forceUnitAccess) {}

  /** A disk whose sectors are those of {@code port}, which must be 512 bytes each. */
  public AtaDisk(BlockPort port, DriveIdentity identity, DiskGeometry geometry) {
    if (port.sectorSize() != SECTOR) {
      throw new IllegalArgumentException("an ATA disk needs sectors of 512 bytes");
    }
    this.port = port;
    this.identity = identity;
    this.geometry = geometry;
    powerOn();
  }

  @Override
  void powerOn() {
    settings.powerOn(geometry);
  }

  @Override
  int signature() {
    return SIGNATURE;
  }

  @Override
  int statusAfterReset() {
    return READY;
  }

  @Override
  boolean takesDeviceReset() {
    return false;
  }

  @Override
  void abandonCommand() {
    job = Job.NONE;
    addressForm = AddressForm.LBA28;
    sector = 0;
    buffered = 0;
    remaining = 0;
    blockSectors = 0;
    byDma = false;
    forceUnitAccess = false;
    settings.sleeping = false;
    settings.standby = false;
  }

  @Override
  void execute(int command) {
    if (settings.sleeping) {
      return; // only a reset wakes it
    }
    error = 0;
    status = READY;
    switch (command) {
      case READ_SECTORS, READ_SECTORS_NO_RETRY -> read(form28(), 1, false);
      case READ_SECTORS_EXT -> read(AddressForm.LBA48, 1, false);
      case READ_MULTIPLE -> readMultiple(form28());
      case READ_MULTIPLE_EXT -> readMultiple(AddressForm.LBA48);
      case READ_DMA, READ_DMA_NO_RETRY -> read(form28(), CHUNK_SECTORS, true);
      case READ_DMA_EXT -> read(AddressForm.LBA48, CHUNK_SECTORS, true);
      case WRITE_SECTORS, WRITE_SECTORS_NO_RETRY -> write(form28(), 1, false, false);
      case WRITE_VERIFY -> write(form28(), 1, false, true);
      case WRITE_SECTORS_EXT -> write(AddressForm.LBA48, 1, false, false);
      case WRITE_MULTIPLE -> writeMultiple(form28(), false);
      case WRITE_MULTIPLE_EXT -> writeMultiple(AddressForm.LBA48, false);
      case WRITE_MULTIPLE_FUA_EXT -> writeMultiple(AddressForm.LBA48, true);
      case WRITE_DMA, WRITE_DMA_NO_RETRY -> write(form28(), CHUNK_SECTORS, true, false);
      case WRITE_DMA_EXT -> write(AddressForm.LBA48, CHUNK_SECTORS, true, false);
      case WRITE_DMA_FUA_EXT -> write(AddressForm.LBA48, CHUNK_SECTORS, true, true);
      case READ_VERIFY, READ_VERIFY_NO_RETRY -> verify(form28());
      case READ_VERIFY_EXT -> verify(AddressForm.LBA48);
      case IDENTIFY_DEVICE -> {
        ensureBuffer(SECTOR);
        AtaIdentify.write(buffer, identity, geometry, port.sectors(), settings);
        report();
      }
      case SET_FEATURES -> setFeatures();
      case SET_MULTIPLE_MODE -> setMultipleMode();
      case INITIALIZE_DEVICE_PARAMETERS -> initializeDeviceParameters();
      case FLUSH_CACHE, FLUSH_CACHE_EXT -> flush();
      case STANDBY, STANDBY_OLD, STANDBY_IMMEDIATE, STANDBY_IMMEDIATE_OLD -> {
        settings.standby = true;
        flush();
      }
      case IDLE, IDLE_OLD, IDLE_IMMEDIATE, IDLE_IMMEDIATE_OLD -> {
        settings.standby = false;
        complete();
      }
      case SLEEP, SLEEP_OLD -> {
        settings.sleeping = true;
        flush();
      }
      case CHECK_POWER_MODE, CHECK_POWER_MODE_OLD -> {
        taskFile.setSectorCount(settings.standby ? POWER_STANDBY : POWER_ACTIVE);
        complete();
      }
      case READ_NATIVE_MAX -> {
        taskFile.setLba28(Math.min(port.sectors(), AtaIdentify.MOST_LBA28_SECTORS) - 1);
        complete();
      }
      case READ_NATIVE_MAX_EXT -> {
        taskFile.setLba48(port.sectors() - 1);
        complete();
      }
      case SMART -> smart();
      default -> executeRange(command);
    }
  }

  /** Commands that own sixteen codes; all others are aborted, NOP and PACKET among them. */
  private void executeRange(int command) {
    switch (command & 0xF0) {
      case RECALIBRATE -> {
        taskFile.setCylinder(0);
        complete();
      }
      case SEEK -> {
        addressForm = form28();
        long target = address();
        if (target < 0 || target >= port.sectors()) {
          fail(IDNF);
        } else {
          complete();
        }
      }
      default -> abort();
    }
  }

  // Reading and writing

  private AddressForm form28() {
    return (taskFile.device() & DEVICE_LBA) != 0 ? AddressForm.LBA28 : AddressForm.CHS;
  }

  /** The sector in the task file; -1 for one that the logical geometry does not have. */
  private long address() {
    return switch (addressForm) {
      case LBA28 -> taskFile.lba28();
      case LBA48 -> taskFile.lba48();
      case CHS -> {
        int number = taskFile.sectorNumber();
        if (number == 0 || number > settings.sectorsPerTrack || taskFile.head() >= settings.heads) {
          yield -1;
        }
        long track = (long) taskFile.cylinder() * settings.heads + taskFile.head();
        yield track * settings.sectorsPerTrack + number - 1;
      }
    };
  }

  private void setAddress(long to) {
    switch (addressForm) {
      case LBA28 -> taskFile.setLba28(to);
      case LBA48 -> taskFile.setLba48(to);
      case CHS -> {
        long track = to / settings.sectorsPerTrack;
        taskFile.setSectorNumber((int) (to % settings.sectorsPerTrack) + 1);
        taskFile.setHead((int) (track % settings.heads));
        taskFile.setCylinder((int) (track / settings.heads));
      }
    }
  }

  /** Takes address and count from the task file; false if the command has failed. */
  private boolean takeRange(AddressForm form) {
    addressForm = form;
    settings.standby = false;
    long first = address();
    int count = form == AddressForm.LBA48 ? taskFile.count48() : taskFile.count28();
    if (first < 0) {
      fail(IDNF);
      return false;
    }
    if (first + count > port.sectors()) {
      setAddress(Math.max(first, port.sectors()));
      fail(IDNF);
      return false;
    }
    sector = first;
    buffered = 0;
    remaining = count;
    return true;
  }

  private void readMultiple(AddressForm form) {
    if (settings.multiple == 0) {
      abort();
    } else {
      read(form, settings.multiple, false);
    }
  }

  private void writeMultiple(AddressForm form, boolean fua) {
    if (settings.multiple == 0) {
      abort();
    } else {
      write(form, settings.multiple, false, fua);
    }
  }

  private void read(AddressForm form, int block, boolean dma) {
    if (takeRange(form)) {
      job = Job.READ;
      blockSectors = block;
      byDma = dma;
      load();
    }
  }

  private void write(AddressForm form, int block, boolean dma, boolean fua) {
    if (!takeRange(form)) {
      return;
    }
    if (port.readOnly()) {
      fail(ABRT | WP);
      return;
    }
    job = Job.WRITE;
    blockSectors = block;
    byDma = dma;
    forceUnitAccess = fua;
    nextChunk();
    nextBlock(Direction.TO_DRIVE, 0);
  }

  private void verify(AddressForm form) {
    if (takeRange(form)) {
      setAddress(sector + remaining - 1);
      taskFile.setSectorCount(0);
      complete();
    }
  }

  private void nextChunk() {
    sector += buffered;
    buffered = Math.min(remaining, CHUNK_SECTORS);
    remaining -= buffered;
    ensureBuffer(buffered * SECTOR);
  }

  private void load() {
    nextChunk();
    status = BSY | DRDY;
    port.read(sector, buffered, buffer, 0, whenDone(this::loaded));
  }

  private void loaded(Result result) {
    if (result != Result.OK) {
      failTransfer(result);
      return;
    }
    nextBlock(Direction.TO_HOST, 0);
    if (!byDma) {
      raiseInterrupt();
    }
  }

  private void store() {
    status = BSY | DRDY;
    port.write(sector, buffered, buffer, 0, whenDone(this::stored));
  }

  private void stored(Result result) {
    if (result != Result.OK) {
      failTransfer(result);
    } else if (remaining > 0) {
      nextChunk();
      nextBlock(Direction.TO_DRIVE, 0);
      if (!byDma) {
        raiseInterrupt();
      }
    } else if (forceUnitAccess || !settings.writeCache) {
      job = Job.NONE;
      flush();
    } else {
      job = Job.NONE;
      complete();
    }
  }

  private void nextBlock(Direction way, int from) {
    int to = Math.min(from + blockSectors * SECTOR, buffered * SECTOR);
    if (byDma) {
      beginDma(way, from, to);
    } else {
      beginPio(way, from, to);
    }
  }

  @Override
  void blockDone() {
    switch (job) {
      case NONE -> throw new IllegalStateException("data block without a command");
      case REPORT -> {
        job = Job.NONE;
        status = READY;
      }
      case READ -> {
        showProgress();
        if (position < buffered * SECTOR) {
          nextBlock(Direction.TO_HOST, position);
          raiseInterrupt();
        } else if (remaining > 0) {
          load();
        } else {
          job = Job.NONE;
          status = READY;
          if (byDma) {
            complete();
          }
        }
      }
      case WRITE -> {
        showProgress();
        if (position < buffered * SECTOR) {
          nextBlock(Direction.TO_DRIVE, position);
          raiseInterrupt();
        } else {
          store();
        }
      }
    }
  }

  /** The task file shows the last sector moved and how many are left. */
  private void showProgress() {
    int moved = position / SECTOR;
    setAddress(sector + moved - 1);
    taskFile.setSectorCount(buffered - moved + remaining);
  }

  private void failTransfer(Result result) {
    setAddress(sector);
    boolean reading = job == Job.READ;
    job = Job.NONE;
    switch (result) {
      case OK -> throw new IllegalStateException("a transfer that succeeded has not failed");
      case OUT_OF_RANGE -> fail(IDNF);
      case WRITE_PROTECTED -> fail(ABRT | WP);
      case FAILED, CANCELLED -> {
        if (reading) {
          fail(UNC);
        } else {
          fail(ABRT, DF);
        }
      }
    }
  }

  private void flush() {
    status = BSY | DRDY;
    port.flush(
        whenDone(
            result -> {
              if (result == Result.OK) {
                complete();
              } else {
                fail(ABRT, DF);
              }
            }));
  }

  // Reports and settings

  private void report() {
    job = Job.REPORT;
    beginPio(Direction.TO_HOST, 0, SECTOR);
    raiseInterrupt();
  }

  private void setFeatures() {
    int value = taskFile.sectorCount();
    switch (taskFile.features()) {
      case FEATURE_WRITE_CACHE_ON -> {
        settings.writeCache = true;
        complete();
      }
      case FEATURE_WRITE_CACHE_OFF -> {
        settings.writeCache = false;
        flush();
      }
      case FEATURE_LOOK_AHEAD_ON -> {
        settings.lookAhead = true;
        complete();
      }
      case FEATURE_LOOK_AHEAD_OFF -> {
        settings.lookAhead = false;
        complete();
      }
      case FEATURE_KEEP_SETTINGS, FEATURE_REVERT_TO_DEFAULTS -> complete();
      case FEATURE_TRANSFER_MODE -> {
        if (AtaSettings.isTransferMode(value, AtaIdentify.MOST_ULTRA_DMA)) {
          settings.transferMode = value >= 0x20 ? value : 0;
          complete();
        } else {
          abort();
        }
      }
      default -> abort();
    }
  }

  private void setMultipleMode() {
    int count = taskFile.sectorCount();
    if (count > AtaSettings.MOST_MULTIPLE || Integer.bitCount(count) > 1) {
      abort();
    } else {
      settings.multiple = count;
      complete();
    }
  }

  private void initializeDeviceParameters() {
    int perTrack = taskFile.sectorCount();
    if (perTrack == 0) {
      abort();
    } else {
      settings.sectorsPerTrack = perTrack;
      settings.heads = taskFile.head() + 1;
      complete();
    }
  }

  private void smart() {
    int subcommand = taskFile.features();
    if (taskFile.cylinder() != (SMART_LBA_HIGH << 8 | SMART_LBA_MID)
        || !settings.smart && subcommand != SMART_ENABLE) {
      abort();
      return;
    }
    ensureBuffer(SECTOR);
    switch (subcommand) {
      case SMART_READ_DATA -> {
        AtaSmart.writeData(buffer);
        report();
      }
      case SMART_READ_THRESHOLDS -> {
        AtaSmart.writeThresholds(buffer);
        report();
      }
      case SMART_ENABLE, SMART_DISABLE -> {
        settings.smart = subcommand == SMART_ENABLE;
        complete();
      }
      // the cylinder registers, left as they are, say that no threshold is exceeded
      case SMART_AUTOSAVE, SMART_OFFLINE_IMMEDIATE, SMART_RETURN_STATUS -> complete();
      default -> abort();
    }
  }

  // Saved state

  @Override
  IdeChannel.DriveSlot saveSlot() {
    int bytes =
        switch (job) {
          case NONE -> 0;
          case REPORT -> SECTOR;
          case READ, WRITE -> buffered * SECTOR;
        };
    State state =
        new State(
            saveDrive(bytes),
            settings.save(),
            job,
            addressForm,
            sector,
            buffered,
            remaining,
            blockSectors,
            byDma,
            forceUnitAccess);
    return new IdeChannel.DriveSlot(state, null);
  }

  @Override
  void restoreInto(IdeChannel.DriveSlot slot) throws BadStateException {
    State state = slot.disk();
    if (state == null) {
      throw new BadStateException("saved IDE channel has no disk where this one has");
    }
    boolean moving = state.job == Job.READ || state.job == Job.WRITE;
    if (state.job == null
        || state.addressForm == null
        || state.sector < 0
        || state.sector > MOST_LBA48
        || state.buffered < 0
        || state.buffered > CHUNK_SECTORS
        || state.remaining < 0
        || state.remaining > 0x1_0000
        || moving && (state.blockSectors < 1 || state.blockSectors > CHUNK_SECTORS)
        || state.drive == null
        || state.drive.buffer() == null
        || moving && state.drive.buffer().length != state.buffered * SECTOR
        || state.job == Job.NONE && state.drive.direction() != Direction.NONE) {
      throw new BadStateException("ATA disk has an impossible transfer");
    }
    restoreDrive(state.drive, CHUNK_SECTORS * SECTOR);
    settings.restore(state.settings);
    job = state.job;
    addressForm = state.addressForm;
    sector = state.sector;
    buffered = state.buffered;
    remaining = state.remaining;
    blockSectors = state.blockSectors;
    byDma = state.byDma;
    forceUnitAccess = state.forceUnitAccess;
  }
}
