package troupe.processor.decode;

import static troupe.processor.memory.PhysicalMemory.PAGE_MASK;
import static troupe.processor.memory.PhysicalMemory.PAGE_SHIFT;
import static troupe.processor.memory.PhysicalMemory.PAGE_SIZE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import troupe.processor.Fault;
import troupe.processor.Processor;
import troupe.processor.SegmentRegisters;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.Region;

/**
 * Decoded code by physical address, so that it serves all linear addresses and survives changes of
 * CR3. Pages with decoded code are write-protected in the soft TLB; a write to decoded bytes drops
 * the blocks it touches, one beside them drops nothing.
 */
public final class CodeCache {
  private static final int SLOTS = 1 << 16;

  /** Instructions of a block at most. */
  public static final int MAX_INSTRUCTIONS = 32;

  /**
   * Bytes that decoded code may take. With more, what has run least is dropped. The memory is that
   * of all PCs of the process, and a guest could fill it with code that it never runs again.
   */
  public static final long MOST_BYTES = 32 << 20;

  /** The same of translated code. With more, regions that have not run for long are dropped. */
  public static final long MOST_REGION_BYTES = 96 << 20;

  /** What has run this often is dropped only with everything. */
  private static final int MOST_COLD_RUNS = 4096;

  // What is taken by a block, by each of its instructions as if none was shared, and by a page.
  private static final int BLOCK_BYTES = 120;
  private static final int INSTRUCTION_BYTES = 56;
  private static final int PAGE_BYTES = 720;

  /** What is decoded of one physical page. */
  private static final class Page {
    final List<Block> blocks = new ArrayList<>();

    /** Translated code with bytes in this page. */
    final List<Region> regions = new ArrayList<>();

    /** Bit n: byte n belongs to a block. */
    final long[] bytes = new long[PAGE_SIZE / 64];
  }

  private final Processor c;
  private final PhysicalMemory memory;
  private final Decoder decoder;
  private final Block[] slots = new Block[SLOTS];
  private final long mostBytes;
  private final long mostRegionBytes;

  /** What all blocks and pages take, at most. */
  private long bytes;

  /** What all attached regions take, as if no other PC shared them. */
  private long regionBytes;

  private final LinkedHashSet<Region> attached = new LinkedHashSet<>();
  private final JumpCache jumps;
  private final Page[][] pages = new Page[1024][];
  private final Insn[] buffer = new Insn[MAX_INSTRUCTIONS];

  // The page of the last lookup.
  private int linearPage = -1;
  private int physicalPage;
  private boolean wholePage;
  private int generation;
  private int cpl;

  public CodeCache(Processor c) {
    this(c, MOST_BYTES, MOST_REGION_BYTES);
  }

  CodeCache(Processor c, long mostBytes, long mostRegionBytes) {
    this.c = c;
    this.mostBytes = mostBytes;
    this.mostRegionBytes = mostRegionBytes;
    memory = c.memory;
    jumps = c.jumps;
    decoder = new Decoder(c);
  }

  /** Drops everything, as when the address map changes. */
  public void clear() {
    linearPage = -1;
    if (bytes == 0) {
      return;
    }
    for (Block first : slots) {
      for (Block block = first; block != null; block = block.nextInSlot) {
        block.invalidate();
      }
    }
    Arrays.fill(slots, null);
    jumps.clear();
    attached.clear();
    bytes = 0;
    regionBytes = 0;
    for (int high = 0; high < pages.length; high++) {
      if (pages[high] != null) {
        for (int low = 0; low < 1024; low++) {
          if (pages[high][low] != null) {
            pages[high][low].regions.forEach(r -> r.valid = false);
            memory.setHasCode(high << 10 | low, false);
          }
        }
        pages[high] = null;
      }
    }
  }

  private static int slot(int physical) {
    return (physical ^ physical >>> 13) & SLOTS - 1;
  }

