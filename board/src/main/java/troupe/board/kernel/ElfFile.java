package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a 32-bit ELF file goes into memory ([ELF] ELF Header, Program Header).
 *
 * @param segments by their physical addresses
 */
record ElfFile(int entry, List<Segment> segments) {
  /** Bytes of the file for {@code address}, then zeros up to {@code memorySize}. */
  record Segment(int address, int fileOffset, int fileSize, int memorySize) {
    long first() {
      return address & 0xFFFF_FFFFL;
    }

    long end() {
      return first() + (memorySize & 0xFFFF_FFFFL);
    }

    boolean within(byte[] file) {
      return fileOffset >= 0
          && fileSize >= 0
          && fileOffset <= file.length - fileSize
          && fileSize <= (memorySize & 0xFFFF_FFFFL);
    }
  }

  private static final int MAGIC = 0x464C_457F;
  private static final int CLASS = 4;
  private static final int CLASS_32 = 1;
  private static final int E_ENTRY = 24;
  private static final int E_PHOFF = 28;
  private static final int E_PHENTSIZE = 42;
  private static final int E_PHNUM = 44;
  private static final int HEADER = 52;
  private static final int PT_LOAD = 1;
  private static final int PROGRAM_HEADER = 32;

  boolean beginsInASegment() {
    long begin = entry & 0xFFFF_FFFFL;
    return segments.stream().anyMatch(s -> begin >= s.first() && begin < s.end());
  }

  /** Whether a file begins as one of these does. */
  static boolean recognizes(byte[] file) {
    return file.length >= HEADER
        && ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(0) == MAGIC
        && file[CLASS] == CLASS_32;
  }

  /**
   * Reads a file that is recognized.
   *
   * @throws IllegalArgumentException if it is cut off
   */
  static ElfFile of(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int table = b.getInt(E_PHOFF);
    int size = b.getShort(E_PHENTSIZE) & 0xFFFF;
    int count = b.getShort(E_PHNUM) & 0xFFFF;
    if (table < 0 || size < PROGRAM_HEADER || (long) table + (long) size * count > file.length) {
      throw new IllegalArgumentException("the kernel's program headers are cut off");
    }
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = table + i * size;
      if (b.getInt(at) == PT_LOAD && b.getInt(at + 20) != 0) {
        Segment segment =
            new Segment(b.getInt(at + 12), b.getInt(at + 4), b.getInt(at + 16), b.getInt(at + 20));
        if (!segment.within(file)) {
          throw new IllegalArgumentException("the kernel is cut off");
        }
        segments.add(segment);
      }
    }
    return new ElfFile(b.getInt(E_ENTRY), segments);
  }
}
