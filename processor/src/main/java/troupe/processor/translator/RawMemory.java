package troupe.processor.translator;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_byte;
import static java.lang.constant.ConstantDescs.CD_char;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.ByteOrder;
import jdk.internal.misc.Unsafe;
import troupe.processor.memory.GuestPage;

/**
 * Emits accesses to pages of guest memory and to the general registers where they are kept. They
 * are what {@link GuestPage} does, instruction by instruction: HotSpot's compilers take a third
 * less time for a region than if they have to inline its methods, and have no trap to prepare for
 * the index of a register.
 *
 * <p>An access stays within the page: its offset is one of the low 12 bits, and a constant that
 * together with it was compared with the page's size ({@link Windows}), or zero.
 */
final class RawMemory {
  private static final ClassDesc PAGE = RegionEmitter.desc(GuestPage.class);
  private static final ClassDesc UNSAFE = RegionEmitter.desc(Unsafe.class);
  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  private final CodeBuilder b;

  /** Local variable with the Unsafe. */
  private final int unsafe;

  RawMemory(CodeBuilder b, int unsafe) {
    this.b = b;
    this.unsafe = unsafe;
  }

  void prologue() {
    b.getstatic(PAGE, "UNSAFE", UNSAFE).astore(unsafe);
  }

  /** Pushes what is at an index of an array of references. */
  void element(int array, Runnable index) {
    b.aload(unsafe).aload(array);
    index.run();
    b.i2l().loadConstant(GuestPage.MAP_SHIFT).lshl().loadConstant(GuestPage.MAP_BASE).ladd();
    get("getReference", CD_Object);
  }

  /** Begins an access to a page, which {@link #load} or {@link #store} ends. */
  void at(int page, int offset, int further) {
    b.aload(unsafe).aload(page).iload(offset).i2l();
    b.loadConstant(GuestPage.BASE + further).ladd();
  }

  /** Zero-extended. */
  void load(int bits) {
    switch (bits) {
      case 8 -> {
        get("getByte", CD_byte);
        b.sipush(0xFF).iand();
      }
      case 16 -> {
        get("getChar", CD_char);
        swap("Character", CD_char);
      }
      case 32 -> {
        get("getInt", CD_int);
        swap("Integer", CD_int);
      }
      default -> {
        get("getLong", CD_long);
        swap("Long", CD_long);
      }
    }
  }

  void store(int bits) {
    switch (bits) {
      case 8 -> {
        b.i2b();
        put("putByte", CD_byte);
      }
      case 16 -> {
        b.i2c();
        swap("Character", CD_char);
        put("putChar", CD_char);
      }
      case 32 -> {
        swap("Integer", CD_int);
        put("putInt", CD_int);
      }
      default -> {
        swap("Long", CD_long);
        put("putLong", CD_long);
      }
    }
  }

  /** Pushes an element of an array of ints, of which the caller knows that it has it. */
  void loadInt(int array, int index) {
    begin(array, index);
    get("getInt", CD_int);
  }

  void storeInt(int array, int index, int local) {
    begin(array, index);
    b.iload(local);
    put("putInt", CD_int);
  }

  private void begin(int array, int index) {
    b.aload(unsafe).aload(array).loadConstant(GuestPage.INTS_BASE + (long) Integer.BYTES * index);
  }

  private void get(String method, ClassDesc type) {
    b.invokevirtual(UNSAFE, method, MethodTypeDesc.of(type, CD_Object, CD_long));
  }

  private void put(String method, ClassDesc type) {
    b.invokevirtual(UNSAFE, method, MethodTypeDesc.of(CD_void, CD_Object, CD_long, type));
  }

  private void swap(String owner, ClassDesc type) {
    if (SWAP) {
      b.invokestatic(
          ClassDesc.of("java.lang." + owner), "reverseBytes", MethodTypeDesc.of(type, type));
    }
  }
}
