package troupe.processor.decode;

import java.util.Arrays;
import troupe.processor.Processor;
import troupe.processor.translator.Region;

/**
 * Where translated code goes on, by EIP: what {@link CodeCache} found before. When the mapping or
 * the privilege level has changed since, the TLB tells whether it is there still. Only for 32-bit
 * code in flat segments, where EIP is the linear address.
 */
public final class JumpCache {
  private static final int SIZE = 1 << 13;

  /**
   * For each slot EIP, {@link Processor#mapping} when it was last looked at, the entry with the
   * number of its physical page, and where EIP was if the region had been entered at its first
   * instruction.
   */
  private final int[] places = new int[SIZE * STRIDE];

  private static final int STRIDE = 4;
  private static final int MAPPING = 1;
  private static final int ENTRY = 2;
  private static final int FIRST = 3;

  /** Bits of the number of an entry, below the number of its page. */
  private static final int ENTRY_BITS = 12;

  private static final int ENTRY_MASK = (1 << ENTRY_BITS) - 1;

  private final Region[] regions = new Region[SIZE];

  /** Where to enter the region that {@link #find} found last. */
  public int entry;

  private int age;

  private static int slot(int eip) {
    return (eip ^ eip >>> 13) & SIZE - 1;
  }

  /** The region to go on with at EIP, or null if it is not known; and {@link #entry}. */
  public Region find(Processor c) {
    int eip = c.eip;
    int slot = slot(eip);
    Region region = regions[slot];
    int place = slot * STRIDE;
    if (region == null || places[place] != eip) {
      return null;
    }
    entry = places[place + ENTRY] & ENTRY_MASK;
    if (places[place + MAPPING] == c.mapping()) {
      return region.runs(c.segments.mode) ? region : null;
    }
    return isStill(c, region, place) ? region : null;
  }

  /** After a change of the mapping: whether the region is there still, as far as the TLB knows. */
  private boolean isStill(Processor c, Region region, int place) {
    if (c.mmu.cached(c.eip >>> 12) != places[place + ENTRY] >>> ENTRY_BITS
        || !region.isStill(c, places[place + FIRST])) {
      return false;
    }
    places[place + MAPPING] = c.mapping();
    return true;
  }

  /** Remembers that a region can be entered at EIP. */
  void put(Processor c, Region region, int at) {
    int slot = slot(c.eip);
    int place = slot * STRIDE;
    places[place] = c.eip;
    places[place + MAPPING] = c.mapping();
    places[place + ENTRY] = region.entryPage(at) << ENTRY_BITS | at;
    places[place + FIRST] = c.eip - region.entryOffset(at);
    regions[slot] = region;
  }

  /** Lets go of a region that is of no use any more. */
  void forget(Region region) {
    for (int slot = 0; slot < SIZE; slot++) {
      if (regions[slot] == region) {
        regions[slot] = null;
      }
    }
  }

  void clear() {
    Arrays.fill(regions, null);
  }

  /** To be called at least once in 2^28 changes of the mapping: its numbers come again. */
  void forgetOld(int generation) {
    if (generation >>> 28 != age) {
      age = generation >>> 28;
      clear();
    }
  }
}
