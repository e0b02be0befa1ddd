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

  private final int[] eips = new int[SIZE];

  /** {@link Processor#mapping} when it was last made sure that the region is at EIP. */
  private final int[] mappings = new int[SIZE];

  private final Region[] regions = new Region[SIZE];
  private final int[] entries = new int[SIZE];
  private int age;

  private static int slot(int eip) {
    return (eip ^ eip >>> 13) & SIZE - 1;
  }

  /** The region to go on with at EIP, or null if it is not known. */
  public Region find(Processor c) {
    int slot = slot(c.eip);
    Region region = regions[slot];
    if (region == null || eips[slot] != c.eip) {
      return null;
    }
    if (mappings[slot] == c.mapping()) {
      return region.runs(c.segments.mode) ? region : null;
    }
    return isStill(c, slot) ? region : null;
  }

  /** After a change of the mapping: whether the region is there still, as far as the TLB knows. */
  private boolean isStill(Processor c, int slot) {
    Region region = regions[slot];
    int entry = entries[slot];
    if (c.mmu.cached(c.eip >>> 12) != region.entryPage(entry) || !region.fits(c, entry)) {
      return false;
    }
    mappings[slot] = c.mapping();
    return true;
  }

  /** Where to enter the region that was found for an EIP. */
  public int entry(int eip) {
    return entries[slot(eip)];
  }

  /** Remembers that a region can be entered at EIP. */
  void put(Processor c, Region region, int entry) {
    int slot = slot(c.eip);
    eips[slot] = c.eip;
    mappings[slot] = c.mapping();
    regions[slot] = region;
    entries[slot] = entry;
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
