package troupe.processor.memory;

import java.lang.reflect.Field;
import java.nio.ByteOrder;
import java.util.Objects;
import sun.misc.Unsafe;

/**
 * Pages of guest memory, and accesses within one of them, little-endian, of any alignment.
 *
 * <p>Whatever offset is given, the access stays within the array: only the low 12 bits count, and a
 * page has spare bytes after its 4,096 that an access at the end of it may reach. So neither a
 * guest nor a mistake in translated code can leave the array. A view VarHandle checks the same with
 * two traps at each access, each of which keeps all local variables alive; in translated code that
 * took HotSpot twice the time to compile (docs/performance.md). The type of a page is Object so
 * that translated code, which has it from {@link #find}, needs no check of the type.
 */
public final class GuestPage {
  private static final Unsafe UNSAFE = unsafe();
  private static final long BASE = UNSAFE.arrayBaseOffset(byte[].class);
  private static final long MAP_BASE = UNSAFE.arrayBaseOffset(byte[][].class);
  private static final int MAP_SCALE = UNSAFE.arrayIndexScale(byte[][].class);
  private static final int MASK = PhysicalMemory.PAGE_SIZE - 1;

  /** Bytes of an array that holds a page; those after the page itself are never used. */
  static final int ROOM = PhysicalMemory.PAGE_SIZE + Long.BYTES;

  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  private GuestPage() {}

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** A page of zeros. */
  public static byte[] make() {
    return new byte[ROOM];
  }

  private static long at(Object page, int offset) {
    // Without an object the offset would be an address in the process.
    Objects.requireNonNull(page);
    return BASE + (offset & MASK);
  }

  /**
   * The page of a linear address, or null. Its index needs no check.
   *
   * @param map {@link Mmu#read} or {@link Mmu#write}, which have an element for every linear page
   */
  public static Object find(byte[][] map, int linear) {
    long index = linear >>> PhysicalMemory.PAGE_SHIFT;
    return UNSAFE.getObject(map, MAP_BASE + index * MAP_SCALE);
  }

  /** Zero-extended. */
  public static int read8(Object page, int offset) {
    return UNSAFE.getByte(page, at(page, offset)) & 0xFF;
  }

  /** Zero-extended. */
  public static int read16(Object page, int offset) {
    short value = UNSAFE.getShort(page, at(page, offset));
    return (SWAP ? Short.reverseBytes(value) : value) & 0xFFFF;
  }

  public static int read32(Object page, int offset) {
    int value = UNSAFE.getInt(page, at(page, offset));
    return SWAP ? Integer.reverseBytes(value) : value;
  }

  public static long read64(Object page, int offset) {
    long value = UNSAFE.getLong(page, at(page, offset));
    return SWAP ? Long.reverseBytes(value) : value;
  }

  public static void write8(Object page, int offset, int value) {
    UNSAFE.putByte(page, at(page, offset), (byte) value);
  }

  public static void write16(Object page, int offset, int value) {
    UNSAFE.putShort(
        page, at(page, offset), SWAP ? Short.reverseBytes((short) value) : (short) value);
  }

  public static void write32(Object page, int offset, int value) {
    UNSAFE.putInt(page, at(page, offset), SWAP ? Integer.reverseBytes(value) : value);
  }

  public static void write64(Object page, int offset, long value) {
    UNSAFE.putLong(page, at(page, offset), SWAP ? Long.reverseBytes(value) : value);
  }
}
