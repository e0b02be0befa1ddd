package troupe.processor.memory;

import static troupe.processor.memory.PhysicalMemory.PAGE_MASK;
import static troupe.processor.memory.PhysicalMemory.PAGE_SHIFT;
import static troupe.processor.memory.PhysicalMemory.PAGE_SIZE;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Paging ([SDM] vol. 3, chapter 4): linear to physical addresses, 32-bit paging with PSE and PAE
 * paging, and the soft TLB.
 *
 * <p>The TLB is a flat map a kind of access: one array of pages for each of reading and writing,
 * for supervisor and user, indexed by linear page number; null is a miss. There is no tag to
 * compare, which measured faster than any hashed TLB. Only pages of RAM and ROM are in the maps;
 * devices, and writes to pages that hold decoded code, always take the slow path here. A second,
 * small hashed TLB keeps physical addresses for the slow path and for instruction fetch.
 *
 * <p>Filled entries are listed, those of global pages apart, so that a flush costs what it drops.
 */
public final class Mmu {
  private static final int LINEAR_PAGES = 1 << 20;

  /** Pages in 4 MiB, what the largest page has, as a power of two. */
  private static final int LARGE_SHIFT = 10;

  private static final byte[][] NOTHING = new byte[LINEAR_PAGES][];

  /** Linear pages, each once. */
  private static final class PageList {
    int[] numbers = new int[1024];
    int count;

    /** Bit n: page n is listed. */
    private final long[] listed = new long[LINEAR_PAGES / Long.SIZE];

    void add(int page) {
      if ((listed[page >>> 6] >>> page & 1) != 0) {
        return;
      }
      listed[page >>> 6] |= 1L << page;
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = page;
    }

    void clear() {
      for (int i = 0; i < count; i++) {
        listed[numbers[i] >>> 6] = 0;
      }
      count = 0;
    }
  }

  // Page table entry bits.
  private static final int PRESENT = 1;
  private static final int WRITABLE = 1 << 1;
  private static final int USER = 1 << 2;
  private static final int ACCESSED = 1 << 5;
  private static final int DIRTY = 1 << 6;
  private static final int LARGE = 1 << 7;
  private static final int GLOBAL = 1 << 8;

  // #PF error code bits.
  private static final int PF_PRESENT = 1;
  private static final int PF_WRITE = 1 << 1;
  private static final int PF_USER = 1 << 2;
  private static final int PF_RESERVED = 1 << 3;

  private static final int CR0_WP = 1 << 16;
  private static final int CR0_PG = 1 << 31;
  private static final int CR4_PSE = 1 << 4;
  private static final int CR4_PAE = 1 << 5;
  private static final int CR4_PGE = 1 << 7;

  private static final int SLOTS = 4096;
  private static final int CAN_READ_USER = 1;
  private static final int CAN_WRITE_SUPERVISOR = 2;
  private static final int CAN_WRITE_USER = 4;
  private static final int IS_GLOBAL = 8;

  private final PhysicalMemory memory;
  private final PageFault faults;
  private final byte[][] readSupervisor = new byte[LINEAR_PAGES][];
  private final byte[][] writeSupervisor = new byte[LINEAR_PAGES][];
  private final byte[][] readUser = new byte[LINEAR_PAGES][];
  private final byte[][] writeUser = new byte[LINEAR_PAGES][];

  /** The map for reads at the current privilege, by linear page number. */
  public byte[][] read = readSupervisor;

  /** The map for writes at the current privilege. */
  public byte[][] write = writeSupervisor;

  /** Pages that the maps may have something of, filled from entries that are not global. */
  private final PageList local = new PageList();

  /** The same, filled from global entries. */
  private final PageList global = new PageList();

  private final int[] slotPage = new int[SLOTS];
  private final int[] slotPhysical = new int[SLOTS];
  private final byte[] slotRights = new byte[SLOTS];

  /** Slots that have had an entry that is not global since the last flush. */
  private final int[] localSlots = new int[SLOTS];

  private int localSlotCount;
  private final boolean[] slotListed = new boolean[SLOTS];

