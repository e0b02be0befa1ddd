package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import troupe.board.firmware.KernelStart;

/**
 * A Linux bzImage, to be started at its 32-bit entry ([Linux] Documentation/arch/x86/boot.rst, The
 * Real-Mode Kernel Header).
 */
public final class LinuxImage implements KernelImage {
  static final int SETUP_SECTS = 0x1F1;
  private static final int BOOT_FLAG = 0x1FE;
  private static final int JUMP_LENGTH = 0x201;
  private static final int HEADER = 0x202;
  private static final int VERSION = 0x206;
  static final int LOADFLAGS = 0x211;
  private static final int CODE32_START = 0x214;
  private static final int INITRD_ADDR_MAX = 0x22C;
  private static final int CMDLINE_SIZE = 0x238;
  private static final int PREF_ADDRESS = 0x258;
  private static final int INIT_SIZE = 0x260;
  private static final int HEADER_END = 0x264;

  private static final int BOOT_FLAG_VALUE = 0xAA55;

  /** "HdrS". */
  private static final int HEADER_MAGIC = 0x5372_6448;

  private static final int LOADED_HIGH = 1;
  private static final int VERSION_COMMAND_LINE_POINTER = 0x0202;
  private static final int VERSION_INITRD_MAX = 0x0203;
  private static final int VERSION_COMMAND_LINE_SIZE = 0x0206;
  private static final int VERSION_INIT_SIZE = 0x020A;
  private static final int SECTOR = 512;
  private static final int DEFAULT_SETUP_SECTS = 4;
  private static final int DEFAULT_INITRD_MAX = 0x37FF_FFFF;
  private static final int DEFAULT_COMMAND_LINE = 255;
  private static final int LOAD_ADDRESS = 0x10_0000;
  private static final int PAGE = 4096;

  private final byte[] file;
  private final ByteBuffer header;
  private final int version;
  private final int setupBytes;

  static boolean recognizes(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    return file.length > HEADER_END
        && (b.getShort(BOOT_FLAG) & 0xFFFF) == BOOT_FLAG_VALUE
        && b.getInt(HEADER) == HEADER_MAGIC;
  }

  LinuxImage(byte[] file) {
    this.file = file;
    header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    version = header.getShort(VERSION) & 0xFFFF;
    if (version < VERSION_COMMAND_LINE_POINTER || (file[LOADFLAGS] & LOADED_HIGH) == 0) {
      throw new IllegalArgumentException(
          "the Linux kernel is not a bzImage of boot protocol 2.02 or later");
    }
    int sectors = file[SETUP_SECTS] & 0xFF;
    setupBytes = ((sectors == 0 ? DEFAULT_SETUP_SECTS : sectors) + 1) * SECTOR;
    if (setupBytes >= file.length) {
      throw new IllegalArgumentException("the Linux kernel is cut off");
    }
  }

  /** The setup header as it stands in the file: from 1F1h to its end. */
  byte[] setupHeader() {
    int end = Math.min(HEADER + (file[JUMP_LENGTH] & 0xFF), setupBytes);
    byte[] bytes = new byte[end - SETUP_SECTS];
    System.arraycopy(file, SETUP_SECTS, bytes, 0, bytes.length);
    return bytes;
  }

  int entry() {
    int start = header.getInt(CODE32_START);
    return start == 0 ? LOAD_ADDRESS : start;
  }

  @Override
  public KernelStart plan(long memory, Optional<byte[]> initrd, String commandLine) {
    byte[] line = commandLine.getBytes(StandardCharsets.UTF_8);
    int longest =
        version >= VERSION_COMMAND_LINE_SIZE ? header.getInt(CMDLINE_SIZE) : DEFAULT_COMMAND_LINE;
    if (line.length > Math.min(longest, LinuxStart.COMMAND_LINE_ROOM)) {
      throw new IllegalArgumentException(
          "the kernel takes a command line of up to " + longest + " bytes");
    }
    byte[] code = new byte[file.length - setupBytes];
    System.arraycopy(file, setupBytes, code, 0, code.length);
    long kernelEnd = (long) entry() + code.length;
    if (version >= VERSION_INIT_SIZE) {
      long unpacked = header.getLong(PREF_ADDRESS) + (header.getInt(INIT_SIZE) & 0xFFFF_FFFFL);
      kernelEnd = Math.max(kernelEnd, unpacked);
    }
    int initrdBytes = initrd.map(bytes -> bytes.length).orElse(0);
    long initrdMax =
        version >= VERSION_INITRD_MAX
            ? header.getInt(INITRD_ADDR_MAX) & 0xFFFF_FFFFL
            : DEFAULT_INITRD_MAX;
    long usable = memory - FIRMWARE_RESERVE;
    long initrdAt = Math.min(usable, initrdMax + 1) - initrdBytes & -PAGE;
    if (kernelEnd > (initrdBytes == 0 ? usable : initrdAt)) {
      throw new IllegalArgumentException(
          "kernel and initial RAM disk need more than " + (memory >> 20) + " MiB of memory");
    }
    return new LinuxStart(this, code, initrd, (int) initrdAt, line, memory);
  }
}
