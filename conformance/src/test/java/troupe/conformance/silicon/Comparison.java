package troupe.conformance.silicon;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Judges a result against the silicon's: everything that the [SDM] defines must be equal. What it
 * leaves undefined is not compared, and results of approximating instructions may differ by their
 * documented error.
 */
final class Comparison {
  private static final int C0 = 1 << 8;
  private static final int C1 = 1 << 9;
  private static final int C2 = 1 << 10;
  private static final int C3 = 1 << 14;
  private static final int INVALID = 1;
  private static final int DENORMAL = 1 << 1;
  private static final int STACK_FAULT = 1 << 6;
  private static final int PRECISION = 1 << 5;
  private static final int UNDERFLOW = 1 << 4;

  /** Allowed difference of transcendental results in units of the last place of 64 bits. */
  private static final long TRANSCENDENTAL_ULPS = 2;

  /** Relative error of RCPPS, RSQRTPS and their scalars. */
  private static final double APPROXIMATION = 1.5 / 4096;

  private static final int PAGE_FAULT = 14;
  private static final int PAGE_NUMBER = 0xFFFFF000;

  private Comparison() {}

  /** The differences, one a line; empty if there is none. */
  static List<String> differences(Case c, Result silicon, Result ours) {
    List<String> found = new ArrayList<>();
    if (undefinedAltogether(c, silicon)) {
      return found;
    }
    number(found, "exception", silicon.vector(), ours.vector());
    number(found, "EIP", silicon.advance(), ours.advance());
    if (silicon.vector() != Result.EXECUTED) {
      number(found, "error code", silicon.error(), ours.error());
      if (silicon.vector() == PAGE_FAULT) {
        int compared = manyParts(c.row()) ? PAGE_NUMBER : -1;
        number(found, "CR2", silicon.address() & compared, ours.address() & compared);
      }
    }
    Image expected = silicon.after();
    Image actual = ours.after();
    String[] names = {"EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"};
    for (int i = 0; i < 8; i++) {
      number(found, names[i], expected.general()[i], actual.general()[i]);
    }
    int flags = 0xCD5 & ~c.row().undefined();
    if (c.row().has("fpu") && unmaskedOperandFault(expected)) {
      flags = 0;
    }
    number(found, "EFLAGS", expected.eflags() & flags, actual.eflags() & flags);
    x87(found, c, expected, actual);
    sse(found, c, expected, actual);
    memory(found, c, expected.memory(), actual.memory());
    return found;
  }

  private static void number(List<String> found, String what, int expected, int actual) {
    if (expected != actual) {
      found.add("%s: silicon %X, ours %X".formatted(what, expected, actual));
    }
  }

  /** Cases whose result the manual leaves open. */
  private static boolean undefinedAltogether(Case c, Result silicon) {
    Row row = c.row();
    Image before = c.before();
    if (row.is("SHLD", "SHRD") && c.operandSize() == 16) {
      int count =
          row.operands().getLast().equals("CL")
              ? before.general()[1]
              : c.code()[c.code().length - 1];
      return (count & 31) > 16;
    }
    if (row.is("F2XM1")) { // defined from -1 to 1
      return (before.signExponent(0) & 0x7FFF) >= 0x3FFF;
    }
    if (row.is("FYL2XP1")) { // defined up to 1 - sqrt(1/2) either way
      return (before.signExponent(0) & 0x7FFF) >= 0x3FFD;
    }
    return false;
  }

  private static boolean transcendental(Row row) {
    return row.is("F2XM1", "FYL2X", "FYL2XP1", "FPTAN", "FPATAN", "FSIN", "FCOS", "FSINCOS");
  }

  /** Whose memory operand is accessed piece by piece, in an order that is the processor's own. */
  private static boolean manyParts(Row row) {
    return row.is("FLDENV", "FNSTENV", "FRSTOR", "FNSAVE", "FXSAVE", "FXRSTOR");
  }

  /** An operand was refused, so a comparison has not taken place ([SDM] vol. 2, FCOM). */
  private static boolean unmaskedOperandFault(Image after) {
    return (after.fsw() & ~after.fcw() & (INVALID | DENORMAL)) != 0;
  }

  private static void x87(List<String> found, Case c, Image expected, Image actual) {
    number(found, "FCW", expected.fcw(), actual.fcw());
    int status = 0xFFFF & ~undefinedConditions(c, expected);
    if (transcendental(c.row())) {
      status &= ~(C1 | PRECISION | UNDERFLOW);
    }
    number(found, "FSW", expected.fsw() & status, actual.fsw() & status);
    number(found, "FTW", expected.tags(), actual.tags());
    if (((expected.fsw() ^ actual.fsw()) & 7 << 11) != 0 || expected.tags() != actual.tags()) {
      return;
    }
    boolean incomplete = c.row().is("FPREM", "FPREM1") && (expected.fsw() & C2) != 0;
    for (int i = 0; i < 8; i++) {
      if (expected.stEmpty(i) || incomplete && i == 0) {
        continue;
      }
      long significand = expected.significand(i);
      int exponent = expected.signExponent(i);
      boolean same =
          significand == actual.significand(i) && exponent == actual.signExponent(i)
              || transcendental(c.row())
                  && near(significand, exponent, actual.significand(i), actual.signExponent(i));
      if (!same) {
        found.add(
            "ST(%d): silicon %04X %016X, ours %04X %016X"
                .formatted(
                    i, exponent, significand, actual.signExponent(i), actual.significand(i)));
      }
    }
  }

