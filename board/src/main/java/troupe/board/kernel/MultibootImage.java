package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import troupe.board.firmware.KernelStart;

/** A kernel with a multiboot header, version 1 ([Multiboot] OS image format). */
public final class MultibootImage implements KernelImage {
  private static final int MAGIC = 0x1BAD_B002;
  private static final int SEARCHED = 8192;
  private static final int ADDRESS_FIELDS = 1 << 16;
  private static final int MUST_UNDERSTAND = 0xFFFF;
  private static final int PAGE_ALIGNED_MODULES = 1;
  private static final int MEMORY_INFORMATION = 2;
  private static final int VIDEO_MODE = 4;

  private final byte[] file;
  private final int entry;
  private final List<ElfFile.Segment> segments;

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
    ElfFile read = (flags & ADDRESS_FIELDS) != 0 ? byAddressFields(b, at) : byElf();
    entry = read.entry();
    segments = read.segments();
  }

  private ElfFile byAddressFields(ByteBuffer b, int at) {
    if (at + 32 > file.length) {
      throw new IllegalArgumentException("the multiboot kernel is cut off");
    }
    int header = b.getInt(at + 12);
    int load = b.getInt(at + 16);
    int loadEnd = b.getInt(at + 20);
    int bssEnd = b.getInt(at + 24);
    int offset = at - (header - load);
    int size = loadEnd == 0 ? file.length - offset : loadEnd - load;
    ElfFile.Segment segment =
        new ElfFile.Segment(load, offset, size, bssEnd == 0 ? size : bssEnd - load);
    if (!segment.within(file)) {
      throw new IllegalArgumentException("the multiboot kernel is cut off");
    }
    return new ElfFile(b.getInt(at + 28), List.of(segment));
  }

  private ElfFile byElf() {
    if (!ElfFile.recognizes(file)) {
      throw new IllegalArgumentException("the multiboot kernel is not a 32-bit ELF file");
    }
    return ElfFile.of(file);
  }

  byte[] file() {
    return file;
  }

  int entry() {
    return entry;
  }

  List<ElfFile.Segment> segments() {
    return segments;
  }

  @Override
  public KernelStart plan(long memory, Optional<byte[]> initrd, String commandLine) {
    long end = 0x10_0000;
    for (ElfFile.Segment segment : segments) {
      long first = segment.first();
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
