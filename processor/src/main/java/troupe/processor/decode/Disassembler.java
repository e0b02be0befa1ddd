package troupe.processor.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes decoded instructions in the manual's (Intel) syntax, for traces and reports. */
public final class Disassembler {
  private static final String[] REGISTERS_8 = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
  private static final String[] REGISTERS_16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};

  private Disassembler() {}

  /** The instruction {@code i}, which is at offset {@code eip}. */
  public static String text(Insn i, int eip) {
    Row row = InstructionTable.row(i.row);
    StringBuilder out = new StringBuilder();
    if (i.lock) {
      out.append("lock ");
    }
    if (i.repeat != 0) {
      out.append(i.repeat == 0xF2 ? "repne " : "rep ");
    }
    out.append(row.mnemonic().toLowerCase(Locale.ROOT));
    List<String> operands = new ArrayList<>();
    if (!row.operands().isEmpty()) {
      for (String operand : row.operands().split(",")) {
        operands.add(operand(i, operand.trim(), eip));
      }
    }
    if (!operands.isEmpty()) {
      out.append(' ').append(String.join(", ", operands));
    }
    return out.toString();
  }

  private static String register(int n, int bits) {
    return switch (bits) {
      case 8 -> REGISTERS_8[n];
      case 16 -> REGISTERS_16[n];
      default -> "e" + REGISTERS_16[n];
    };
  }

  private static int bits(Insn i, String operand) {
    return switch (operand.length() > 1 ? operand.charAt(1) : 'v') {
      case 'b' -> 8;
      case 'w' -> 16;
      case 'd' -> 32;
      default -> i.operand16 ? 16 : 32;
    };
  }

  private static String hex(int value) {
    return Integer.toHexString(value) + "h";
  }

  private static String operand(Insn i, String operand, int eip) {
    boolean lettered = operand.length() >= 2 && Character.isLowerCase(operand.charAt(1));
    if (!lettered && !operand.equals("M")) {
      return fixed(i, operand);
    }
    int bits = bits(i, operand);
    return switch (operand.charAt(0)) {
      case 'E' -> i.rm >= 0 ? register(i.rm, bits) : memory(i);
      case 'G', 'Z' -> register(i.reg, bits);
      case 'R' -> register(i.rm, 32);
      case 'M', 'O' -> memory(i);
      case 'm' -> i.rm >= 0 ? "st(" + i.rm + ")" : memory(i);
      case 'I' -> hex(i.immediate);
      case 'J' ->
          hex(i.operand16 ? eip + i.length + i.immediate & 0xFFFF : eip + i.length + i.immediate);
      case 'A' -> hex(i.immediate2) + ":" + hex(i.immediate);
      case 'S' -> SEGMENTS[i.reg];
      case 'C' -> "cr" + i.reg;
      case 'D' -> "dr" + i.reg;
      case 'P' -> "mm" + i.reg;
      case 'V' -> "xmm" + i.reg;
      case 'Q', 'N' -> i.rm >= 0 ? "mm" + i.rm : memory(i);
      case 'W', 'U' -> i.rm >= 0 ? "xmm" + i.rm : memory(i);
      case 'X' -> SEGMENTS[i.segment] + ":[" + register(6, i.address16 ? 16 : 32) + "]";
      case 'Y' -> "es:[" + register(7, i.address16 ? 16 : 32) + "]";
      default -> operand;
    };
  }

  private static String fixed(Insn i, String operand) {
    return switch (operand) {
      case "eAX" -> register(0, i.operand16 ? 16 : 32);
      case "ST(i)" -> "st(" + i.rm + ")";
      default -> operand.toLowerCase(Locale.ROOT);
    };
  }

  private static String memory(Insn i) {
    StringBuilder out = new StringBuilder(SEGMENTS[i.segment]).append(":[");
    int size = i.address16 ? 16 : 32;
    boolean any = false;
    if (i.base != Insn.NO_REGISTER) {
      out.append(register(i.base, size));
      any = true;
    }
    if (i.index != Insn.NO_REGISTER) {
      out.append(any ? "+" : "").append(register(i.index, size));
      if (i.scale != 0) {
        out.append('*').append(1 << i.scale);
      }
      any = true;
    }
    if (!any) {
      out.append(hex(i.displacement));
    } else if (i.displacement != 0) {
      int d = i.displacement;
      out.append(d < 0 && !i.address16 ? "-" + hex(-d) : "+" + hex(d));
    }
    return out.append(']').toString();
  }
}
