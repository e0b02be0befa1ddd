package troupe.processor.fpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fast paths against the exact ones, on numbers chosen to meet their edges. */
final class Float80NormalTest {
  private static final int ROUNDS = 400_000;
  private static final int REGISTER = 3;

  private final Random random = new Random(7);
  private final FpuState s = new FpuState();
  private final FloatOperation f = new FloatOperation();
  private int taken;

  private interface Fast {
    boolean compute(FpuState s, int n, int ea, long sa, int eb, long sb);
  }

  private interface Exact {
    void compute(FloatOperation f, int precision, int ea, long sa, int eb, long sb);
  }

  /** Few bits, all bits but few, or any, often with the integer bit. */
  private long significand() {
    long bits =
        switch (random.nextInt(6)) {
          case 0 -> 0;
          case 1 -> 1L << random.nextInt(64);
          case 2 -> -1L << random.nextInt(64);
          case 3 -> -1L >>> random.nextInt(64);
          case 4 -> random.nextLong() << random.nextInt(64);
          default -> random.nextLong();
        };
    return random.nextInt(8) == 0 ? bits : bits | Long.MIN_VALUE;
  }

  private int signExponent() {
    int sign = random.nextBoolean() ? 0x8000 : 0;
    return sign
        | switch (random.nextInt(12)) {
          case 0 -> 0;
          case 1 -> 0x7FFF;
          case 2 -> random.nextInt(0x8000);
          case 3 -> random.nextInt(200);
          case 4 -> 0x7FFF - random.nextInt(300);
          default -> 0x3FFF + random.nextInt(8) * random.nextInt(20);
        };
  }

  private void same(Fast fast, Exact exact) {
    taken = 0;
    for (int n = 0; n < ROUNDS; n++) {
      int ea = signExponent();
      long sa = significand();
      int eb = random.nextInt(4) == 0 ? ea ^ 0x8000 : signExponent();
      long sb = random.nextInt(8) == 0 ? sa + random.nextInt(3) - 1 : significand();
      s.status = random.nextInt() & (FloatOperation.EXCEPTIONS | FpuState.C1);
      int before = s.status;
      if (!fast.compute(s, REGISTER, ea, sa, eb, sb)) {
        assertEquals(before, s.status);
        continue;
      }
      taken++;
      f.begin(FloatOperation.NEAREST, FloatOperation.EXCEPTIONS);
      exact.compute(f, 64, ea, sa, eb, sb);
      String operands = String.format("%04x %016x, %04x %016x", ea, sa, eb, sb);
      assertEquals(
          Long.toHexString(f.significand), Long.toHexString(s.significand[REGISTER]), operands);
      assertEquals(f.signExponent, s.signExponent[REGISTER], operands);
      int c1 = f.raised != 0 && f.roundedUp ? FpuState.C1 : 0;
      assertEquals(before & ~FpuState.C1 | f.raised | c1, s.status, operands);
    }
    assertTrue(taken > ROUNDS / 4, "the fast path is hardly taken");
  }

  @Test
  void sums() {
    same(Float80Normal::sum, Float80::add);
  }

  @Test
  void products() {
    same(Float80Normal::product, Float80::multiply);
  }

  @Test
  void quotients() {
    same(Float80Normal::quotient, Float80::divide);
  }

  @Test
  void roots() {
    same(
        (s, n, ea, sa, eb, sb) -> Float80Normal.root(s, n, ea & 0x7FFF, sa),
        (f, precision, ea, sa, eb, sb) -> Float80.squareRoot(f, precision, ea & 0x7FFF, sa));
  }

  @Test
  void comparisons() {
    for (int n = 0; n < ROUNDS; n++) {
      int ea = signExponent();
      long sa = significand();
      int eb = random.nextInt(4) == 0 ? ea : signExponent();
      long sb = random.nextInt(8) == 0 ? sa : significand();
      int outcome = Float80Normal.compare(ea, sa, eb, sb);
      if (outcome != Float80.UNORDERED) {
        f.begin(FloatOperation.NEAREST, FloatOperation.EXCEPTIONS);
        assertEquals(Float80.compare(f, true, ea, sa, eb, sb), outcome);
        assertEquals(0, f.raised);
      }
    }
  }
}
