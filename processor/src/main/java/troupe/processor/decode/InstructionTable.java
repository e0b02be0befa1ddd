package troupe.processor.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import troupe.processor.CpuModel;

/** The instruction table at run time: rows by number, and by opcode for the decoder. */
public final class InstructionTable {
  private static final Row[] ROWS = GeneratedRows.rows();
  private static final int[][][] BY_OPCODE = index();
  private static final boolean[] ENDS_BLOCK = attribute("end");
  private static final boolean[] NEAR = attribute("near");
  private static final boolean[] LOCKABLE = attribute("lock");
  private static final boolean[] REPEATABLE = attribute("rep");
  private static final boolean[] INDIRECT = indirect();
  private static final int[] FEATURES = features();

  private InstructionTable() {}

  public static int size() {
    return ROWS.length;
  }

  public static Row row(int number) {
    return ROWS[number];
  }

  static boolean endsBlock(int row) {
    return ENDS_BLOCK[row];
  }

  /** Whether CS and the address map are the same after the instruction as before it. */
  static boolean staysInSegment(int row) {
    return !ENDS_BLOCK[row] || NEAR[row];
  }

  /** A jump or call to an address in a register or memory; null is none. */
  static boolean indirect(Insn insn) {
    return insn != null && INDIRECT[insn.row];
  }

  static boolean lockable(int row) {
    return LOCKABLE[row];
  }

  static boolean repeatable(int row) {
    return REPEATABLE[row];
  }

  /** Features of {@link CpuModel} without which the instruction is invalid. */
  static int features(int row) {
    return FEATURES[row];
  }

  /** Numbers of the rows of an opcode byte; those with a mandatory prefix come first. */
  static int[] candidates(int map, int opcode) {
    return BY_OPCODE[map][opcode];
  }

  private static boolean[] indirect() {
    boolean[] is = new boolean[ROWS.length];
    for (int n = 0; n < ROWS.length; n++) {
      String meaning = ROWS[n].meaning();
      is[n] = meaning.endsWith("Branch.jmpNear") || meaning.endsWith("Branch.callNear");
    }
    return is;
  }

  private static boolean[] attribute(String word) {
    boolean[] has = new boolean[ROWS.length];
    for (int n = 0; n < ROWS.length; n++) {
      has[n] = ROWS[n].has(word);
    }
    return has;
  }

  private static int[] features() {
    Map<String, Integer> bits =
        Map.of(
            "cmov", CpuModel.CMOV,
            "clfsh", CpuModel.CLFSH,
            "fxsr", CpuModel.FXSR,
            "sep", CpuModel.SEP,
            "mmx", CpuModel.MMX,
            "sse", CpuModel.SSE,
            "sse2", CpuModel.SSE2);
    int[] features = new int[ROWS.length];
    bits.forEach(
        (word, bit) -> {
          boolean[] has = attribute(word);
          for (int n = 0; n < ROWS.length; n++) {
            features[n] |= has[n] ? bit : 0;
          }
        });
    return features;
  }

  private static int[][][] index() {
    List<List<Integer>> lists = new ArrayList<>();
    for (int n = 0; n < 512; n++) {
      lists.add(new ArrayList<>());
    }
    for (boolean mandatory : new boolean[] {true, false}) {
      for (int n = 0; n < ROWS.length; n++) {
        Row row = ROWS[n];
        if ((row.prefix() != Row.Prefix.ANY) == mandatory) {
          for (int k = 0; k < (row.registerInOpcode() ? 8 : 1); k++) {
            lists.get(row.map() * 256 + row.opcode() + k).add(n);
          }
        }
      }
    }
    int[][][] index = new int[2][256][];
    for (int n = 0; n < 512; n++) {
      index[n >>> 8][n & 255] = lists.get(n).stream().mapToInt(Integer::intValue).toArray();
    }
    return index;
  }
}
