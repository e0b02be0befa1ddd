package troupe.processor.decode;

import java.util.Arrays;
import troupe.processor.Processor;
import troupe.processor.translator.Region;

/**
 * Where translated code goes on, by EIP: what {@link CodeCache} found before, as long as neither
 * the mapping nor the privilege level changes. Only for 32-bit code in flat segments, where EIP is
 * the linear address.
 */
public final class JumpCache {
  private static final int SIZE = 1 << 12;

  private final long[] keys = new long[SIZE];
  private final Region[] regions = new Region[SIZE];
  private final int[] entries = new int[SIZE];
  private int age;

  private static int slot(int eip) {
    return (eip ^ eip >>> 12) & SIZE - 1;
  }

  private static long key(Processor c) {
    return (long) c.eip << 32 | c.mapping() & 0xFFFFFFFFL;
  }

  /** The region to go on with at EIP, or null if it is not known. */
  public Region find(Processor c) {
    int slot = slot(c.eip);
    Region region = regions[slot];
    return keys[slot] == key(c) && region != null && region.runs(c.segments.mode) ? region : null;
  }

  /** Where to enter the region that was found for an EIP. */
  public int entry(int eip) {
    return entries[slot(eip)];
  }

  /** Remembers that a region can be entered at EIP. */
  void put(Processor c, Region region, int entry) {
    int slot = slot(c.eip);
    keys[slot] = key(c);
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
