package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import troupe.board.firmware.KernelStart;

/** A kernel with a multiboot header, version 1 ([Multiboot] OS image format). */
public final class MultibootImage implements KernelImage {
  /** Bytes of the file for {@code address}, then zeros up to {@code memorySize}. */
  record Segment(int address, int fileOffset, int fileSize, int memorySize) {
    long end() {
      return (address & 0xFFFF_FFFFL) + (memorySize & 0xFFFF_FFFFL);
    }
  }

  private static final int MAGIC = 0x1BAD_B002;
  private static final int SEARCHED = 8192;
  private static final int ADDRESS_FIELDS = 1 << 16;
  private static final int MUST_UNDERSTAND = 0xFFFF;
  private static final int PAGE_ALIGNED_MODULES = 1;
  private static final int MEMORY_INFORMATION = 2;
  private static final int VIDEO_MODE = 4;

  // ELF32 ([ELF] ELF Header, Program Header)
  private static final int ELF_MAGIC = 0x464C_457F;
  private static final int ELF_CLASS_32 = 1;
  private static final int E_ENTRY = 24;
  private static final int E_PHOFF = 28;
  private static final int E_PHENTSIZE = 42;
  private static final int E_PHNUM = 44;
  private static final int ELF_HEADER = 52;
  private static final int PT_LOAD = 1;
  private static final int PROGRAM_HEADER = 32;

  private final byte[] file;
  private final int entry;
  private final List<Segment> segments = new ArrayList<>();

  static Optional<MultibootImage> find(byte[] file) {
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 12 <= Math.min(file.length, SEARCHED); at += 4) {
      int flags = b.getInt(at + 4);
      if (b.getInt(at) == MAGIC && MAGIC + flags + b.getInt(at + 8) == 0) {
        return Optional.of(new MultibootImage(file, b, at, flags));
      }
    }
    return Optional.empty();
  }

  private MultibootImage(byte[] file, ByteBuffer b, int at, int flags) {
    this.file = file;
    int known = PAGE_ALIGNED_MODULES | MEMORY_INFORMATION | VIDEO_MODE;
    if ((flags & MUST_UNDERSTAND & ~known) != 0) {
      throw new IllegalArgumentException(
          "the multiboot kernel asks for what is not there: flags %xh".formatted(flags));
    }
    entry = (flags & ADDRESS_FIELDS) != 0 ? byAddressFields(b, at) : byElf(b);
    for (Segment segment : segments) {
      if (segment.fileOffset < 0
          || segment.fileSize < 0
          || segment.fileOffset > file.length - segment.fileSize
          || (segment.fileSize & 0xFFFF_FFFFL) > (segment.memorySize & 0xFFFF_FFFFL)) {
        throw new IllegalArgumentException("the multiboot kernel is cut off");
      }
    }
  }

  private int byAddressFields(ByteBuffer b, int at) {
    if (at + 32 > file.length) {
      throw new IllegalArgumentException("the multiboot kernel is cut off");
    }
    int header = b.getInt(at + 12);
    int load = b.getInt(at + 16);
    int loadEnd = b.getInt(at + 20);
    int bssEnd = b.getInt(at + 24);
    int offset = at - (header - load);
    int size = loadEnd == 0 ? file.length - offset : loadEnd - load;
    segments.add(new Segment(load, offset, size, bssEnd == 0 ? size : bssEnd - load));
    return b.getInt(at + 28);
  }

  private int byElf(ByteBuffer b) {
    if (file.length < ELF_HEADER || b.getInt(0) != ELF_MAGIC || b.get(4) != ELF_CLASS_32) {
      throw new IllegalArgumentException("the multiboot kernel is not a 32-bit ELF file");
    }
    int table = b.getInt(E_PHOFF);
    int size = b.getShort(E_PHENTSIZE) & 0xFFFF;
    int count = b.getShort(E_PHNUM) & 0xFFFF;
    if (table < 0 || size < PROGRAM_HEADER || (long) table + (long) size * count > file.length) {
      throw new IllegalArgumentException("the multiboot kernel's program headers are cut off");
    }
    for (int i = 0; i < count; i++) {
      int at = table + i * size;
      if (b.getInt(at) == PT_LOAD && b.getInt(at + 20) != 0) {
        segments.add(
            new Segment(b.getInt(at + 12), b.getInt(at + 4), b.getInt(at + 16), b.getInt(at + 20)));
      }
    }
    return b.getInt(E_ENTRY);
  }

  byte[] file() {
    return file;
  }

  int entry() {
    return entry;
  }

  List<Segment> segments() {
    return segments;
  }

  @Override
  public KernelStart plan(long memory, Optional<byte[]> initrd, String commandLine) {
    long end = 0x10_0000;
    for (Segment segment : segments) {
      long first = segment.address() & 0xFFFF_FFFFL;
      if (first < FlatMode.AREA_END && segment.end() > FlatMode.AREA) {
        throw new IllegalArgumentException(
            "the multiboot kernel wants to be at %xh, which is taken".formatted(first));
      }
      end = Math.max(end, segment.end());
    }
    long module = end + 0xFFF & ~0xFFFL;
    if (module + initrd.map(bytes -> bytes.length).orElse(0) > memory - FIRMWARE_RESERVE) {
      throw new IllegalArgumentException(
          "kernel and module need more than " + (memory >> 20) + " MiB of memory");
    }
    return new MultibootStart(this, initrd, (int) module, commandLine, memory);
  }
}
