package troupe.devices.fwcfg;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import troupe.devices.bus.PortDevice;
import troupe.devices.state.Chip;

/**
 * QEMU's firmware configuration device, through which SeaBIOS learns about the machine ([QEMU]
 * docs/specs/fw_cfg): a 16-bit selector at offset 0 (port 510h) and a byte-wide data register at
 * offset 1 (port 511h). No DMA interface, and the guest cannot write items.
 */
public final class FwCfg implements PortDevice, Chip<FwCfg.State> {
  /** The selected item and how far it was read. Items are configuration, not state. */
  public record State(int selector, int position) {}

  public static final int SIGNATURE = 0x00;
  public static final int ID = 0x01;
  public static final int RAM_SIZE = 0x03;
  public static final int NOGRAPHIC = 0x04;
  public static final int CPU_COUNT = 0x05;
  public static final int BOOT_MENU = 0x0E;
  public static final int MAX_CPUS = 0x0F;
  public static final int FILE_DIRECTORY = 0x19;
  public static final int FIRST_FILE = 0x20;

  /** ID: the interface of ports 510h and 511h is there. */
  private static final int ID_TRADITIONAL = 1;

  private static final int FILE_NAME_BYTES = 56;
  private static final byte[] NOTHING = {};

  private final Map<Integer, byte[]> items = new HashMap<>();
  private final List<String> files = new ArrayList<>();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int selector;
  private int position;

  public FwCfg() {
    item(SIGNATURE, "QEMU".getBytes(StandardCharsets.US_ASCII));
    item32(ID, ID_TRADITIONAL);
    updateDirectory();
  }

  /** Sets the bytes of the item with selector {@code key}. */
  public void item(int key, byte[] content) {
    items.put(key, content.clone());
  }

  public void item16(int key, int value) {
    item(key, new byte[] {(byte) value, (byte) (value >>> 8)});
  }

  public void item32(int key, int value) {
    item(key, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  public void item64(int key, long value) {
    item(key, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  /** Adds a file, which firmware finds by name: at most 55 ASCII characters. */
  public void file(String name, byte[] content) {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    if (ascii.length >= FILE_NAME_BYTES || files.contains(name)) {
      throw new IllegalArgumentException("not a name for a new file: " + name);
    }
    int key = FIRST_FILE + files.size();
    item(key, content);
    files.add(name);
    ByteBuffer entry = ByteBuffer.allocate(8 + FILE_NAME_BYTES);
    entry.putInt(content.length).putShort((short) key).putShort((short) 0).put(ascii);
    directory.writeBytes(entry.array());
    updateDirectory();
  }

  private void updateDirectory() {
    ByteBuffer content = ByteBuffer.allocate(4 + directory.size());
    item(FILE_DIRECTORY, content.putInt(files.size()).put(directory.toByteArray()).array());
  }

  @Override
  public int read8(int offset) {
    byte[] item = items.getOrDefault(selector, NOTHING);
    if (offset != 1 || position >= item.length) {
      return 0;
    }
    return item[position++] & 0xFF;
  }

  @Override
  public int read16(int offset) {
    // Not a wider form of the data register: the selector cannot be read.
    return 0;
  }

  @Override
  public void write8(int offset, int value) {}

  @Override
  public void write16(int offset, int value) {
    if (offset == 0) {
      selector = value;
      position = 0;
    }
  }

  @Override
  public void reset() {
    selector = 0;
    position = 0;
  }

  @Override
  public State save() {
    return new State(selector, position);
  }

  @Override
  public void restore(State state) {
    selector = state.selector() & 0xFFFF;
    position = Math.max(0, state.position());
  }
}
