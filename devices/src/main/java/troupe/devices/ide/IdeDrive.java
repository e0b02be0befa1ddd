package troupe.devices.ide;

import static troupe.devices.ide.AtaRegisters.ABRT;
import static troupe.devices.ide.AtaRegisters.BSY;
import static troupe.devices.ide.AtaRegisters.DIAGNOSTIC_PASSED;
import static troupe.devices.ide.AtaRegisters.DRQ;
import static troupe.devices.ide.AtaRegisters.ERR;
import static troupe.devices.ide.AtaRegisters.READY;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import troupe.devices.outside.BlockPort;
import troupe.devices.state.BadStateException;

/**
 * What disks and CD-ROM drives have in common on the cable: the task file, status and error, the
 * pending interrupt, the sector buffer with the DRQ data block that the host reads or writes
 * through the data register or by DMA.
 *
 * <p>Media transfers are asynchronous: the drive is BSY from the call of the {@link BlockPort} to
 * its completion. After a reset in between the drive stays BSY until the late completion, which has
 * no other effect; so a guest that resets in a loop cannot have more than one transfer under way.
 */
public abstract sealed class IdeDrive permits AtaDisk, AtapiCdRom {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Which way the DRQ data block goes, if there is one. */
  enum Direction {
    NONE,
    TO_HOST,
    TO_DRIVE
  }

  final TaskFile taskFile = new TaskFile();
  int status;
  int error;

  /** Sectors on their way; a DRQ data block is a part of it. */
  byte[] buffer = new byte[0];

  /** Next byte of the DRQ data block in {@link #buffer}, and its end. */
  int position;

  private int end;
  private Direction direction = Direction.NONE;
  private boolean dma;
  private boolean interrupt;
  private IdeChannel channel;

  /** Transfers that the port has not completed, given up ones among them. */
  private int outstanding;

  private int generation;

  /** A reset is over but for transfers that the port has still to complete. */
  private boolean resetting;

  /** Saved state of the common part. */
  record DriveState(
      TaskFile.State taskFile,
      int status,
      int error,
      byte[] buffer,
      int position,
      int end,
      Direction direction,
      boolean dma,
      boolean interrupt) {}

  // What a kind of drive does

  /** Executes a command; the drive is neither busy nor in a data phase. */
  abstract void execute(int command);

  /** The host has read or filled the whole DRQ data block. */
  abstract void blockDone();

  /** The content of the cylinder registers after a reset, which tells the kinds apart. */
  abstract int signature();

  /** Status after a reset: packet devices show no DRDY until they are asked something. */
  abstract int statusAfterReset();

  /** Gives up the command under way. */
  abstract void abandonCommand();

  /** Settings as at power-on. */
  abstract void powerOn();

  /** Whether DEVICE RESET is a command of this drive, taken even while it is busy. */
  abstract boolean takesDeviceReset();

  abstract void restoreInto(IdeChannel.DriveSlot slot) throws BadStateException;

  abstract IdeChannel.DriveSlot saveSlot();

  // The cable

  final void plug(IdeChannel into) {
    channel = into;
  }

  /** True when no transfer is under way, so that the state can be saved. */
  final boolean idle() {
    return outstanding == 0;
  }

  final boolean interruptPending() {
    return interrupt;
  }

  final void acknowledgeInterrupt() {
    interrupt = false;
  }

  /** A write to Features up to Device, which reaches both drives of the cable. */
  final void writeParameter(int register, int value) {
    if ((status & (BSY | DRQ)) == 0) {
      taskFile.write(register, value);
    }
  }

  final void writeCommand(int command) {
    if ((status & (BSY | DRQ)) != 0
        && !(command == AtaCommands.DEVICE_RESET && takesDeviceReset())) {
      return;
    }
    interrupt = false;
    channel.interruptChanged();
    execute(command);
  }

  /** SRST set: everything stops. */
  final void beginReset() {
    abandon();
    status = BSY;
  }

  /** The end of a reset, and EXECUTE DEVICE DIAGNOSTIC: the signature appears. */
  final void endReset() {
    abandon();
    error = DIAGNOSTIC_PASSED;
    taskFile.setSignature(signature());
    resetting = outstanding > 0;
    status = resetting ? BSY : statusAfterReset();
  }

  final void powerOnReset() {
    endReset();
    powerOn();
  }

  /** Ignores what the port has still to complete, and leaves it the buffer. */
  final void dropTransfers() {
    generation++;
    buffer = new byte[0];
  }

  private void abandon() {
    generation++;
    resetting = false;
    direction = Direction.NONE;
    dma = false;
    position = 0;
    end = 0;
    interrupt = false;
    abandonCommand();
  }

