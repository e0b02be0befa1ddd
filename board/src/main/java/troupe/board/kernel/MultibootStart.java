package troupe.board.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import troupe.board.firmware.KernelStart;
import troupe.board.firmware.MemoryRange;
import troupe.processor.Processor;

/** Starts a multiboot kernel ([Multiboot] Machine state, Boot information format). */
final class MultibootStart implements KernelStart {
  private static final int BOOTLOADER_MAGIC = 0x2BAD_B002;

  private static final int HAS_MEMORY = 1;
  private static final int HAS_COMMAND_LINE = 1 << 2;
  private static final int HAS_MODULES = 1 << 3;
  private static final int HAS_MEMORY_MAP = 1 << 6;
  private static final int HAS_LOADER_NAME = 1 << 9;

  private static final int FLAGS = 0;
  private static final int MEM_LOWER = 4;
  private static final int MEM_UPPER = 8;
  private static final int CMDLINE = 16;
  private static final int MODS_COUNT = 20;
  private static final int MODS_ADDR = 24;
  private static final int MMAP_LENGTH = 44;
  private static final int MMAP_ADDR = 48;
  private static final int BOOT_LOADER_NAME = 64;

  private static final int INFORMATION = FlatMode.AREA;
  private static final int MODULES = FlatMode.AREA + 0x100;
  private static final int MEMORY_MAP = FlatMode.AREA + 0x200;
  private static final int LOADER_NAME = FlatMode.AREA + 0x400;
  private static final int MODULE_NAME = FlatMode.AREA + 0x480;
  private static final int COMMAND_LINE = FlatMode.AREA + 0x500;
  private static final int LONGEST_COMMAND_LINE = 0x8000;
  private static final int MEMORY_MAP_ENTRY = 20;

  private static final int BASE_MEMORY_KIB = 0x413;

  private final MultibootImage image;
  private final Optional<byte[]> module;
  private final int moduleAt;
  private final byte[] commandLine;
  private final long memory;

  MultibootStart(
      MultibootImage image,
      Optional<byte[]> module,
      int moduleAt,
      String commandLine,
      long memory) {
    this.image = image;
    this.module = module;
    this.moduleAt = moduleAt;
    // As other loaders do it, the kernel's name comes first.
    this.commandLine = ("kernel " + commandLine).getBytes(StandardCharsets.UTF_8);
    this.memory = memory;
    if (this.commandLine.length > LONGEST_COMMAND_LINE) {
      throw new IllegalArgumentException(
          "the kernel takes a command line of up to " + LONGEST_COMMAND_LINE + " bytes");
    }
  }

  @Override
  public boolean start(Processor c, List<MemoryRange> map) {
    for (ElfFile.Segment segment : image.segments()) {
      c.memory.write(segment.address(), image.file(), segment.fileOffset(), segment.fileSize());
      byte[] zeros = new byte[segment.memorySize() - segment.fileSize()];
      c.memory.write(segment.address() + segment.fileSize(), zeros, 0, zeros.length);
    }
    module.ifPresent(bytes -> c.memory.write(moduleAt, bytes, 0, bytes.length));
    information(c, map);
    FlatMode.enter(c, image.entry());
    c.r[Processor.EAX] = BOOTLOADER_MAGIC;
    c.r[Processor.EBX] = INFORMATION;
    return true;
  }

  private void information(Processor c, List<MemoryRange> map) {
    int lowKib = c.memory.read16(BASE_MEMORY_KIB);
    ByteBuffer b = ByteBuffer.allocate(0x80).order(ByteOrder.LITTLE_ENDIAN);
    int flags = HAS_MEMORY | HAS_COMMAND_LINE | HAS_MODULES | HAS_MEMORY_MAP | HAS_LOADER_NAME;
    b.putInt(FLAGS, flags).putInt(MEM_LOWER, lowKib);
    b.putInt(MEM_UPPER, (int) ((memory >> 10) - 1024)).putInt(CMDLINE, COMMAND_LINE);
    b.putInt(MODS_COUNT, module.isPresent() ? 1 : 0).putInt(MODS_ADDR, MODULES);
    b.putInt(MMAP_LENGTH, map.size() * (MEMORY_MAP_ENTRY + 4)).putInt(MMAP_ADDR, MEMORY_MAP);
    b.putInt(BOOT_LOADER_NAME, LOADER_NAME);
    c.memory.write(INFORMATION, b.array(), 0, b.capacity());
    ByteBuffer ranges = ByteBuffer.allocate(0x200).order(ByteOrder.LITTLE_ENDIAN);
    for (MemoryRange range : map) {
      ranges.putInt(MEMORY_MAP_ENTRY).putLong(range.base()).putLong(range.length());
      ranges.putInt(range.type());
    }
    c.memory.write(MEMORY_MAP, ranges.array(), 0, ranges.capacity());
    ByteBuffer modules = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    module.ifPresent(
        bytes -> modules.putInt(moduleAt).putInt(moduleAt + bytes.length).putInt(MODULE_NAME));
    c.memory.write(MODULES, modules.array(), 0, modules.capacity());
    text(c, LOADER_NAME, "Troupe".getBytes(StandardCharsets.US_ASCII));
    text(c, MODULE_NAME, "initrd".getBytes(StandardCharsets.US_ASCII));
    text(c, COMMAND_LINE, commandLine);
  }

  private static void text(Processor c, int address, byte[] text) {
    c.memory.write(address, text, 0, text.length);
    c.memory.write8(address + text.length, 0);
  }
}
