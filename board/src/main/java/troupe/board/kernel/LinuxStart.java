package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import troupe.board.firmware.KernelStart;
import troupe.board.firmware.MemoryRange;
import troupe.processor.Processor;

/**
 * Starts Linux in 32-bit mode, handing it the "zero page" ([Linux] Documentation/arch/x86/boot.rst,
 * 32-bit Boot Protocol; zero-page.rst).
 */
final class LinuxStart implements KernelStart {
  static final int COMMAND_LINE_ROOM = 4096;

  private static final int ZERO_PAGE = FlatMode.AREA;
  private static final int ZERO_PAGE_SIZE = 4096;
  private static final int COMMAND_LINE = ZERO_PAGE + ZERO_PAGE_SIZE;

  // screen_info
  private static final int ORIG_X = 0x00;
  private static final int ORIG_Y = 0x01;
  private static final int EXT_MEM_K = 0x02;
  private static final int ORIG_VIDEO_PAGE = 0x04;
  private static final int ORIG_VIDEO_MODE = 0x06;
  private static final int ORIG_VIDEO_COLS = 0x07;
  private static final int ORIG_VIDEO_EGA_BX = 0x0A;
  private static final int ORIG_VIDEO_LINES = 0x0E;
  private static final int ORIG_VIDEO_IS_VGA = 0x0F;
  private static final int ORIG_VIDEO_POINTS = 0x10;

  private static final int ALT_MEM_K = 0x1E0;
  private static final int E820_ENTRIES = 0x1E8;
  private static final int VID_MODE = 0x1FA;
  private static final int TYPE_OF_LOADER = 0x210;
  private static final int RAMDISK_IMAGE = 0x218;
  private static final int RAMDISK_SIZE = 0x21C;
  private static final int CMD_LINE_PTR = 0x228;
  private static final int E820_TABLE = 0x2D0;

  private static final int LOADER_UNDEFINED = 0xFF;
  private static final short VID_MODE_NORMAL = (short) 0xFFFF;

  // BIOS data area
  private static final int VIDEO_MODE = 0x449;
  private static final int VIDEO_COLUMNS = 0x44A;
  private static final int CURSOR = 0x450;
  private static final int VIDEO_ROWS_LESS_1 = 0x484;
  private static final int CHARACTER_HEIGHT = 0x485;

  private final LinuxImage image;
  private final Optional<byte[]> initrd;
  private final int initrdAt;
  private final byte[] commandLine;
  private final long memory;

  LinuxStart(
      LinuxImage image, Optional<byte[]> initrd, int initrdAt, byte[] commandLine, long memory) {
    this.image = image;
    this.initrd = initrd;
    this.initrdAt = initrdAt;
    this.commandLine = commandLine;
    this.memory = memory;
  }

  @Override
  public boolean start(Processor c, List<MemoryRange> map) {
    byte[] page = zeroPage(c, map);
    c.memory.write(ZERO_PAGE, page, 0, page.length);
    c.memory.write(COMMAND_LINE, commandLine, 0, commandLine.length);
    c.memory.write8(COMMAND_LINE + commandLine.length, 0);
    for (ElfFile.Segment part : image.parts().segments()) {
      c.memory.write(part.address(), image.code(), part.fileOffset(), part.fileSize());
    }
    initrd.ifPresent(bytes -> c.memory.write(initrdAt, bytes, 0, bytes.length));
    FlatMode.enter(c, image.parts().entry());
    c.r[Processor.ESI] = ZERO_PAGE;
    return true;
  }

  private byte[] zeroPage(Processor c, List<MemoryRange> map) {
    ByteBuffer b = ByteBuffer.allocate(ZERO_PAGE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    byte[] setupHeader = image.setupHeader();
    b.put(LinuxImage.SETUP_SECTS, setupHeader);
    b.put(TYPE_OF_LOADER, (byte) LOADER_UNDEFINED).putShort(VID_MODE, VID_MODE_NORMAL);
    b.putInt(CMD_LINE_PTR, COMMAND_LINE);
    initrd.ifPresent(bytes -> b.putInt(RAMDISK_IMAGE, initrdAt).putInt(RAMDISK_SIZE, bytes.length));
    long extendedKib = (memory >> 10) - 1024;
    b.putShort(EXT_MEM_K, (short) Math.min(extendedKib, 0xFC00));
    b.putInt(ALT_MEM_K, (int) extendedKib);
    screenInfo(c, b);
    b.put(E820_ENTRIES, (byte) map.size()).position(E820_TABLE);
    map.forEach(range -> b.putLong(range.base()).putLong(range.length()).putInt(range.type()));
    return b.array();
  }

  /** What the console driver takes over: the text mode that the BIOS has set. */
  private static void screenInfo(Processor c, ByteBuffer b) {
    int cursor = c.memory.read16(CURSOR);
    b.put(ORIG_X, (byte) cursor).put(ORIG_Y, (byte) (cursor >>> 8));
    b.putShort(ORIG_VIDEO_PAGE, (short) 0);
    b.put(ORIG_VIDEO_MODE, (byte) c.memory.read8(VIDEO_MODE));
    b.put(ORIG_VIDEO_COLS, (byte) c.memory.read16(VIDEO_COLUMNS));
    b.putShort(ORIG_VIDEO_EGA_BX, (short) 3);
    b.put(ORIG_VIDEO_LINES, (byte) (c.memory.read8(VIDEO_ROWS_LESS_1) + 1));
    b.put(ORIG_VIDEO_IS_VGA, (byte) 1);
    b.putShort(ORIG_VIDEO_POINTS, (short) c.memory.read16(CHARACTER_HEIGHT));
  }
}