  private static boolean near(long a, int exponentA, long b, int exponentB) {
    if (exponentA == exponentB) {
      return Math.abs(a - b) <= TRANSCENDENTAL_ULPS;
    }
    // Either side of a power of two.
    return Math.abs(exponentA - exponentB) == 1
        && Math.abs(a - b - Long.MIN_VALUE) <= TRANSCENDENTAL_ULPS * 2;
  }

  /**
   * Condition code bits that the instruction leaves undefined, or that the manual and processors of
   * other makers see differently.
   */
  private static int undefinedConditions(Case c, Image after) {
    Row row = c.row();
    if (!row.has("fpu")) {
      return 0;
    }
    if (unmaskedOperandFault(after)) {
      return C0 | C1 | C2 | C3;
    }
    if (row.mnemonic().startsWith("FCMOV")
        || row.operands().equals(List.of("ST(0)", "ST(i)")) && row.mnemonic().contains("COMI")) {
      return C0 | C1 | C2 | C3;
    }
    if (row.is("FLD")
        && row.operands().equals(List.of("ST(i)"))
        && (after.fsw() & STACK_FAULT) != 0) {
      return C0 | C1 | C2 | C3; // both an underflow and an overflow, perhaps
    }
    if (row.is("FPREM", "FPREM1")) {
      if ((after.fsw() & INVALID) != 0) {
        return C0 | C1 | C2 | C3;
      }
      // Bits of the quotient, once the reduction is complete.
      return (after.fsw() & C2) != 0 ? C0 | C1 | C3 : 0;
    }
    return switch (row.mnemonic()) {
      case "FCOM",
          "FCOMP",
          "FCOMPP",
          "FUCOM",
          "FUCOMP",
          "FUCOMPP",
          "FICOM",
          "FICOMP",
          "FTST",
          "FXAM",
          "FPREM",
          "FPREM1",
          "FLDENV",
          "FRSTOR",
          "FXRSTOR",
          "FNINIT",
          "FNSAVE",
          "FXSAVE" ->
          0;
      case "FSIN", "FCOS", "FSINCOS", "FPTAN" -> C0 | C3;
      case "FNCLEX", "FLDCW", "FNSTCW", "FNSTSW", "FNSTENV", "FFREE", "FNOP", "FWAIT", "FFREEP" ->
          C0 | C1 | C2 | C3;
      default -> C0 | C2 | C3;
    };
  }

  private static void sse(List<String> found, Case c, Image expected, Image actual) {
    number(found, "MXCSR", expected.mxcsr(), actual.mxcsr());
    boolean approximate = c.row().is("RCPPS", "RCPSS", "RSQRTPS", "RSQRTSS");
    for (int i = 0; i < 8; i++) {
      for (int lane = 0; lane < 4; lane++) {
        int at = 160 + 16 * i + 4 * lane;
        int wanted = expected.fx().getInt(at);
        int got = actual.fx().getInt(at);
        if (wanted != got && !(approximate && close(wanted, got))) {
          found.add("XMM%d[%d]: silicon %08X, ours %08X".formatted(i, lane, wanted, got));
        }
      }
    }
  }

  private static boolean close(int wanted, int got) {
    float exact = Float.intBitsToFloat(wanted);
    float given = Float.intBitsToFloat(got);
    return Math.abs(exact - given) <= 2 * APPROXIMATION * Math.abs(exact);
  }

  private static void memory(List<String> found, Case c, byte[] expected, byte[] actual) {
    int operand = c.operandAddress() - Image.MEMORY;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != actual[i] && !openInMemory(c, i - operand)) {
        int end = Math.min(i + 16, expected.length);
        HexFormat hex = HexFormat.of();
        found.add(
            "memory at operand%+d: silicon %s, ours %s"
                .formatted(
                    i - operand, hex.formatHex(expected, i, end), hex.formatHex(actual, i, end)));
        return;
      }
    }
  }

  /**
   * Bytes of a stored x87 state that differ between processors: the last instruction and operand
   * pointers, what FXSAVE reserves, and contents of registers in undefined conditions.
   */
  private static boolean openInMemory(Case c, int offset) {
    int environment = 7 * c.operandSize() / 8;
    int step = c.operandSize() / 8;
    return switch (c.row().mnemonic()) {
      case "FNSTENV", "FNSAVE" ->
          offset >= 3 * step && offset < environment
              || step == 4 && offset < environment && (offset & 2) != 0;
      case "FXSAVE" ->
          offset >= 5 && offset < 24
              || offset >= 28 && offset < 32
              || offset >= 288
              || offset >= 32 && offset < 160 && (offset & 15) >= 10;
      default -> false;
    };
  }
}