  /** The block at CS:EIP, decoded if need be. Faults are those of its first instruction. */
  public Block lookup() {
    int eip = c.eip;
    if (Integer.compareUnsigned(eip, c.segments.limit[Processor.CS]) > 0) {
      throw c.fault(Fault.GP, 0);
    }
    int linear = c.segments.base[Processor.CS] + eip;
    int page = linear >>> PAGE_SHIFT;
    if (page != linearPage || generation != c.mmu.generation || cpl != c.cpl) {
      physicalPage = c.mmu.fetch(linear) & ~PAGE_MASK;
      linearPage = page;
      generation = c.mmu.generation;
      cpl = c.cpl;
    }
    wholePage =
        Integer.compareUnsigned(
                c.segments.limit[Processor.CS] - eip, PAGE_MASK - (linear & PAGE_MASK))
            >= 0;
    int physical = physicalPage | linear & PAGE_MASK;
    boolean code32 = (c.segments.attributes[Processor.CS] & SegmentRegisters.BIG) != 0;
    Block block = find(physical, code32);
    if (block != null) {
      if ((block.secondPage < 0 || stillCrosses(block, linear)) && withinLimit(block, eip)) {
        return block;
      }
      drop(block);
    }
    return decode(linear, physical, code32);
  }

  /**
   * Whether CS goes to the end of the page of the last look-up. Else each block has to be looked
   * up: where one that followed another ends depends on where CS begins.
   */
  public boolean wholePage() {
    return wholePage;
  }

  /** Decoding checked the limit that was in force then, from where CS began then. */
  private boolean withinLimit(Block block, int eip) {
    return Integer.compareUnsigned(c.segments.limit[Processor.CS] - eip, block.length - 1) >= 0;
  }

  private boolean stillCrosses(Block block, int linear) {
    int second = c.mmu.fetch((linear | PAGE_MASK) + 1) >>> PAGE_SHIFT;
    return second == block.secondPage;
  }

  /** Whether the region that begins with a block can run at CS:EIP now. */
  public boolean runs(Block block) {
    Region region = block.region;
    if (!region.valid || !region.fits(c, block.entry)) {
      return false;
    }
    region.used = true;
    if (region.linkable()) {
      jumps.put(c, region, block.entry);
    }
    return true;
  }

  /** To be called now and then, see {@link JumpCache#forgetOld}. */
  public void forgetOld() {
    jumps.forgetOld(c.mmu.generation);
  }

  /** Bytes that decoded code takes now, at most. */
  public long bytes() {
    return bytes;
  }

  /** Bytes that the attached regions take now, as if no other PC shared them. */
  public long regionBytes() {
    return regionBytes;
  }

  private static int bytes(Block block) {
    return BLOCK_BYTES + block.count * INSTRUCTION_BYTES;
  }

  /** Decodes one instruction at CS:EIP without keeping it. */
  public Insn decodeOne() {
    return decoder.decode(c.eip);
  }

  private Block decode(int linear, int physical, boolean code32) {
    int length = 0;
    int offset = c.eip;
    int at = linear;
    int secondPage = -1;
    while (length < MAX_INSTRUCTIONS) {
      Insn insn;
      if (length == 0) {
        insn = decoder.decode(offset);
      } else if ((at & PAGE_MASK) > PAGE_SIZE - 15) {
        // It may cross the page: let it begin a block of its own, where its faults belong.
        break;
      } else {
        try {
          insn = decoder.decode(offset);
        } catch (Fault f) {
          break;
        }
      }
      buffer[length++] = insn;
      at += insn.length;
      offset += insn.length;
      if ((at - 1 ^ linear) >>> PAGE_SHIFT != 0) {
        secondPage = decoder.lastPhysicalPage();
        break;
      }
      if (InstructionTable.endsBlock(insn.row) || insn.repeat != 0 || (at & PAGE_MASK) == 0) {
        break;
      }
    }
    Insn[] code = Arrays.copyOf(buffer, length + 1);
    code[length] = null;
    Block block = new Block(physical, at - linear, code32, code, secondPage);
    if (bytes + bytes(block) + 2 * PAGE_BYTES > mostBytes) {
      makeRoom();
    }
    bytes += bytes(block);
    int slot = slot(physical);
    block.nextInSlot = slots[slot];
    slots[slot] = block;
    enter(block);
    register(block, physical >>> PAGE_SHIFT, physical & PAGE_MASK, (block.end - 1 & PAGE_MASK) + 1);
    if (secondPage >= 0) {
      register(block, secondPage, 0, at & PAGE_MASK);
    }
    return block;
  }