  private int cr0;
  private int cr3;
  private int cr4;
  private final long[] pdpte = new long[4];
  private boolean user;
  private boolean alignmentChecked;
  private boolean watched;

  /** Which 4 MiB of the linear address space may have been filled from a large page. */
  private final BitSet large = new BitSet(LINEAR_PAGES >>> LARGE_SHIFT);

  private int addressMask = -1;

  /**
   * Counts flushes, single invalidations and changes of the maps but for privilege, so that caches
   * of linear addresses can notice.
   */
  public int generation;

  public Mmu(PhysicalMemory memory, PageFault faults) {
    this.memory = memory;
    this.faults = faults;
    Arrays.fill(slotPage, -1);
  }

  // ---- Control

  public int cr3() {
    return cr3;
  }

  /** Takes over control registers without flushing; callers flush as the change demands. */
  public void setControl(int cr0, int cr4) {
    this.cr0 = cr0;
    this.cr4 = cr4;
  }

  /** Sets CR3 without a flush, and loads the PDPTEs under PAE; false if one of them is invalid. */
  public boolean setCr3(int value) {
    if (paging() && (cr4 & CR4_PAE) != 0) {
      long[] loaded = new long[4];
      for (int i = 0; i < 4; i++) {
        loaded[i] = readPhysical64((value & ~0x1F) + 8 * i);
        if ((loaded[i] & PRESENT) != 0 && (loaded[i] & 0xFFFF_FFF0_0000_01E6L) != 0) {
          return false;
        }
      }
      System.arraycopy(loaded, 0, pdpte, 0, 4);
    }
    cr3 = value;
    return true;
  }

  /** The PDPTEs in use under PAE. */
  public long[] pdptes() {
    return pdpte.clone();
  }

  /** Puts saved registers back. */
  public void restore(int savedCr3, long[] savedPdptes) {
    cr3 = savedCr3;
    System.arraycopy(savedPdptes, 0, pdpte, 0, 4);
    flushAll();
  }

  /**
   * Chooses the maps: privilege, whether #AC is enabled, whether data breakpoints are armed. The
   * last two make every access take the slow path.
   */
  public void setAccess(boolean user, boolean alignmentChecked, boolean watched) {
    boolean slow = alignmentChecked || watched;
    if (slow != (this.alignmentChecked || this.watched)) {
      generation++;
    }
    this.user = user;
    this.alignmentChecked = alignmentChecked;
    this.watched = watched;
    read = slow ? NOTHING : user ? readUser : readSupervisor;
    write = slow ? NOTHING : user ? writeUser : writeSupervisor;
  }

  /** A20M#: with the gate closed, address bit 20 is held low. */
  public void setA20(boolean open) {
    int mask = open ? -1 : ~(1 << 20);
    if (mask != addressMask) {
      addressMask = mask;
      flushAll();
    }
  }

  public boolean a20() {
    return addressMask == -1;
  }

  /** CR0.PG. */
  public boolean paging() {
    return (cr0 & CR0_PG) != 0;
  }

  // ---- Flushing

  /** Drops all translations, global ones too. */
  public void flushAll() {
    dropAll(local);
    dropAll(global);
    Arrays.fill(slotPage, -1);
    large.clear();
    generation++;
  }

  /** Drops all translations but global ones (MOV to CR3). */
  public void flush() {
    if ((cr4 & CR4_PGE) == 0) {
      flushAll();
      return;
    }
    dropAll(local);
    for (int i = 0; i < localSlotCount; i++) {
      int slot = localSlots[i];
      slotListed[slot] = false;
      if ((slotRights[slot] & IS_GLOBAL) == 0) {
        slotPage[slot] = -1;
      }
    }
    localSlotCount = 0;
    generation++;
  }

  private void dropAll(PageList pages) {
    for (int i = 0; i < pages.count; i++) {
      drop(pages.numbers[i]);
    }
    pages.clear();
  }

  /** Drops the translation of a linear address; of a large page all that was filled from it. */
  public void invalidate(int linear) {
    int page = linear >>> PAGE_SHIFT;
    int first = page;
    int count = 1;
    if (large.get(page >>> LARGE_SHIFT)) {
      // Under PAE a page has half of it; dropping more than the page never hurts.
      count = 1 << LARGE_SHIFT;
      first = page & -count;
    }
    for (int n = first; n < first + count; n++) {
      drop(n);
      int slot = n & SLOTS - 1;
      if (slotPage[slot] == n) {
        slotPage[slot] = -1;
      }
    }
    generation++;
  }

