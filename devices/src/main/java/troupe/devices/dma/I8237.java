package troupe.devices.dma;

import java.util.Arrays;
import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortDevice;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * One 8237A DMA controller: four channels with their base and current registers. Ports: offsets 0
 * to 15, address lines A0 to A3 of the chip. The second controller of a PC moves words: its
 * addresses and counts are in units of two bytes.
 *
 * <p>Memory-to-memory transfers and the software requests behind them are not wired on a PC; their
 * registers keep what is written.
 */
final class I8237 implements PortDevice, Chip<I8237.State> {
  private static final int STATUS_COMMAND = 8;
  private static final int REQUEST = 9;
  private static final int SINGLE_MASK = 10;
  private static final int MODE = 11;
  private static final int CLEAR_POINTER = 12;
  private static final int MASTER_CLEAR = 13;
  private static final int CLEAR_MASK = 14;
  private static final int ALL_MASK = 15;

  private static final int COMMAND_DISABLE = 0x04;
  private static final int MODE_AUTOINITIALIZE = 0x10;
  private static final int MODE_DECREMENT = 0x20;
  private static final int MODE_TYPE = 0x0C;
  private static final int TYPE_VERIFY = 0x00;
  private static final int TYPE_WRITE = 0x04;
  private static final int TYPE_READ = 0x08;

  private final BusMaster memory;
  private final int shift;
  private final int[] page = new int[4];
  private final int[] baseAddress = new int[4];
  private final int[] baseCount = new int[4];
  private final int[] address = new int[4];
  private final int[] count = new int[4];
  private final int[] mode = new int[4];
  private final DmaChannel[] channels = new DmaChannel[4];
  private final boolean[] terminalCount = new boolean[4];
  private int command;
  private int status;
  private int request;
  private int mask;
  private boolean highByte;

  /**
   * @param shift log2 of the bytes a transfer: 0 or 1
   */
  I8237(BusMaster memory, int shift) {
    this.memory = memory;
    this.shift = shift;
    for (int i = 0; i < channels.length; i++) {
      channels[i] = new Channel(i);
    }
    masterClear();
  }

  @Override
  public void reset() {
    for (int[] registers : new int[][] {page, baseAddress, baseCount, address, count, mode}) {
      Arrays.fill(registers, 0);
    }
    Arrays.fill(terminalCount, false);
    masterClear();
  }

  private void masterClear() {
    command = 0;
    status = 0;
    request = 0;
    mask = 0xF;
    highByte = false;
  }

  DmaChannel channel(int number) {
    return channels[number];
  }

  /** The page register of a channel: address bits 23 to 16 (17 on the word controller). */
  int page(int channel) {
    return page[channel];
  }

  void setPage(int channel, int value) {
    page[channel] = value;
  }

  @Override
  public int read8(int offset) {
    int register = offset & 15;
    return switch (register) {
      case STATUS_COMMAND -> {
        int value = status | request << 4;
        status = 0;
        yield value;
      }
      case MASTER_CLEAR -> 0; // temporary register
      case ALL_MASK -> mask | 0xF0;
      default ->
          register < STATUS_COMMAND
              ? half((register & 1) == 0 ? address[register >> 1] : count[register >> 1])
              : OPEN_BUS;
    };
  }

  private int half(int value) {
    boolean high = highByte;
    highByte = !high;
    return high ? value >> 8 : value & 0xFF;
  }

  @Override
  public void write8(int offset, int value) {
    int register = offset & 15;
    int channel = value & 3;
    switch (register) {
      case STATUS_COMMAND -> command = value & 0xFF;
      case REQUEST -> request = withBit(request, channel, (value & 4) != 0);
      case SINGLE_MASK -> mask = withBit(mask, channel, (value & 4) != 0);
      case MODE -> mode[channel] = value & 0xFF;
      case CLEAR_POINTER -> highByte = false;
      case MASTER_CLEAR -> masterClear();
      case CLEAR_MASK -> mask = 0;
      case ALL_MASK -> mask = value & 0xF;
      default -> writeChannel(register >> 1, (register & 1) == 0, value & 0xFF);
    }
  }

  private void writeChannel(int channel, boolean isAddress, int value) {
    int[] base = isAddress ? baseAddress : baseCount;
    base[channel] = highByte ? base[channel] & 0xFF | value << 8 : base[channel] & 0xFF00 | value;
    (isAddress ? address : count)[channel] = base[channel];
    highByte = !highByte;
  }

  private static int withBit(int bits, int number, boolean set) {
    return set ? bits | 1 << number : bits & ~(1 << number);
  }

