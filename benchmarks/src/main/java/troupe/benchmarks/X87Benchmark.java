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
import troupe.processor.fpu.X87Arithmetic;
import troupe.processor.fpu.X87Compare;
import troupe.processor.fpu.X87Functions;
import troupe.processor.fpu.X87Move;

/** x87 instructions called as translated code calls them; nanoseconds an instruction. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(X87Benchmark.COUNT)
public class X87Benchmark {
  static final int COUNT = 1024;
  private static final int NUMBERS = 64;

  private final BareProcessor bare = new BareProcessor();
  private final Processor c = bare.c;
  private Insn memory;
  private Insn register;

  /** Numbers of like size, so that chains of operations stay in range. */
  @Setup(Level.Iteration)
  public void load() {
    c.fpu.reset();
    for (int n = 0; n < NUMBERS; n++) {
      double v = (n % 2 == 0 ? 1 : -1) * (1 + n / 7.0);
      long bits = Double.doubleToRawLongBits(v);
      c.memory.write32(BareProcessor.DATA + 8 * n, (int) bits);
      c.memory.write32(BareProcessor.DATA + 8 * n + 4, (int) (bits >>> 32));
    }
    // Any memory form has the same operands, any form with ST(1) too.
    memory = bare.decode(0xDC, 0x06);
    register = bare.decode(0xD8, 0xC1);
    X87Move.fld64(c, memory);
    c.r[Processor.ESI] += 8;
    X87Move.fld64(c, memory);
  }

  private void next(int n) {
    c.r[Processor.ESI] = BareProcessor.DATA + 8 * (n & NUMBERS - 1);
  }

  @Benchmark
  public void addMemory() {
    for (int n = 0; n < COUNT; n++) {
      next(n);
      X87Arithmetic.fadd64(c, memory);
    }
  }

  @Benchmark
  public void addRegister() {
    for (int n = 0; n < COUNT; n++) {
      X87Arithmetic.fadd(c, register);
    }
  }

  /** Multiplication and division by the same, so that the number stays in range. */
  @Benchmark
  public void multiplyDivideMemory() {
    for (int n = 0; n < COUNT; n += 2) {
      next(n);
      X87Arithmetic.fmul64(c, memory);
      X87Arithmetic.fdiv64(c, memory);
    }
  }

  /** Multiplication by numbers whose product is near 1. */
  @Benchmark
  public void multiplyRegister() {
    c.fpu.signExponent[c.fpu.top] = 0x3FFF;
    c.fpu.significand[c.fpu.top] = 0xFFFF_FFFF_FFFF_1234L;
    c.fpu.signExponent[c.fpu.top + 1 & 7] = 0x3FFF;
    c.fpu.significand[c.fpu.top + 1 & 7] = 0x8000_0000_0123_4567L;
    for (int n = 0; n < COUNT; n++) {
      X87Arithmetic.fmul(c, register);
    }
  }

  @Benchmark
  public void squareRoot() {
    for (int n = 0; n < COUNT / 2; n++) {
      X87Functions.fsqrt(c, register);
      X87Arithmetic.fadd(c, register);
      c.fpu.signExponent[c.fpu.top] &= 0x7FFF;
    }
  }

  @Benchmark
  public void loadStore() {
    for (int n = 0; n < COUNT; n += 2) {
      next(n);
      X87Move.fld64(c, memory);
      X87Move.fstp64(c, memory);
    }
  }

  @Benchmark
  public void compare() {
    for (int n = 0; n < COUNT; n++) {
      X87Compare.fucom(c, register);
    }
  }
}