  private void drop(int page) {
    readSupervisor[page] = null;
    writeSupervisor[page] = null;
    readUser[page] = null;
    writeUser[page] = null;
  }

  /** Drops write mappings of a physical page, which now holds decoded code. */
  public void protectCode(byte[] content) {
    protect(local, content);
    protect(global, content);
  }

  private void protect(PageList pages, byte[] content) {
    for (int i = 0; i < pages.count; i++) {
      int page = pages.numbers[i];
      if (writeSupervisor[page] == content) {
        writeSupervisor[page] = null;
      }
      if (writeUser[page] == content) {
        writeUser[page] = null;
      }
    }
  }

  // ---- Translation

  /** Physical address of an instruction byte, at the current privilege. */
  public int fetch(int linear) {
    return translate(linear, false, user);
  }

  /**
   * The physical page of a linear page as the TLB has it for fetches at the current privilege, or
   * -1.
   */
  public int cached(int page) {
    int slot = page & SLOTS - 1;
    boolean hit = slotPage[slot] == page && (!user || (slotRights[slot] & CAN_READ_USER) != 0);
    return hit ? slotPhysical[slot] >>> PAGE_SHIFT : -1;
  }

  /** Physical address for an access, checking rights and setting accessed and dirty bits. */
  public int translate(int linear, boolean writing, boolean asUser) {
    int page = linear >>> PAGE_SHIFT;
    int slot = page & SLOTS - 1;
    if (slotPage[slot] == page) {
      int need =
          writing ? (asUser ? CAN_WRITE_USER : CAN_WRITE_SUPERVISOR) : (asUser ? CAN_READ_USER : 0);
      if ((slotRights[slot] & need) == need) {
        return slotPhysical[slot] | linear & PAGE_MASK;
      }
    }
    if (!paging()) {
      return insert(page, linear & ~PAGE_MASK & addressMask, 7) | linear & PAGE_MASK;
    }
    int physical =
        (cr4 & CR4_PAE) != 0 ? walkPae(linear, writing, asUser) : walk(linear, writing, asUser);
    return physical | linear & PAGE_MASK;
  }

  private int insert(int page, int physical, int rights) {
    int slot = page & SLOTS - 1;
    slotPage[slot] = page;
    slotPhysical[slot] = physical;
    slotRights[slot] = (byte) rights;
    if ((rights & IS_GLOBAL) == 0 && !slotListed[slot]) {
      slotListed[slot] = true;
      localSlots[localSlotCount++] = slot;
    }
    return physical;
  }

  private int walk(int linear, boolean writing, boolean asUser) {
    int directoryAddress = (cr3 & ~PAGE_MASK) + (linear >>> 22 << 2) & addressMask;
    int directory = memory.read32(directoryAddress);
    if ((directory & PRESENT) == 0) {
      throw notPresent(linear, writing, asUser);
    }
    if ((directory & LARGE) != 0 && (cr4 & CR4_PSE) != 0) {
      if ((directory & 1 << 21) != 0) {
        throw reserved(linear, writing, asUser);
      }
      int rights = rights(directory & (WRITABLE | USER));
      check(rights, linear, writing, asUser);
      int updated = directory | ACCESSED | (writing ? DIRTY : 0);
      if (updated != directory) {
        memory.write32(directoryAddress, updated);
      }
      large.set(linear >>> PAGE_SHIFT + LARGE_SHIFT);
      // PSE-36 address bits would be above 4 GiB, where nothing is; they are ignored.
      int physical = directory & 0xFFC0_0000 | linear & 0x003F_F000;
      return insert(linear >>> PAGE_SHIFT, physical & addressMask, rights(updated, rights));
    }
    int entryAddress = (directory & ~PAGE_MASK) + (linear >>> 10 & 0xFFC) & addressMask;
    int entry = memory.read32(entryAddress);
    if ((entry & PRESENT) == 0) {
      throw notPresent(linear, writing, asUser);
    }
    int rights = rights(directory & entry & (WRITABLE | USER));
    check(rights, linear, writing, asUser);
    if ((directory & ACCESSED) == 0) {
      memory.write32(directoryAddress, directory | ACCESSED);
    }
    int updated = entry | ACCESSED | (writing ? DIRTY : 0);
    if (updated != entry) {
      memory.write32(entryAddress, updated);
    }
    return insert(linear >>> PAGE_SHIFT, entry & ~PAGE_MASK & addressMask, rights(updated, rights));
  }

