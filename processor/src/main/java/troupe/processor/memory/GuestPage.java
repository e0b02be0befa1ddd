package troupe.processor.memory;

import java.nio.ByteOrder;
import jdk.internal.misc.Unsafe;

/**
 * Pages of guest memory, and accesses within one of them, little-endian, of any alignment.
 *
 * <p>Whatever offset is given, the access stays within the array: only the low 12 bits count, and a
 * page has spare bytes after its 4,096 that an access at the end of it may reach. So neither a
 * guest nor a mistake in an address can leave the array. That a page is not null is the caller's to
 * know: it has just compared what it found. A view VarHandle checks all that itself, with two traps
 * at each access, each of which keeps all local variables alive; in translated code that took
 * HotSpot twice the time to compile, and the Unsafe of sun.misc, whose methods call those of this
 * one, half as much again (docs/performance.md). The type of a page is Object so that what {@link
 * #find} returns needs no check of its type.
 */
public final class GuestPage {
  // Translated code has these accesses as its own bytecode (RawMemory).
  public static final Unsafe UNSAFE = Unsafe.getUnsafe();
  public static final long BASE = UNSAFE.arrayBaseOffset(byte[].class);
  public static final long INTS_BASE = UNSAFE.arrayBaseOffset(int[].class);
  public static final long MAP_BASE = UNSAFE.arrayBaseOffset(byte[][].class);
  public static final int MAP_SHIFT =
      Integer.numberOfTrailingZeros(UNSAFE.arrayIndexScale(byte[][].class));
  private static final int MASK = PhysicalMemory.PAGE_SIZE - 1;

  /** Bytes of an array that holds a page; those after the page itself are never used. */
  static final int ROOM = PhysicalMemory.PAGE_SIZE + Long.BYTES;

  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  private GuestPage() {}

  /** A page of zeros. */
  public static byte[] make() {
    return new byte[ROOM];
  }

  /**
   * The page of a linear address, or null. Its index needs no check.
   *
   * @param map {@link Mmu#read} or {@link Mmu#write}, which have an element for every linear page
   */
  public static Object find(byte[][] map, int linear) {
    long index = linear >>> PhysicalMemory.PAGE_SHIFT;
    return UNSAFE.getReference(map, MAP_BASE + (index << MAP_SHIFT));
  }

  /** Zero-extended. */
  public static int read8(Object page, int offset) {
    return UNSAFE.getByte(page, BASE + (offset & MASK)) & 0xFF;
  }

  /** Zero-extended. */
  public static int read16(Object page, int offset) {
    short value = UNSAFE.getShort(page, BASE + (offset & MASK));
    return (SWAP ? Short.reverseBytes(value) : value) & 0xFFFF;
  }

  public static int read32(Object page, int offset) {
    int value = UNSAFE.getInt(page, BASE + (offset & MASK));
    return SWAP ? Integer.reverseBytes(value) : value;
  }

  public static long read64(Object page, int offset) {
    long value = UNSAFE.getLong(page, BASE + (offset & MASK));
    return SWAP ? Long.reverseBytes(value) : value;
  }

  public static void write8(Object page, int offset, int value) {
    UNSAFE.putByte(page, BASE + (offset & MASK), (byte) value);
  }

  public static void write16(Object page, int offset, int value) {
    UNSAFE.putShort(
        page, BASE + (offset & MASK), SWAP ? Short.reverseBytes((short) value) : (short) value);
  }

  public static void write32(Object page, int offset, int value) {
    UNSAFE.putInt(page, BASE + (offset & MASK), SWAP ? Integer.reverseBytes(value) : value);
  }

  public static void write64(Object page, int offset, long value) {
    UNSAFE.putLong(page, BASE + (offset & MASK), SWAP ? Long.reverseBytes(value) : value);
  }
}
