package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import troupe.board.firmware.KernelStart;

/**
 * A Linux bzImage ([Linux] Documentation/arch/x86/boot.rst, The Real-Mode Kernel Header). The
 * kernel in it is unpacked here where that is possible, which would take the guest several seconds;
 * it is then where it was linked for, not where it would have put itself at random. Else the guest
 * begins at the 32-bit entry and does it.
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
  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24C;
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

  /** The file up to the end of its setup code. */
  private final ByteBuffer header;

  private final int version;
  private final int setupBytes;

  /** What of the file the guest would begin with. */
  private final ElfFile packed;

  /** The file, or what is unpacked of it. */
  private byte[] code;

  /** Of {@link #code}; null until it is known whether that can be unpacked. */
  private ElfFile parts;

  static boolean recognizes(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    return file.length > HEADER_END
        && (b.getShort(BOOT_FLAG) & 0xFFFF) == BOOT_FLAG_VALUE
        && b.getInt(HEADER) == HEADER_MAGIC;
  }

  LinuxImage(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    version = b.getShort(VERSION) & 0xFFFF;
    if (version < VERSION_COMMAND_LINE_POINTER || (file[LOADFLAGS] & LOADED_HIGH) == 0) {
      throw new IllegalArgumentException(
          "the Linux kernel is not a bzImage of boot protocol 2.02 or later");
    }
    int sectors = file[SETUP_SECTS] & 0xFF;
    setupBytes = ((sectors == 0 ? DEFAULT_SETUP_SECTS : sectors) + 1) * SECTOR;
    if (setupBytes >= file.length) {
      throw new IllegalArgumentException("the Linux kernel is cut off");
    }
    header = ByteBuffer.wrap(Arrays.copyOf(file, setupBytes)).order(ByteOrder.LITTLE_ENDIAN);
    int start = header.getInt(CODE32_START);
    int address = start == 0 ? LOAD_ADDRESS : start;
    int length = file.length - setupBytes;
    packed =
        new ElfFile(address, List.of(new ElfFile.Segment(address, setupBytes, length, length)));
    code = file;
  }

  @Override
  public void unpack() {
    if (parts != null) {
      return;
    }
    parts = packed;
    if (version < VERSION_INIT_SIZE) {
      return;
    }
    int from = setupBytes + header.getInt(PAYLOAD_OFFSET);
    Optional<byte[]> kernel = Payload.unpack(code, from, header.getInt(PAYLOAD_LENGTH));
    try {
      kernel.ifPresent(
          unpacked -> {
            ElfFile elf = ElfFile.of(unpacked);
            if (elf.beginsInASegment() && elf.segments().stream().allMatch(this::isWhereItMayBe)) {
              parts = elf;
              code = unpacked;
            }
          });
    } catch (IllegalArgumentException _) {
      // The kernel's own decompressor will say what is wrong with it.
    }
  }

  private boolean isWhereItMayBe(ElfFile.Segment segment) {
    return segment.first() >= header.getLong(PREF_ADDRESS) && segment.end() <= unpackedEnd();
  }

  /** Where the memory ends that an unpacked kernel needs before it knows what there is. */
  private long unpackedEnd() {
    return header.getLong(PREF_ADDRESS) + (header.getInt(INIT_SIZE) & 0xFFFF_FFFFL);
  }

  /** The setup header as it stands in the file: from 1F1h to its end. */
  byte[] setupHeader() {
    int end = Math.min(HEADER + (header.get(JUMP_LENGTH) & 0xFF), setupBytes);
    return Arrays.copyOfRange(header.array(), SETUP_SECTS, end);
  }

  /** What {@link #parts} are of. */
  byte[] code() {
    unpack();
    return code;
  }

  /** What goes where, and where it begins. */
  ElfFile parts() {
    unpack();
    return parts;
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
    long kernelEnd = packed.segments().getFirst().end();
    if (version >= VERSION_INIT_SIZE) {
      kernelEnd = Math.max(kernelEnd, unpackedEnd());
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
    return new LinuxStart(this, initrd, (int) initrdAt, line, memory);
  }
}