  private int walkPae(int linear, boolean writing, boolean asUser) {
    long top = pdpte[linear >>> 30];
    if ((top & PRESENT) == 0) {
      throw notPresent(linear, writing, asUser);
    }
    int directoryAddress = ((int) top & ~PAGE_MASK) + (linear >>> 18 & 0xFF8) & addressMask;
    long directory = readPhysical64(directoryAddress);
    if ((directory & PRESENT) == 0) {
      throw notPresent(linear, writing, asUser);
    }
    if ((directory & RESERVED_PAE) != 0) {
      throw reserved(linear, writing, asUser);
    }
    int directoryLow = (int) directory;
    if ((directory & LARGE) != 0) {
      if ((directory & 0x001F_E000) != 0) {
        throw reserved(linear, writing, asUser);
      }
      int rights = rights(directoryLow & (WRITABLE | USER));
      check(rights, linear, writing, asUser);
      int updated = directoryLow | ACCESSED | (writing ? DIRTY : 0);
      if (updated != directoryLow) {
        memory.write32(directoryAddress, updated);
      }
      large.set(linear >>> PAGE_SHIFT + LARGE_SHIFT);
      int physical = directoryLow & 0xFFE0_0000 | linear & 0x001F_F000;
      return insert(linear >>> PAGE_SHIFT, physical & addressMask, rights(updated, rights));
    }
    int entryAddress = (directoryLow & ~PAGE_MASK) + (linear >>> 9 & 0xFF8) & addressMask;
    long entry = readPhysical64(entryAddress);
    if ((entry & PRESENT) == 0) {
      throw notPresent(linear, writing, asUser);
    }
    if ((entry & RESERVED_PAE) != 0) {
      throw reserved(linear, writing, asUser);
    }
    int entryLow = (int) entry;
    int rights = rights(directoryLow & entryLow & (WRITABLE | USER));
    check(rights, linear, writing, asUser);
    if ((directoryLow & ACCESSED) == 0) {
      memory.write32(directoryAddress, directoryLow | ACCESSED);
    }
    int updated = entryLow | ACCESSED | (writing ? DIRTY : 0);
    if (updated != entryLow) {
      memory.write32(entryAddress, updated);
    }
    return insert(
        linear >>> PAGE_SHIFT, entryLow & ~PAGE_MASK & addressMask, rights(updated, rights));
  }

  /** Address bits from 36 up, and execute-disable, which this processor does not have. */
  private static final long RESERVED_PAE = 0xFFFF_FFF0_0000_0000L;

  private long readPhysical64(int address) {
    return memory.read32(address) & 0xFFFFFFFFL | (long) memory.read32(address + 4) << 32;
  }

  /** Rights that the U/S and R/W bits of all levels together give. */
  private int rights(int both) {
    boolean forUser = (both & USER) != 0;
    boolean writable = (both & WRITABLE) != 0;
    return (forUser ? CAN_READ_USER : 0)
        | (writable || (cr0 & CR0_WP) == 0 ? CAN_WRITE_SUPERVISOR : 0)
        | (writable && forUser ? CAN_WRITE_USER : 0);
  }

  /** Rights to keep: writes only once the dirty bit is set, so that the first one sets it. */
  private int rights(int entry, int rights) {
    int kept = (entry & DIRTY) != 0 ? rights : rights & CAN_READ_USER;
    return (entry & GLOBAL) != 0 && (cr4 & CR4_PGE) != 0 ? kept | IS_GLOBAL : kept;
  }

