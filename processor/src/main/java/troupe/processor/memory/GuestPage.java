package troupe.processor.memory;

import java.lang.reflect.Field;
import java.nio.ByteOrder;
import java.util.Objects;
import sun.misc.Unsafe;

/**
 * Accesses within one page of guest memory, little-endian, of any alignment.
 *
 * <p>Whatever offset is given, the access stays within the page: it is held within the bounds here,
 * so that neither a guest nor a mistake in translated code can leave the array. A view VarHandle
 * checks the same with two traps at each access, each of which keeps all local variables alive; in
 * translated code that took HotSpot twice the time to compile (docs/performance.md).
 */
public final class GuestPage {
  private static final Unsafe UNSAFE = unsafe();
  private static final long BASE = UNSAFE.arrayBaseOffset(byte[].class);
  private static final int MASK = PhysicalMemory.PAGE_SIZE - 1;
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

  private static long at(byte[] page, int offset, int bytes) {
    // Without an object the offset would be an address in the process.
    Objects.requireNonNull(page);
    return BASE + Math.min(offset & MASK, PhysicalMemory.PAGE_SIZE - bytes);
  }

  /** Zero-extended. */
  public static int read8(byte[] page, int offset) {
    return UNSAFE.getByte(page, at(page, offset, 1)) & 0xFF;
  }

  /** Zero-extended. */
  public static int read16(byte[] page, int offset) {
    short value = UNSAFE.getShort(page, at(page, offset, 2));
    return (SWAP ? Short.reverseBytes(value) : value) & 0xFFFF;
  }

  public static int read32(byte[] page, int offset) {
    int value = UNSAFE.getInt(page, at(page, offset, 4));
    return SWAP ? Integer.reverseBytes(value) : value;
  }

  public static long read64(byte[] page, int offset) {
    long value = UNSAFE.getLong(page, at(page, offset, 8));
    return SWAP ? Long.reverseBytes(value) : value;
  }

  public static void write8(byte[] page, int offset, int value) {
    UNSAFE.putByte(page, at(page, offset, 1), (byte) value);
  }

  public static void write16(byte[] page, int offset, int value) {
    UNSAFE.putShort(
        page, at(page, offset, 2), SWAP ? Short.reverseBytes((short) value) : (short) value);
  }

  public static void write32(byte[] page, int offset, int value) {
    UNSAFE.putInt(page, at(page, offset, 4), SWAP ? Integer.reverseBytes(value) : value);
  }

  public static void write64(byte[] page, int offset, long value) {
    UNSAFE.putLong(page, at(page, offset, 8), SWAP ? Long.reverseBytes(value) : value);
  }
}
