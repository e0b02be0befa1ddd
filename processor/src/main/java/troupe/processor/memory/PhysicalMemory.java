package troupe.processor.memory;

import java.util.Arrays;

/**
 * The physical address space of one PC as its processor and bus masters see it: RAM as pages made
 * on first touch, ROM pages, and device windows, page by page. Addresses are unsigned 32-bit. Reads
 * of pages where nothing answers give all ones; writes there are lost.
 *
 * <p>RAM page n is the DRAM behind physical page n, also where the chipset shows something else at
 * that address (shadow RAM under the BIOS).
 */
public final class PhysicalMemory {
  public static final int PAGE_SIZE = 4096;
  public static final int PAGE_SHIFT = 12;
  public static final int PAGE_MASK = PAGE_SIZE - 1;
  private static final int PAGES = 1 << 20;

  /** A memory-mapped device; it sees whole physical addresses. Values in the low bits of an int. */
  public interface Device {
    int read8(int address);

    int read16(int address);

    int read32(int address);

    void write8(int address, int value);

    void write16(int address, int value);

    void write32(int address, int value);
  }

  /** What answers an access of one kind to a page. */
  public enum Target {
    NOTHING,
    RAM,
    ROM,
    DEVICE
  }

  /** Told when what is mapped where changes, or when code that was decoded is overwritten. */
  public interface Observer {
    /** Any page may answer differently from now on: drop all translations of addresses. */
    void mappingChanged();

    /** Bytes {@code from} to {@code to} (exclusive, page offsets) of a page with code change. */
    void codeWritten(int page, int from, int to);
  }

  private final byte[][] ram;
  private final byte[] readTarget = new byte[PAGES];
  private final byte[] writeTarget = new byte[PAGES];
  private final byte[][][] rom = new byte[1024][][];
  private final Device[][] devices = new Device[1024][];
  private final long[] codePages = new long[PAGES / 64];
  private Observer observer =
      new Observer() {
        @Override
        public void mappingChanged() {}

        @Override
        public void codeWritten(int page, int from, int to) {}
      };

  /** RAM of {@code bytes} (a multiple of 4,096) at address 0, nothing elsewhere. */
  public PhysicalMemory(long bytes) {
    if (bytes <= 0 || bytes % PAGE_SIZE != 0 || bytes > (long) PAGES * PAGE_SIZE) {
      throw new IllegalArgumentException("RAM of " + bytes + " bytes");
    }
    ram = new byte[(int) (bytes / PAGE_SIZE)][];
    fill(readTarget, 0, ram.length, Target.RAM);
    fill(writeTarget, 0, ram.length, Target.RAM);
  }

  public void setObserver(Observer observer) {
    this.observer = observer;
  }

  /** RAM pages, present or not yet touched. */
  public int ramPages() {
    return ram.length;
  }

  /** The DRAM behind page {@code page}, or null while nothing was ever written there (all zero). */
  public byte[] ramPageIfPresent(int page) {
    return ram[page];
  }

  /** The DRAM behind page {@code page}, made if it was not there. */
  public byte[] ramPage(int page) {
    byte[] content = ram[page];
    if (content == null) {
      content = GuestPage.make();
      ram[page] = content;
    }
    return content;
  }

  /**
   * Makes {@code pages} the content of RAM, for a restore: all of them, each from {@link
   * GuestPage#make} or null if it is all zero.
   */
  public void adoptRam(byte[][] pages) {
    if (pages.length != ram.length) {
      throw new IllegalArgumentException(
          "RAM of %d pages for one of %d".formatted(pages.length, ram.length));
    }
    for (byte[] page : pages) {
      if (page != null && page.length != GuestPage.ROOM) {
        throw new IllegalArgumentException("a page of " + page.length + " bytes");
      }
    }
    System.arraycopy(pages, 0, ram, 0, ram.length);
    observer.mappingChanged();
  }

  /** Forgets the content of all RAM, for a restore. */
  public void clearRam() {
    Arrays.fill(ram, null);
    observer.mappingChanged();
  }

  /** Sets what answers reads and writes of {@code count} pages from {@code first}. */
  public void map(int first, int count, Target reads, Target writes) {
    set(readTarget, first, first + count, reads);
    set(writeTarget, first, first + count, writes);
    observer.mappingChanged();
  }

  private void set(byte[] targets, int from, int to, Target target) {
    if (target == Target.RAM) {
      int end = Math.clamp(ram.length, from, to);
      fill(targets, from, end, target);
      fill(targets, end, to, Target.NOTHING);
    } else {
      fill(targets, from, to, target);
    }
  }

  /** As Arrays.fill, but fast before the JVM has compiled that: a new PC sets all pages. */
  private static void fill(byte[] targets, int from, int to, Target target) {
    if (from == to) {
      return;
    }
    targets[from] = (byte) target.ordinal();
    for (int done = 1; done < to - from; done *= 2) {
      System.arraycopy(targets, from, targets, from + done, Math.min(done, to - from - done));
    }
  }

  /** The ROM content behind pages from {@code first}; shown where {@link #map} says ROM. */
  public void setRom(int first, byte[] content) {
    for (int at = 0, page = first; at < content.length; at += PAGE_SIZE, page++) {
      byte[] bytes = GuestPage.make();
      System.arraycopy(content, at, bytes, 0, Math.min(PAGE_SIZE, content.length - at));
      if (rom[page >>> 10] == null) {
        rom[page >>> 10] = new byte[1024][];
      }
      rom[page >>> 10][page & 1023] = bytes;
    }
    observer.mappingChanged();
  }