  private void check(int rights, int linear, boolean writing, boolean asUser) {
    int need =
        writing ? (asUser ? CAN_WRITE_USER : CAN_WRITE_SUPERVISOR) : (asUser ? CAN_READ_USER : 0);
    if ((rights & need) != need) {
      throw faults.pageFault(
          linear, PF_PRESENT | (writing ? PF_WRITE : 0) | (asUser ? PF_USER : 0));
    }
  }

  private RuntimeException notPresent(int linear, boolean writing, boolean asUser) {
    return faults.pageFault(linear, (writing ? PF_WRITE : 0) | (asUser ? PF_USER : 0));
  }

  private RuntimeException reserved(int linear, boolean writing, boolean asUser) {
    return faults.pageFault(
        linear, PF_PRESENT | PF_RESERVED | (writing ? PF_WRITE : 0) | (asUser ? PF_USER : 0));
  }

  /** Translates, and fills the flat maps with what is now known of the page. */
  private int fill(int linear, boolean writing) {
    return fill(linear, writing, user);
  }

  private int fill(int linear, boolean writing, boolean asUser) {
    int physical = translate(linear, writing, asUser);
    int page = linear >>> PAGE_SHIFT;
    int rights = slotRights[page & SLOTS - 1];
    byte[] content = memory.readable(physical >>> PAGE_SHIFT);
    if (content == null) {
      return physical;
    }
    readSupervisor[page] = content;
    if ((rights & CAN_READ_USER) != 0) {
      readUser[page] = content;
    }
    byte[] target = memory.writable(physical >>> PAGE_SHIFT);
    if (target == content && !memory.hasCode(physical >>> PAGE_SHIFT)) {
      if ((rights & CAN_WRITE_SUPERVISOR) != 0) {
        writeSupervisor[page] = content;
      }
      if ((rights & CAN_WRITE_USER) != 0) {
        writeUser[page] = content;
      }
    }
    ((rights & IS_GLOBAL) != 0 ? global : local).add(page);
    return physical;
  }

  // ---- Slow paths

  private void observe(int linear, int size, boolean writing) {
    if (alignmentChecked && (linear & size - 1) != 0) {
      throw faults.alignmentCheck();
    }
    if (watched) {
      faults.dataAccess(linear, size, writing);
    }
  }

  private static boolean crosses(int linear, int size) {
    return (linear & PAGE_MASK) > PAGE_SIZE - size;
  }

  /** Faults as an access of {@code size} bytes would. */
  public void probe(int linear, int size, boolean writing) {
    int last = linear + size - 1;
    byte[][] map = writing ? write : read;
    if (map[linear >>> PAGE_SHIFT] != null && map[last >>> PAGE_SHIFT] != null) {
      return;
    }
    if (alignmentChecked && size <= 8 && (linear & size - 1) != 0) {
      throw faults.alignmentCheck();
    }
    fill(linear, writing);
    if ((last ^ linear) >>> PAGE_SHIFT != 0) {
      fill(last & ~PAGE_MASK, writing);
    }
  }

  public int read8(int linear) {
    observe(linear, 1, false);
    return memory.read8(fill(linear, false));
  }

  public int read16(int linear) {
    observe(linear, 2, false);
    int physical = fill(linear, false);
    if (crosses(linear, 2)) {
      int second = fill(linear + 1, false);
      return memory.read8(physical) | memory.read8(second) << 8;
    }
    return memory.read16(physical);
  }

  public int read32(int linear) {
    observe(linear, 4, false);
    int physical = fill(linear, false);
    if (crosses(linear, 4)) {
      return (int) readAcross(linear, 4);
    }
    return memory.read32(physical);
  }

  public long read64(int linear) {
    observe(linear, 8, false);
    int physical = fill(linear, false);
    if (crosses(linear, 8)) {
      return readAcross(linear, 8);
    }
    return memory.read32(physical) & 0xFFFFFFFFL | (long) memory.read32(physical + 4) << 32;
  }

  private long readAcross(int linear, int size) {
    int first = translate(linear, false, user);
    int second = fill(linear + size - 1 & ~PAGE_MASK, false);
    int inFirst = PAGE_SIZE - (linear & PAGE_MASK);
    long value = 0;
    for (int i = 0; i < size; i++) {
      int physical = i < inFirst ? first + i : second + i - inFirst;
      value |= (long) memory.read8(physical) << 8 * i;
    }
    return value;
  }

