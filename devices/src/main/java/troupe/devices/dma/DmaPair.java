package troupe.devices.dma;

import troupe.devices.bus.BusMaster;
import troupe.devices.bus.PortDevice;
import troupe.devices.state.BadStateException;
import troupe.devices.state.Chip;

/**
 * The two DMA controllers of a PC with their page registers: channels 0 to 3 move bytes, 5 to 7
 * words; 4 is the cascade.
 */
public final class DmaPair implements Chip<DmaPair.State> {
  /** Channel behind each page register 80h to 8Fh, or -1 for one without effect ([82371AB]). */
  private static final int[] PAGE_CHANNEL = {
    -1, 2, 3, 1, -1, -1, -1, 0, -1, 6, 7, 5, -1, -1, -1, 4
  };

  private final I8237 bytes;
  private final I8237 words;
  private final byte[] unusedPages = new byte[16];
  private final PortDevice wordPorts = new WordPorts();
  private final PortDevice pagePorts = new PagePorts();

  public DmaPair(BusMaster memory) {
    bytes = new I8237(memory, 0);
    words = new I8237(memory, 1);
  }

  /** Channel {@code number}: 0 to 3, or 5 to 7. */
  public DmaChannel channel(int number) {
    if (number < 0 || number > 7 || number == 4) {
      throw new IllegalArgumentException("no device can be on DMA channel " + number);
    }
    return controller(number).channel(number & 3);
  }

  private I8237 controller(int channel) {
    return channel < 4 ? bytes : words;
  }

  /** Controller 1, ports 00h to 0Fh. */
  public PortDevice bytePorts() {
    return bytes;
  }

  /** Controller 2, ports C0h to DFh: its registers are at even ports. */
  public PortDevice wordPorts() {
    return wordPorts;
  }

  /** Page registers, offsets 0 to 15 for ports 80h to 8Fh. */
  public PortDevice pagePorts() {
    return pagePorts;
  }

  @Override
  public void reset() {
    bytes.reset();
    words.reset();
    java.util.Arrays.fill(unusedPages, (byte) 0);
  }

  @Override
  public State save() {
    return new State(bytes.save(), words.save(), unusedPages.clone());
  }

  @Override
  public void restore(State state) throws BadStateException {
    if (state.bytes == null
        || state.words == null
        || state.unusedPages == null
        || state.unusedPages.length != unusedPages.length) {
      throw new BadStateException("DMA controllers missing");
    }
    bytes.restore(state.bytes);
    words.restore(state.words);
    System.arraycopy(state.unusedPages, 0, unusedPages, 0, unusedPages.length);
  }

  /** Saved state. */
  public record State(I8237.State bytes, I8237.State words, byte[] unusedPages) {}

  private final class WordPorts implements PortDevice {
    @Override
    public int read8(int offset) {
      return words.read8(offset >> 1);
    }

    @Override
    public void write8(int offset, int value) {
      words.write8(offset >> 1, value);
    }
  }

  private final class PagePorts implements PortDevice {
    @Override
    public int read8(int offset) {
      int channel = PAGE_CHANNEL[offset & 15];
      return channel < 0 ? unusedPages[offset & 15] & 0xFF : controller(channel).page(channel & 3);
    }

    @Override
    public void write8(int offset, int value) {
      int channel = PAGE_CHANNEL[offset & 15];
      if (channel < 0) {
        unusedPages[offset & 15] = (byte) value;
      } else {
        controller(channel).setPage(channel & 3, value & 0xFF);
      }
    }
  }
}
