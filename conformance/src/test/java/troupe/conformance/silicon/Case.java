package troupe.conformance.silicon;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * One instruction and the state it meets.
 *
 * @param operandAddress linear address of the explicit memory operand, or 0 if there is none
 * @param operandSize 16 or 32
 */
record Case(Row row, byte[] code, Image before, int operandAddress, int operandSize) {
  static final int BYTES = 20 + Image.BYTES;

  void write(ByteBuffer to) {
    to.putInt(code.length);
    byte[] padded = new byte[16];
    System.arraycopy(code, 0, padded, 0, code.length);
    to.put(padded);
    before.write(to);
  }

  String bytes() {
    return HexFormat.ofDelimiter(" ").formatHex(code);
  }
}