  /**
   * Drops blocks that have run less than so often, then than more often, until a quarter of the
   * room is free; everything if that does not do. Blocks that are translated stay.
   */
  private void makeRoom() {
    long enough = mostBytes - mostBytes / 4;
    for (int runs = 8; bytes > enough && runs <= MOST_COLD_RUNS; runs *= 8) {
      for (Block first : slots) {
        Block next;
        for (Block block = first; block != null; block = next) {
          next = block.nextInSlot;
          if (block.inside == null && block.heat >= 0 && block.heat < runs) {
            drop(block);
          }
        }
      }
      dropEmptyPages();
    }
    if (bytes > enough) {
      clear();
    }
  }

  private void dropEmptyPages() {
    for (int high = 0; high < pages.length; high++) {
      for (int low = 0; pages[high] != null && low < pages[high].length; low++) {
        dropIfEmpty(high << 10 | low);
      }
    }
  }

  /** Forgets a page in which there is no code any more. */
  private void dropIfEmpty(int number) {
    Page page = page(number);
    if (page != null && page.blocks.isEmpty() && page.regions.isEmpty()) {
      pages[number >>> 10][number & 1023] = null;
      bytes -= PAGE_BYTES;
      memory.setHasCode(number, false);
    }
  }

  private Page page(int number) {
    Page[] chunk = pages[number >>> 10];
    return chunk == null ? null : chunk[number & 1023];
  }

  private void register(Block block, int number, int from, int to) {
    Page page = page(number);
    if (page == null) {
      if (pages[number >>> 10] == null) {
        pages[number >>> 10] = new Page[1024];
      }
      page = new Page();
      bytes += PAGE_BYTES;
      pages[number >>> 10][number & 1023] = page;
      memory.setHasCode(number, true);
      byte[] content = memory.writable(number);
      if (content != null) {
        c.mmu.protectCode(content);
      }
    }
    page.blocks.add(block);
    mark(page, from, to);
  }

  /** Finds translated code that can be entered at a new block. */
  private void enter(Block block) {
    Page page = page(block.physical >>> PAGE_SHIFT);
    if (page == null) {
      return;
    }
    for (Region region : page.regions) {
      if (region.code32() == block.code32 && region.owns(block.physical)) {
        block.inside = region;
        int entry = region.entryAt(block.physical);
        if (entry >= 0) {
          block.region = region;
          block.entry = entry;
          return;
        }
      }
    }
  }

  /** The decoded block at a physical address, or null. */
  public Block find(int physical, boolean code32) {
    Block block = slots[slot(physical)];
    while (block != null && (block.physical != physical || block.code32 != code32)) {
      block = block.nextInSlot;
    }
    return block;
  }

  /**
   * Attaches translated code. Its bytes are in pages with decoded code; one of those that are not
   * any more, because they were overwritten, refuses it.
   */
  public boolean attach(Region region) {
    int[] numbers = region.pages();
    for (int number : numbers) {
      if (number >= 0 && page(number) == null) {
        return false;
      }
    }
    for (int number : numbers) {
      if (number >= 0) {
        Page page = page(number);
        page.regions.add(region);
        region.mark(number, page.bytes);
      }
    }
    makeRegionRoom(region.bytes());
    attached.add(region);
    regionBytes += region.bytes();
    for (int leader : region.leaders()) {
      Block block = find(leader, region.code32());
      if (block != null) {
        block.inside = region;
        block.heat = 0;
      }
    }
    for (int entry = 0; entry < region.entries(); entry++) {
      Block block = find(region.entry(entry), region.code32());
      if (block != null) {
        block.region = region;
        block.entry = entry;
      }
    }
    return true;
  }

