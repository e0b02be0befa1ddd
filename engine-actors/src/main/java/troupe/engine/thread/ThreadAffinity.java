package troupe.engine.thread;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Optional;

/** On which CPUs threads run, where the host can say (sched_setaffinity(2) of Linux). */
public final class ThreadAffinity {
  /** What the kernel's mask is a multiple of, bytes. */
  private static final int MASK_UNIT = Long.BYTES;

  /** Bytes of a mask that no kernel's is longer than: 64 Ki CPUs. */
  private static final int LONGEST_MASK = 8192;

  private static final Optional<MethodHandle> SET = function("sched_setaffinity");
  private static final Optional<MethodHandle> GET = function("sched_getaffinity");

  private ThreadAffinity() {}

  private static Optional<MethodHandle> function(String name) {
    return HostFunctions.find(
        name,
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS));
  }

  /** The CPUs that the calling thread may run on; empty if the host does not say. */
  public static Optional<BitSet> current() {
    if (GET.isEmpty()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(LONGEST_MASK, MASK_UNIT);
      return call(GET.get(), LONGEST_MASK, mask)
          ? Optional.of(BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE)))
          : Optional.empty();
    }
  }

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
      return call(SET.get(), size, mask);
    }
  }

  private static boolean call(MethodHandle function, long size, MemorySegment mask) {
    try {
      // 0: the calling thread.
      return (int) function.invokeExact(0, size, mask) == 0;
    } catch (Throwable t) {
      throw new IllegalStateException("the host's affinity functions cannot be called", t);
    }
  }
}
