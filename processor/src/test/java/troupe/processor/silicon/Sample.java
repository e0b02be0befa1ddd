package troupe.processor.silicon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import troupe.processor.decode.Row;

/** One instruction with the state it starts from, laid out as silicon.c reads it. */
final class Sample {
  static final int REGISTERS = 16;
  static final int EFLAGS = 32;
  static final int FX = 48;
  static final int MEMORY = FX + 512;
  static final int INPUT = MEMORY + 128;

  // The same offsets but for these in the output.
  static final int OUT_SIGNAL = 0;
  static final int OUT_REGISTERS = 4;
  static final int OUT_EFLAGS = 20;
  static final int OUT_FX = 32;
  static final int OUT_MEMORY = OUT_FX + 512;
  static final int OUTPUT = OUT_MEMORY + 128;

  // FXSAVE image.
  static final int FX_STATUS = 2;
  static final int FX_TAG = 4;
  static final int FX_MXCSR = 24;
  static final int FX_ST = 32;
  static final int FX_XMM = 160;

  final Row row;
  final ByteBuffer data = ByteBuffer.allocate(INPUT).order(ByteOrder.LITTLE_ENDIAN);
  private int length;

  Sample(Row row) {
    this.row = row;
    data.putInt(FX + FX_MXCSR, 0x1F80);
    data.putShort(FX, (short) 0x37F);
    data.putInt(EFLAGS, 2);
  }

  /** Adds a byte to the code. */
  void code(int b) {
    data.put(length++, (byte) b);
    data.put(length, (byte) 0xC3);
  }

  byte[] bytes() {
    return data.array();
  }

  String codeText() {
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < length; n++) {
      text.append("%02X ".formatted(data.get(n)));
    }
    return text + row.mnemonic() + " " + row.operands();
  }
}