  // The ends of commands

  final void complete() {
    status = READY;
    direction = Direction.NONE;
    raiseInterrupt();
  }

  final void fail(int errorBits) {
    fail(errorBits, 0);
  }

  final void fail(int errorBits, int moreStatus) {
    error = errorBits;
    status = READY | ERR | moreStatus;
    direction = Direction.NONE;
    raiseInterrupt();
  }

  final void abort() {
    fail(ABRT);
  }

  final void raiseInterrupt() {
    interrupt = true;
    channel.interruptRaised();
  }

  // Media transfers

  /** Makes the buffer hold at least {@code bytes}; its content is then undefined. */
  final void ensureBuffer(int bytes) {
    if (buffer.length < bytes) {
      buffer = new byte[bytes];
    }
  }

  /** The completion of a transfer begun now: {@code next} runs unless a reset came before it. */
  final BlockPort.Completion whenDone(Consumer<BlockPort.Result> next) {
    outstanding++;
    int begun = generation;
    return result -> {
      outstanding--;
      if (begun == generation) {
        next.accept(result);
      } else if (resetting && outstanding == 0) {
        resetting = false;
        status = statusAfterReset();
      }
    };
  }

  // The DRQ data block

  /** Offers bytes {@code from} to {@code to} of the buffer to the data register. */
  final void beginPio(Direction way, int from, int to) {
    begin(way, from, to, false);
  }

  /** Offers bytes {@code from} to {@code to} of the buffer to DMA, asserting DMARQ. */
  final void beginDma(Direction way, int from, int to) {
    begin(way, from, to, true);
    channel.dmaRequested();
  }

  private void begin(Direction way, int from, int to, boolean byDma) {
    direction = way;
    position = from;
    end = to;
    dma = byDma;
    status = READY | DRQ;
  }

  /** Bytes that DMA could move now; 0 while DMARQ is negated. */
  final int dmaBytes() {
    return dma && direction != Direction.NONE ? end - position : 0;
  }

  final boolean dmaToHost() {
    return direction == Direction.TO_HOST;
  }

  /** DMA has moved {@code bytes} from or to {@link #position}. */
  final void dmaMoved(int bytes) {
    advance(bytes);
  }

  private void advance(int bytes) {
    position += bytes;
    if (position >= end) {
      direction = Direction.NONE;
      blockDone();
    }
  }

  private int pioBytes(Direction way) {
    return direction == way && !dma ? end - position : 0;
  }

  final int readData(int size) {
    int available = pioBytes(Direction.TO_HOST);
    if (available == 0) {
      return 0;
    }
    int value;
    if (available < size) {
      value = 0;
      for (int i = 0; i < available; i++) {
        value |= (buffer[position + i] & 0xFF) << 8 * i;
      }
    } else {
      value =
          switch (size) {
            case 2 -> (short) SHORTS.get(buffer, position) & 0xFFFF;
            case 4 -> (int) INTS.get(buffer, position);
            default -> buffer[position] & 0xFF;
          };
    }
    advance(Math.min(size, available));
    return value;
  }

  final void writeData(int size, int value) {
    int room = Math.min(size, pioBytes(Direction.TO_DRIVE));
    if (room == 0) {
      return;
    }
    for (int i = 0; i < room; i++) {
      buffer[position + i] = (byte) (value >>> 8 * i);
    }
    advance(room);
  }

  // Saved state

  final DriveState saveDrive(int bufferBytes) {
    if (!idle()) {
      throw new IllegalStateException("saving an IDE drive while a transfer is under way");
    }
    boolean data = direction != Direction.NONE;
    return new DriveState(
        taskFile.save(),
        status,
        error,
        Arrays.copyOf(buffer, bufferBytes),
        data ? position : 0,
        data ? end : 0,
        direction,
        data && dma,
        interrupt);
  }

  final void restoreDrive(DriveState state, int maxBuffer) throws BadStateException {
    if (state == null
        || state.buffer == null
        || state.direction == null
        || state.buffer.length > maxBuffer
        || state.position < 0
        || state.end < state.position
        || state.end > state.buffer.length
        || state.direction != Direction.NONE && state.position == state.end) {
      throw new BadStateException("IDE drive has an impossible data block");
    }
    taskFile.restore(state.taskFile);
    generation++;
    status = state.status & 0xFF;
    error = state.error & 0xFF;
    buffer = state.buffer.clone();
    position = state.position;
    end = state.end;
    direction = state.direction;
    dma = state.dma;
    interrupt = state.interrupt;
  }
}
