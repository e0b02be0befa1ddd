package troupe.processor;

import troupe.processor.fpu.FpuState;
import troupe.processor.simd.SimdState;

/**
 * A processor's saved state. Arrays of segments are in the order of the register numbers; {@code
 * tables} is GDT base and limit, IDT base and limit; {@code control} is CR0, CR2, CR3, CR4.
 */
public record ProcessorState(
    int[] general,
    int eip,
    int eflags,
    int[] selectors,
    int[] bases,
    int[] limits,
    int[] attributes,
    int[] tables,
    int[] control,
    long[] pdptes,
    int[] debug,
    int cpl,
    boolean a20,
    long timeStampOffset,
    long[] modelSpecific,
    FpuState.Saved fpu,
    SimdState.Saved simd,
    Run run) {

  /** Refuses a state whose parts have the wrong sizes. */
  public ProcessorState {
    need("general", general, 8);
    need("selectors", selectors, 8);
    need("bases", bases, 8);
    need("limits", limits, 8);
    need("attributes", attributes, 8);
    need("tables", tables, 4);
    need("control", control, 4);
    need("debug", debug, 8);
    if (pdptes == null || pdptes.length != 4) {
      throw new IllegalArgumentException("pdptes: 4 values wanted");
    }
    if (modelSpecific == null || modelSpecific.length < 3) {
      throw new IllegalArgumentException("modelSpecific: at least 3 values wanted");
    }
    if (fpu == null || simd == null || run == null) {
      throw new IllegalArgumentException("a part of the processor is missing");
    }
  }

  private static void need(String name, int[] values, int count) {
    if (values == null || values.length != count) {
      throw new IllegalArgumentException(name + ": " + count + " values wanted");
    }
  }

  /** What the processor was about to do. */
  public record Run(
      long instructions,
      boolean halted,
      boolean shutDown,
      boolean inhibited,
      boolean interruptRequest,
      boolean nmiPending,
      boolean nmiBlocked) {}
}
