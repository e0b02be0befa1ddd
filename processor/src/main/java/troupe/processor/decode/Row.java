package troupe.processor.decode;

/**
 * One row of the instruction table.
 *
 * @param mnemonic as in the manual
 * @param operands as in the table, without accesses
 * @param accesses the operands with their accesses
 * @param meaning the semantics column, with the name of the class in full
 * @param prefix mandatory prefix
 * @param map 0 for one-byte opcodes, 1 for those after 0Fh
 * @param opcode the opcode byte; the first of eight if {@code registerInOpcode}
 * @param digit ModRM.reg that belongs to the opcode, or -1
 * @param fixedModRm ModRM byte that belongs to the opcode, or -1
 * @param registerInOpcode the low three bits of the opcode name a register
 * @param modRm has a ModRM byte
 * @param form which ModRM forms the row is for
 * @param immediate1 letters of the first immediate, or NONE
 * @param immediate2 letters of the second immediate, or NONE
 * @param attributes words of the attributes column
 * @param tested EFLAGS bits tested
 * @param modified EFLAGS bits modified
 * @param undefined EFLAGS bits undefined afterwards
 * @param register32 handler of the register form (or of rows without ModRM), 32-bit operands
 * @param memory32 handler of the memory form, 32-bit operands
 * @param register16 as register32, 16-bit operands
 * @param memory16 as memory32, 16-bit operands
 */
public record Row(
    String mnemonic,
    String operands,
    String accesses,
    String meaning,
    Prefix prefix,
    int map,
    int opcode,
    int digit,
    int fixedModRm,
    boolean registerInOpcode,
    boolean modRm,
    Form form,
    String immediate1,
    String immediate2,
    String attributes,
    int tested,
    int modified,
    int undefined,
    int register32,
    int memory32,
    int register16,
    int memory16) {

  /** Mandatory prefixes. */
  public enum Prefix {
    /** 66h is the operand size, F2h and F3h repeat or mean nothing. */
    ANY,
    /** None of them may be there. */
    NP,
    P66,
    PF2,
    PF3
  }

  /** ModRM forms. */
  public enum Form {
    ANY,
    MEMORY,
    REGISTER
  }

  /** Whether the attributes column has a word. */
  public boolean has(String attribute) {
    for (String word : attributes.split(" ")) {
      if (word.equals(attribute)) {
        return true;
      }
    }
    return false;
  }
}
