package troupe.conformance.silicon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Random x87, MMX and SSE state, as FXSAVE images and as operands in memory. */
final class FloatState {
  private static final int FX_MXCSR = 24;
  private static final int FX_ST = 32;
  private static final int FX_XMM = 160;
  private static final int ALL_MASKED = 0x3F;
  private final Values values;

  FloatState(Values values) {
    this.values = values;
  }

  /** An FXSAVE image as a program could have made it. */
  byte[] fxsave() {
    byte[] image = new byte[Image.FX_BYTES];
    ByteBuffer fx = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int control = control();
    int status = values.below(8) << 11 | values.below(8) << 8 | values.below(2) << 14;
    if (values.oneIn(3)) {
      status |= values.below(128);
    }
    fx.putShort(0, (short) control);
    fx.putShort(2, (short) summarized(status, control));
    fx.put(4, (byte) (values.oneIn(4) ? values.below(256) : 0xFF));
    fx.putInt(FX_MXCSR, mxcsr());
    for (int i = 0; i < 8; i++) {
      values.extended(fx, FX_ST + 16 * i);
      values.packed(fx, FX_XMM + 16 * i);
    }
    return image;
  }

  /** Control word: precision and rounding at random, nearly always all exceptions masked. */
  private int control() {
    int precision = new int[] {0, 2, 3, 3, 3}[values.below(5)];
    int masks = values.oneIn(8) ? values.below(64) : ALL_MASKED;
    return values.below(4) << 10 | precision << 8 | 0x40 | masks;
  }

  /** The status word with ES and B as the exception flags and masks make them. */
  private static int summarized(int status, int control) {
    boolean pending = (status & ~control & ALL_MASKED) != 0;
    return status & ~0x8080 | (pending ? 0x8080 : 0);
  }

  int mxcsr() {
    int masks = values.oneIn(8) ? values.below(64) : ALL_MASKED;
    int flags = values.oneIn(4) ? values.below(64) : 0;
    int modes = values.oneIn(4) ? values.below(2) << 15 | values.below(2) << 6 : 0; // FZ, DAZ
    return values.below(4) << 13 | modes | masks << 7 | flags;
  }

  /** Writes an environment as FNSTENV does, 32-bit or 16-bit format. */
  void environment(ByteBuffer memory, int at, int operandSize) {
    int control = control();
    int status = summarized(values.below(0x8000) & ~0x80, control);
    int tags = 0;
    for (int i = 0; i < 8; i++) {
      tags |= (values.oneIn(3) ? 3 : 0) << 2 * i;
    }
    int step = operandSize / 8;
    for (int i = 0; i < 7 * step; i++) {
      memory.put(at + i, (byte) 0);
    }
    memory.putShort(at, (short) control);
    memory.putShort(at + step, (short) status);
    memory.putShort(at + 2 * step, (short) tags);
  }

  /** Registers as FNSAVE puts them behind the environment. */
  void registers(ByteBuffer memory, int at) {
    for (int i = 0; i < 8; i++) {
      values.extended(memory, at + 10 * i);
    }
  }
}