  /**
   * Drops regions, those that were attached first before others, but for those that the guest has
   * been in since the last time: they are asked again after all the others.
   */
  private void makeRegionRoom(int needed) {
    if (regionBytes + needed <= mostRegionBytes) {
      return;
    }
    while (!attached.isEmpty() && regionBytes + needed > mostRegionBytes) {
      Region oldest = attached.removeFirst();
      if (oldest.used) {
        oldest.used = false;
        attached.add(oldest);
      } else {
        regionBytes -= oldest.bytes();
        drop(oldest);
      }
    }
    // What is found there is not seen to be used.
    jumps.clear();
  }

  /** Takes a region out of use; if it is running, it ends after this instruction. */
  public void drop(Region region) {
    region.valid = false;
    jumps.forget(region);
    if (attached.remove(region)) {
      regionBytes -= region.bytes();
    }
    for (int number : region.pages()) {
      if (number >= 0 && page(number) != null) {
        page(number).regions.remove(region);
      }
    }
    for (int entry = 0; entry < region.entries(); entry++) {
      Block block = find(region.entry(entry), region.code32());
      if (block != null && block.region == region) {
        block.region = null;
        block.heat = 0;
      }
    }
    for (int leader : region.leaders()) {
      Block block = find(leader, region.code32());
      if (block != null && block.inside == region) {
        block.inside = null;
        block.heat = 0;
      }
    }
  }

  private static void mark(Page page, int from, int to) {
    for (int n = from; n < to; n++) {
      page.bytes[n >>> 6] |= 1L << n;
    }
  }

  /** Forgets a block; if it is running, it ends after this instruction. */
  private void drop(Block block) {
    Page page = page(block.physical >>> PAGE_SHIFT);
    if (page != null) {
      page.blocks.remove(block);
    }
    if (block.secondPage >= 0) {
      Page second = page(block.secondPage);
      if (second != null) {
        second.blocks.remove(block);
      }
    }
    block.invalidate();
    int slot = slot(block.physical);
    Block before = slots[slot];
    if (before == block) {
      slots[slot] = block.nextInSlot;
    } else {
      while (before.nextInSlot != block) {
        before = before.nextInSlot;
      }
      before.nextInSlot = block.nextInSlot;
    }
    bytes -= bytes(block);
  }

  /** Bytes of a page with code are about to change. */
  public void written(int number, int from, int to) {
    Page page = page(number);
    if (page == null) {
      memory.setHasCode(number, false);
      return;
    }
    if (!touches(page, from, to)) {
      return;
    }
    for (Block block : List.copyOf(page.blocks)) {
      boolean first = block.physical >>> PAGE_SHIFT == number;
      int blockFrom = first ? block.physical & PAGE_MASK : 0;
      int blockTo = first ? (block.end - 1 & PAGE_MASK) + 1 : 15;
      if (blockFrom < to && from < blockTo) {
        drop(block);
      }
    }
    for (Region region : List.copyOf(page.regions)) {
      for (int n = from; n < to; n++) {
        if (region.valid && region.covers(number, n)) {
          drop(region);
        }
      }
    }
    Arrays.fill(page.bytes, 0);
    for (Region region : page.regions) {
      region.mark(number, page.bytes);
    }
    for (Block block : page.blocks) {
      boolean first = block.physical >>> PAGE_SHIFT == number;
      mark(
          page,
          first ? block.physical & PAGE_MASK : 0,
          first ? (block.end - 1 & PAGE_MASK) + 1 : 15);
    }
    dropIfEmpty(number);
  }

  private static boolean touches(Page page, int from, int to) {
    for (int n = from; n < to; n++) {
      if ((page.bytes[n >>> 6] >>> n & 1) != 0) {
        return true;
      }
    }
    return false;
  }
}
