package troupe.processor.translator;

import java.util.ArrayList;
import java.util.List;
import troupe.processor.decode.Insn;
import troupe.processor.decode.InstructionTable;
import troupe.processor.decode.Row;

/**
 * The semantics column of a row of the instruction table, taken apart. Its forms are described in
 * the table's README.
 */
final class Meaning {
  /** What the method does with the operands. */
  enum Form {
    /** A function of the operand values; the result is stored. */
    PURE,
    /** A function of the operand values whose result only sets flags. */
    COMPARE,
    /** A function of the processor and the operand values, which sets flags itself. */
    STATEFUL,
    /** As STATEFUL, but there is no result to store. */
    ACTION,
    /** void method(processor, insn). */
    RAW
  }

  /** One operand: its letter (empty for a fixed register or number), size letter and access. */
  record Operand(String letter, String size, boolean read, boolean written, String text) {
    boolean fixed() {
      return letter.isEmpty();
    }

    /** Width in bits. */
    int width(int operandSize) {
      if (fixed()) {
        return switch (text) {
          case "AL", "CL" -> 8;
          case "AX", "DX" -> 16;
          default -> operandSize;
        };
      }
      if (letter.equals("J")) {
        return operandSize;
      }
      return switch (size) {
        case "b" -> 8;
        case "w" -> 16;
        case "v", "z", "s" -> operandSize;
        default -> 32;
      };
    }
  }

  private static final Meaning[] BY_ROW = new Meaning[InstructionTable.size()];

  final Row row;
  final Form form;

  /** Class with its package, as in a.b.C; empty for a plain move. */
  final String owner;

  /** Method without a size; empty for a plain move. */
  final String method;

  /** Kind of the lazy flags without a size, or null. */
  final String kind;

  /** Constant that follows the processor, or null. */
  final Integer constant;

  final List<Operand> operands;

  /**
   * Class (without package) and method, by which the emitter knows what it has its own code for.
   */
  final String name;

  private Meaning(Row row) {
    this.row = row;
    String text = row.meaning();
    boolean stored = text.startsWith("=");
    boolean compared = text.startsWith("-");
    String rest = stored || compared ? text.substring(1).trim() : text;
    if (rest.startsWith("! ")) {
      form = Form.RAW;
      rest = rest.substring(2);
    } else if (rest.startsWith("c ")) {
      form = stored ? Form.STATEFUL : Form.ACTION;
      rest = rest.substring(2);
    } else {
      form = compared ? Form.COMPARE : Form.PURE;
    }
    String[] words = rest.split(" ");
    String qualified = words[0];
    int hash = qualified.indexOf('#');
    constant = hash < 0 ? null : Integer.valueOf(qualified.substring(hash + 1));
    qualified = hash < 0 ? qualified : qualified.substring(0, hash);
    int dot = qualified.lastIndexOf('.');
    owner = dot < 0 ? "" : qualified.substring(0, dot);
    method = qualified.substring(dot + 1);
    kind = words.length > 1 && !words[1].equals("v") ? words[1] : null;
    name = owner.substring(owner.lastIndexOf('.') + 1) + "." + method;
    operands = new ArrayList<>();
    if (!row.accesses().isEmpty()) {
      for (String part : row.accesses().split(",")) {
        operands.add(operand(part.trim()));
      }
    }
  }

  private static Operand operand(String part) {
    String[] both = part.split(":");
    String text = both[0];
    String access = both.length > 1 ? both[1] : "r";
    boolean lettered =
        text.length() >= 2
                && "EGZMIJAOSCDRPQVWXYN".indexOf(text.charAt(0)) >= 0
                && Character.isLowerCase(text.charAt(1))
            || text.equals("M");
    return new Operand(
        lettered ? text.substring(0, 1) : "",
        lettered ? text.substring(1) : "",
        !access.equals("w"),
        !access.equals("r"),
        text);
  }

  static Meaning of(Insn insn) {
    Meaning meaning = BY_ROW[insn.row];
    if (meaning == null) {
      meaning = new Meaning(InstructionTable.row(insn.row));
      BY_ROW[insn.row] = meaning;
    }
    return meaning;
  }

  /** Whether the operand is the memory operand of {@code insn}. */
  static boolean inMemory(Operand o, Insn insn) {
    return o.letter().equals("O") || o.letter().equals("E") && insn.rm < 0 && !o.fixed();
  }
}