  public void write8(int linear, int value) {
    observe(linear, 1, true);
    memory.write8(fill(linear, true), value);
  }

  public void write16(int linear, int value) {
    observe(linear, 2, true);
    int physical = fill(linear, true);
    if (crosses(linear, 2)) {
      writeAcross(linear, 2, value);
    } else {
      memory.write16(physical, value);
    }
  }

  public void write32(int linear, int value) {
    observe(linear, 4, true);
    int physical = fill(linear, true);
    if (crosses(linear, 4)) {
      writeAcross(linear, 4, value);
    } else {
      memory.write32(physical, value);
    }
  }

  public void write64(int linear, long value) {
    observe(linear, 8, true);
    int physical = fill(linear, true);
    if (crosses(linear, 8)) {
      writeAcross(linear, 8, value);
    } else {
      memory.write32(physical, (int) value);
      memory.write32(physical + 4, (int) (value >>> 32));
    }
  }

  /** Both pages are checked before the first byte is written. */
  private void writeAcross(int linear, int size, long value) {
    int second = fill(linear + size - 1 & ~PAGE_MASK, true);
    int first = translate(linear, true, user);
    int inFirst = PAGE_SIZE - (linear & PAGE_MASK);
    for (int i = 0; i < size; i++) {
      int physical = i < inFirst ? first + i : second + i - inFirst;
      memory.write8(physical, (int) (value >>> 8 * i));
    }
  }

  /** A write of 2 or 4 bytes at a given privilege, whatever the current one is. */
  public void writeAs(int linear, int value, int size, boolean asUser) {
    if (crosses(linear, size)) {
      int second = translate(linear + size - 1 & ~PAGE_MASK, true, asUser);
      int first = translate(linear, true, asUser);
      int inFirst = PAGE_SIZE - (linear & PAGE_MASK);
      for (int i = 0; i < size; i++) {
        memory.write8(i < inFirst ? first + i : second + i - inFirst, value >>> 8 * i);
      }
    } else if (size == 4) {
      memory.write32(translate(linear, true, asUser), value);
    } else {
      memory.write16(translate(linear, true, asUser), value);
    }
  }

  // ---- Accesses of the processor itself to system tables, always as supervisor

  public int readSystem8(int linear) {
    byte[] page = readSupervisor[linear >>> PAGE_SHIFT];
    if (page != null) {
      return page[linear & PAGE_MASK] & 0xFF;
    }
    return memory.read8(translate(linear, false, false));
  }

  public int readSystem16(int linear) {
    return readSystem8(linear) | readSystem8(linear + 1) << 8;
  }

  public int readSystem32(int linear) {
    if (!crosses(linear, 4)) {
      byte[] page = readSupervisor[linear >>> PAGE_SHIFT];
      if (page != null) {
        return GuestPage.read32(page, linear);
      }
      return memory.read32(fill(linear, false, false));
    }
    return readSystem16(linear) | readSystem16(linear + 2) << 16;
  }

  public long readSystem64(int linear) {
    byte[] page = crosses(linear, 8) ? null : readSupervisor[linear >>> PAGE_SHIFT];
    if (page != null) {
      return GuestPage.read64(page, linear);
    }
    return readSystem32(linear) & 0xFFFFFFFFL | (long) readSystem32(linear + 4) << 32;
  }

  public void writeSystem8(int linear, int value) {
    memory.write8(translate(linear, true, false), value);
  }

  public void writeSystem16(int linear, int value) {
    if (crosses(linear, 2)) {
      writeSystem8(linear, value);
      writeSystem8(linear + 1, value >>> 8);
    } else {
      memory.write16(translate(linear, true, false), value);
    }
  }

  public void writeSystem32(int linear, int value) {
    if (crosses(linear, 4)) {
      writeSystem16(linear, value);
      writeSystem16(linear + 2, value >>> 16);
    } else {
      memory.write32(translate(linear, true, false), value);
    }
  }
}