  /** The device behind pages from {@code first}; accessed where {@link #map} says DEVICE. */
  public void setDevice(int first, int count, Device device) {
    for (int page = first; page < first + count; page++) {
      if (devices[page >>> 10] == null) {
        devices[page >>> 10] = new Device[1024];
      }
      devices[page >>> 10][page & 1023] = device;
    }
    observer.mappingChanged();
  }

  /** The array to read page {@code page} from, or null if a device or nothing answers. */
  public byte[] readable(int page) {
    int target = readTarget[page];
    if (target == Target.RAM.ordinal()) {
      return ramPage(page);
    }
    if (target == Target.ROM.ordinal()) {
      byte[][] chunk = rom[page >>> 10];
      return chunk == null ? null : chunk[page & 1023];
    }
    return null;
  }

  /** The array to write page {@code page} to, or null. Does not consider code in the page. */
  public byte[] writable(int page) {
    return writeTarget[page] == Target.RAM.ordinal() ? ramPage(page) : null;
  }

  private Device device(int page, byte[] targets) {
    if (targets[page] != Target.DEVICE.ordinal()) {
      return null;
    }
    Device[] chunk = devices[page >>> 10];
    return chunk == null ? null : chunk[page & 1023];
  }

  /** Marks a page as holding decoded code, so that writes to it are reported. */
  public void setHasCode(int page, boolean code) {
    if (code) {
      codePages[page >>> 6] |= 1L << page;
    } else {
      codePages[page >>> 6] &= ~(1L << page);
    }
  }

  public boolean hasCode(int page) {
    return (codePages[page >>> 6] >>> page & 1) != 0;
  }

  private void noteWrite(int page, int offset, int length) {
    if (hasCode(page)) {
      observer.codeWritten(page, offset, offset + length);
    }
  }

  public int read8(int address) {
    int page = address >>> PAGE_SHIFT;
    byte[] bytes = readable(page);
    if (bytes != null) {
      return bytes[address & PAGE_MASK] & 0xFF;
    }
    Device device = device(page, readTarget);
    return device == null ? 0xFF : device.read8(address) & 0xFF;
  }

  /** Reads 16 bits that do not cross a page. */
  public int read16(int address) {
    if ((address & PAGE_MASK) > PAGE_SIZE - 2) {
      return read8(address) | read8(address + 1) << 8;
    }
    int page = address >>> PAGE_SHIFT;
    byte[] bytes = readable(page);
    if (bytes != null) {
      return GuestPage.read16(bytes, address);
    }
    Device device = device(page, readTarget);
    return device == null ? 0xFFFF : device.read16(address) & 0xFFFF;
  }

  public int read32(int address) {
    if ((address & PAGE_MASK) > PAGE_SIZE - 4) {
      return read16(address) | read16(address + 2) << 16;
    }
    int page = address >>> PAGE_SHIFT;
    byte[] bytes = readable(page);
    if (bytes != null) {
      return GuestPage.read32(bytes, address);
    }
    Device device = device(page, readTarget);
    return device == null ? -1 : device.read32(address);
  }

  public void write8(int address, int value) {
    int page = address >>> PAGE_SHIFT;
    byte[] bytes = writable(page);
    if (bytes != null) {
      noteWrite(page, address & PAGE_MASK, 1);
      bytes[address & PAGE_MASK] = (byte) value;
      return;
    }
    Device device = device(page, writeTarget);
    if (device != null) {
      device.write8(address, value & 0xFF);
    }
  }

  public void write16(int address, int value) {
    if ((address & PAGE_MASK) > PAGE_SIZE - 2) {
      write8(address, value);
      write8(address + 1, value >>> 8);
      return;
    }
    int page = address >>> PAGE_SHIFT;
    byte[] bytes = writable(page);
    if (bytes != null) {
      noteWrite(page, address & PAGE_MASK, 2);
      GuestPage.write16(bytes, address, value);
      return;
    }
    Device device = device(page, writeTarget);
    if (device != null) {
      device.write16(address, value & 0xFFFF);
    }
  }

  public void write32(int address, int value) {
    if ((address & PAGE_MASK) > PAGE_SIZE - 4) {
      write16(address, value);
      write16(address + 2, value >>> 16);
      return;
    }
    int page = address >>> PAGE_SHIFT;
    byte[] bytes = writable(page);
    if (bytes != null) {
      noteWrite(page, address & PAGE_MASK, 4);
      GuestPage.write32(bytes, address, value);
      return;
    }
    Device device = device(page, writeTarget);
    if (device != null) {
      device.write32(address, value);
    }
  }

  /** Copies memory out, as a bus master does; wraps at 4 GiB. */
  public void read(int address, byte[] target, int offset, int length) {
    while (length > 0) {
      int chunk = Math.min(length, PAGE_SIZE - (address & PAGE_MASK));
      byte[] bytes = readable(address >>> PAGE_SHIFT);
      if (bytes != null) {
        System.arraycopy(bytes, address & PAGE_MASK, target, offset, chunk);
      } else {
        for (int i = 0; i < chunk; i++) {
          target[offset + i] = (byte) read8(address + i);
        }
      }
      address += chunk;
      offset += chunk;
      length -= chunk;
    }
  }

  /** Copies into memory, as a bus master does; wraps at 4 GiB. */
  public void write(int address, byte[] source, int offset, int length) {
    while (length > 0) {
      int chunk = Math.min(length, PAGE_SIZE - (address & PAGE_MASK));
      int page = address >>> PAGE_SHIFT;
      byte[] bytes = writable(page);
      if (bytes != null) {
        noteWrite(page, address & PAGE_MASK, chunk);
        System.arraycopy(source, offset, bytes, address & PAGE_MASK, chunk);
      } else {
        for (int i = 0; i < chunk; i++) {
          write8(address + i, source[offset + i]);
        }
      }
      address += chunk;
      offset += chunk;
      length -= chunk;
    }
  }
}
