package troupe.engine.thread;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Optional;

/** Binds threads to CPUs, where the host can (sched_setaffinity(2) of Linux). */
final class ThreadAffinity {
  /** What the kernel's mask is a multiple of, bytes. */
  private static final int MASK_UNIT = Long.BYTES;

  private static final Optional<MethodHandle> SET =
      Linker.nativeLinker()
          .defaultLookup()
          .find("sched_setaffinity")
          .map(
              function ->
                  Linker.nativeLinker()
                      .downcallHandle(
                          function,
                          FunctionDescriptor.of(
                              ValueLayout.JAVA_INT,
                              ValueLayout.JAVA_INT,
                              ValueLayout.JAVA_LONG,
                              ValueLayout.ADDRESS)));

  private ThreadAffinity() {}

  /** Has the calling thread run on these CPUs only; false if the host will not. */
  static boolean bind(BitSet cpus) {
    if (SET.isEmpty() || cpus.isEmpty()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      byte[] bits = cpus.toByteArray();
      long size = Math.ceilDiv(bits.length, MASK_UNIT) * (long) MASK_UNIT;
      MemorySegment mask = arena.allocate(size, MASK_UNIT);
      MemorySegment.copy(bits, 0, mask, ValueLayout.JAVA_BYTE, 0, bits.length);
      // 0: the calling thread.
      return (int) SET.get().invokeExact(0, size, mask) == 0;
    } catch (Throwable t) {
      throw new IllegalStateException("sched_setaffinity cannot be called", t);
    }
  }
}
