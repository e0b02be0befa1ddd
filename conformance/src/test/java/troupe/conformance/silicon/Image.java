package troupe.conformance.silicon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an instruction can see and change: general registers (EAX ECX EDX EBX ESP EBP ESI EDI),
 * arithmetic flags and DF, an FXSAVE image ([SDM] vol. 1, 10.5.1), and {@link #MEMORY_BYTES} bytes
 * at {@link #MEMORY}.
 */
record Image(int[] general, int eflags, byte[] fxsave, byte[] memory) {
  /** Linear address of the memory; the page after it is not present. */
  static final int MEMORY = 0x1000_0C00;

  static final int MEMORY_BYTES = 1024;

  /** Linear address of the instruction. */
  static final int CODE = 0x2000_0100;

  static final int FX_BYTES = 512;

  /** Bytes of an image in the files exchanged. */
  static final int BYTES = 36 + FX_BYTES + MEMORY_BYTES;

  static Image read(ByteBuffer from) {
    int[] general = new int[8];
    for (int i = 0; i < 8; i++) {
      general[i] = from.getInt();
    }
    int eflags = from.getInt();
    byte[] fxsave = new byte[FX_BYTES];
    from.get(fxsave);
    byte[] memory = new byte[MEMORY_BYTES];
    from.get(memory);
    return new Image(general, eflags, fxsave, memory);
  }

  void write(ByteBuffer to) {
    for (int value : general) {
      to.putInt(value);
    }
    to.putInt(eflags).put(fxsave).put(memory);
  }

  /** View of the FXSAVE image. */
  ByteBuffer fx() {
    return ByteBuffer.wrap(fxsave).order(ByteOrder.LITTLE_ENDIAN);
  }

  int fcw() {
    return fx().getShort(0) & 0xFFFF;
  }

  int fsw() {
    return fx().getShort(2) & 0xFFFF;
  }

  /** Abridged tag word: bit n set where physical register n is not empty. */
  int tags() {
    return fxsave[4] & 0xFF;
  }

  int mxcsr() {
    return fx().getInt(24);
  }

  /** Significand of ST(i). */
  long significand(int i) {
    return fx().getLong(32 + 16 * i);
  }

  /** Sign and biased exponent of ST(i). */
  int signExponent(int i) {
    return fx().getShort(40 + 16 * i) & 0xFFFF;
  }

  boolean stEmpty(int i) {
    return (tags() >>> ((fsw() >>> 11 & 7) + i & 7) & 1) == 0;
  }
}
