package troupe.devices.ide;

import troupe.devices.bus.BusMaster;

/**
 * One channel's bus master: walks the table of physical region descriptors and moves what the drive
 * that asserts DMARQ has to move. [SFF-8038i] sections 2 and 3.
 *
 * <p>A descriptor is an even address, an even byte count (0 for 64 KiB) and the end-of-table bit.
 * When the table ends before the drive is done, Active clears and the drive is left waiting, which
 * software sees as "not active, no interrupt"; when the drive is done first, its interrupt comes
 * with Active still set. A region that crosses a 64 KiB boundary, which the specification forbids,
 * goes on at the next address. The drive's command, not the direction bit, decides which way data
 * goes.
 */
final class BusMasterChannel implements IdeChannel.Host {
  private static final int COMMAND = 0;
  private static final int STATUS = 2;
  private static final int TABLE = 4;

  // Command
  private static final int START = 0x01;
  private static final int TO_MEMORY = 0x08;

  // Status
  private static final int ACTIVE = 0x01;
  private static final int ERROR = 0x02;
  private static final int INTERRUPT = 0x04;

  /** Set by software for itself: drive 0 and drive 1 can do DMA. */
  private static final int DRIVES_CAPABLE = 0x60;

  // Descriptor
  private static final int DESCRIPTOR_BYTES = 8;
  private static final int END_OF_TABLE = 0x8000_0000;
  private static final int MOST_REGION = 0x1_0000;

  private final BusMaster memory;
  private final IdeChannel channel;
  private int command;
  private int status;
  private int table;
  private int descriptor;
  private int address;
  private int left;
  private boolean lastRegion;
  private boolean enabled;
  private boolean moving;

  /**
   * Saved state.
   *
   * @param descriptor address of the next descriptor
   * @param address where the current region goes on
   * @param left bytes left of the current region
   */
  record State(
      int command,
      int status,
      int table,
      int descriptor,
      int address,
      int left,
      boolean lastRegion) {}

  BusMasterChannel(BusMaster memory, IdeChannel channel) {
    this.memory = memory;
    this.channel = channel;
    channel.attach(this);
  }

  void reset() {
    command = 0;
    status = 0;
    table = 0;
    descriptor = 0;
    address = 0;
    left = 0;
    lastRegion = false;
  }

  void setEnabled(boolean enabled) {
    this.enabled = enabled;
    move();
  }

  int read8(int offset) {
    return switch (offset) {
      case COMMAND -> command;
      case STATUS -> status;
      case TABLE, TABLE + 1, TABLE + 2, TABLE + 3 -> table >>> 8 * (offset - TABLE) & 0xFF;
      default -> 0;
    };
  }

  void write8(int offset, int value) {
    switch (offset) {
      case COMMAND -> writeCommand(value);
      case STATUS ->
          status = value & DRIVES_CAPABLE | status & ACTIVE | status & ~value & (ERROR | INTERRUPT);
      case TABLE, TABLE + 1, TABLE + 2, TABLE + 3 -> {
        int shift = 8 * (offset - TABLE);
        table = (table & ~(0xFF << shift) | (value & 0xFF) << shift) & ~3;
      }
      default -> {}
    }
  }

  private void writeCommand(int value) {
    boolean wasStarted = (command & START) != 0;
    command = value & (START | TO_MEMORY);
    boolean started = (command & START) != 0;
    if (started && !wasStarted) {
      status |= ACTIVE;
      descriptor = table;
      left = 0;
      lastRegion = false;
      move();
    } else if (!started) {
      status &= ~ACTIVE;
    }
  }

  @Override
  public void dmaRequested() {
    move();
  }

  @Override
  public void interruptRaised() {
    status |= INTERRUPT;
  }

  /** Moves all that can be moved now. */
  private void move() {
    if (moving) {
      return; // the drive asked for more from within the loop, which sees it
    }
    moving = true;
    IdeDrive drive = channel.dmaDrive();
    while (drive != null && enabled && (status & ACTIVE) != 0) {
      if (left == 0) {
        nextRegion();
      }
      int bytes = Math.min(left, drive.dmaBytes());
      if (drive.dmaToHost()) {
        memory.write(address, drive.buffer, drive.position, bytes);
      } else {
        memory.read(address, drive.buffer, drive.position, bytes);
      }
      address += bytes;
      left -= bytes;
      if (left == 0 && lastRegion) {
        status &= ~ACTIVE;
      }
      drive.dmaMoved(bytes);
      drive = channel.dmaDrive();
    }
    moving = false;
  }

  private void nextRegion() {
    address = memory.read32(descriptor) & ~1;
    int second = memory.read32(descriptor + 4);
    descriptor += DESCRIPTOR_BYTES;
    int count = second & (MOST_REGION - 2);
    left = count == 0 ? MOST_REGION : count;
    lastRegion = (second & END_OF_TABLE) != 0;
  }

  State save() {
    return new State(command, status, table, descriptor, address, left, lastRegion);
  }

  void restore(State state) {
    command = state.command & (START | TO_MEMORY);
    status = state.status & (DRIVES_CAPABLE | INTERRUPT | ERROR | ACTIVE);
    table = state.table & ~3;
    descriptor = state.descriptor & ~3;
    address = state.address;
    left = Math.clamp(state.left, 0, MOST_REGION);
    lastRegion = state.lastRegion;
  }
}
