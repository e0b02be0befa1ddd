package troupe.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import troupe.processor.Processor;
import troupe.processor.decode.Insn;
import troupe.processor.simd.SseArithmetic;
import troupe.processor.simd.SseCompare;
import troupe.processor.simd.SseInteger;
import troupe.processor.simd.SseMove;

/** SSE and SSE2 instructions called as translated code calls them; nanoseconds an instruction. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(SseBenchmark.COUNT)
public class SseBenchmark {
  static final int COUNT = 1024;

  private final BareProcessor bare = new BareProcessor();
  private final Processor c = bare.c;
  private Insn memory;
  private Insn register;

  /** XMM0 is the destination, memory or XMM1 the source. */
  @Setup(Level.Iteration)
  public void load() {
    memory = bare.decode(0x0F, 0x58, 0x06);
    register = bare.decode(0x0F, 0x58, 0xC1);
    long one = Double.doubleToRawLongBits(1.000000001);
    for (int n = 0; n < 2; n++) {
      c.simd.xmm[n] = one;
      c.simd.xmm[2 + n] = one;
      c.memory.write32(BareProcessor.DATA + 8 * n, (int) one);
      c.memory.write32(BareProcessor.DATA + 8 * n + 4, (int) (one >>> 32));
    }
  }

  @Benchmark
  public void addDouble() {
    for (int n = 0; n < COUNT; n++) {
      SseArithmetic.addsd(c, memory);
    }
  }

  @Benchmark
  public void multiplyDivideDouble() {
    for (int n = 0; n < COUNT; n += 2) {
      SseArithmetic.mulsd(c, register);
      SseArithmetic.divsd(c, register);
    }
  }

  @Benchmark
  public void addPackedDouble() {
    for (int n = 0; n < COUNT; n++) {
      SseArithmetic.addpd(c, memory);
    }
  }

  @Benchmark
  public void addPackedSingle() {
    for (int n = 0; n < COUNT; n++) {
      SseArithmetic.addps(c, memory);
    }
  }

  @Benchmark
  public void compareDouble() {
    for (int n = 0; n < COUNT; n++) {
      SseCompare.ucomisd(c, register);
    }
  }

  @Benchmark
  public void loadStoreDouble() {
    for (int n = 0; n < COUNT; n += 2) {
      SseMove.movsdLoad(c, memory);
      SseMove.movsdStore(c, memory);
    }
  }

  @Benchmark
  public void minimumOfBytes() {
    for (int n = 0; n < COUNT; n++) {
      SseInteger.pminub(c, memory);
    }
  }

  @Benchmark
  public void saturatedAddOfWords() {
    for (int n = 0; n < COUNT; n++) {
      SseInteger.paddsw(c, memory);
    }
  }
}