  /**
   * Moves up to {@code length} bytes for a channel; {@code type} is the direction the device wants.
   */
  private int transfer(int channel, int type, byte[] buffer, int offset, int length) {
    terminalCount[channel] = false;
    int programmed = mode[channel] & MODE_TYPE;
    boolean verify = programmed == TYPE_VERIFY;
    if (!channels[channel].ready() || !verify && programmed != type) {
      return 0;
    }
    int units = Math.min(length >> shift, count[channel] + 1);
    if (!verify) {
      move(channel, type, buffer, offset, units);
    }
    int step = (mode[channel] & MODE_DECREMENT) != 0 ? -units : units;
    address[channel] = address[channel] + step & 0xFFFF;
    count[channel] -= units;
    if (count[channel] < 0) {
      reachTerminalCount(channel);
    }
    return units << shift;
  }

  private void reachTerminalCount(int channel) {
    terminalCount[channel] = true;
    status |= 1 << channel;
    request &= ~(1 << channel);
    if ((mode[channel] & MODE_AUTOINITIALIZE) != 0) {
      address[channel] = baseAddress[channel];
      count[channel] = baseCount[channel];
    } else {
      count[channel] = 0xFFFF;
      mask |= 1 << channel;
    }
  }

  /** Moves units in runs that do not cross the 64 Ki boundary, where the address wraps. */
  private void move(int channel, int type, byte[] buffer, int offset, int units) {
    boolean down = (mode[channel] & MODE_DECREMENT) != 0;
    int at = address[channel];
    for (int done = 0; done < units; ) {
      int run = down ? 1 : Math.min(units - done, 0x1_0000 - at);
      int physical = physicalAddress(channel, at);
      if (type == TYPE_WRITE) {
        memory.write(physical, buffer, offset + (done << shift), run << shift);
      } else {
        memory.read(physical, buffer, offset + (done << shift), run << shift);
      }
      done += run;
      at = at + (down ? -1 : run) & 0xFFFF;
    }
  }

  /** On the word controller bit 0 of the page register has no effect ([82371AB] DMA addressing). */
  private int physicalAddress(int channel, int at) {
    return shift == 0 ? page[channel] << 16 | at : (page[channel] & 0xFE) << 16 | at << 1;
  }

  @Override
  public State save() {
    int completed = 0;
    for (int i = 0; i < 4; i++) {
      completed = withBit(completed, i, terminalCount[i]);
    }
    return new State(
        page.clone(),
        baseAddress.clone(),
        baseCount.clone(),
        address.clone(),
        count.clone(),
        mode.clone(),
        completed,
        command,
        status,
        request,
        mask,
        highByte);
  }

  @Override
  public void restore(State state) throws BadStateException {
    copy(state.page, page, 0xFF);
    copy(state.baseAddress, baseAddress, 0xFFFF);
    copy(state.baseCount, baseCount, 0xFFFF);
    copy(state.address, address, 0xFFFF);
    copy(state.count, count, 0xFFFF);
    copy(state.mode, mode, 0xFF);
    for (int i = 0; i < 4; i++) {
      terminalCount[i] = (state.terminalCount & 1 << i) != 0;
    }
    command = state.command & 0xFF;
    status = state.status & 0xF;
    request = state.request & 0xF;
    mask = state.mask & 0xF;
    highByte = state.highByte;
  }

  private static void copy(int[] from, int[] to, int bits) throws BadStateException {
    if (from == null || from.length != to.length) {
      throw new BadStateException("8237: not four channels");
    }
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i] & bits;
    }
  }

  /** Saved state, arrays by channel. */
  record State(
      int[] page,
      int[] baseAddress,
      int[] baseCount,
      int[] address,
      int[] count,
      int[] mode,
      int terminalCount,
      int command,
      int status,
      int request,
      int mask,
      boolean highByte) {}

  private final class Channel implements DmaChannel {
    private final int number;

    Channel(int number) {
      this.number = number;
    }

    @Override
    public boolean ready() {
      return (mask & 1 << number) == 0 && (command & COMMAND_DISABLE) == 0;
    }

    @Override
    public int toMemory(byte[] source, int offset, int length) {
      return transfer(number, TYPE_WRITE, source, offset, length);
    }

    @Override
    public int fromMemory(byte[] target, int offset, int length) {
      return transfer(number, TYPE_READ, target, offset, length);
    }

    @Override
    public boolean terminalCount() {
      return terminalCount[number];
    }
  }
}
