package troupe.processor.silicon;

import java.nio.ByteBuffer;
import java.util.Random;
import troupe.processor.decode.Row;

/** Makes samples of a row of the instruction table: encodings and states to start from. */
final class Samples {
  private static final int STATUS_EXCEPTIONS = 0x3F;
  private static final int STATUS_SUMMARY = 0x8080;
  private static final int STATUS_CONDITIONS = 0x4700;

  private final Random random;
  private final Numbers numbers;

  Samples(long seed) {
    random = new Random(seed);
    numbers = new Numbers(random);
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  Sample sample(Row row) {
    Sample s = new Sample(row);
    encode(s);
    ByteBuffer d = s.data;
    for (int n = 0; n < 4; n++) {
      d.putInt(Sample.REGISTERS + 4 * n, (int) numbers.integer());
    }
    d.putInt(Sample.EFLAGS, 2 | random.nextInt() & 0x8D5);
    x87(s);
    sse(s);
    memory(s);
    return s;
  }

  private void encode(Sample s) {
    Row row = s.row;
    boolean wide = row.operands().matches("M(14|94)/.*");
    if (wide && random.nextBoolean()) {
      s.code(0x66);
    }
    switch (row.prefix()) {
      case P66 -> s.code(0x66);
      case PF2 -> s.code(0xF2);
      case PF3 -> s.code(0xF3);
      case ANY, NP -> {}
    }
    if (row.map() == 1) {
      s.code(0x0F);
    }
    s.code(row.opcode());
    if (!row.modRm()) {
      return;
    }
    if (row.fixedModRm() >= 0) {
      s.code(row.fixedModRm());
      return;
    }
    boolean register =
        row.form() == Row.Form.REGISTER || row.form() == Row.Form.ANY && random.nextBoolean();
    String operands = row.operands();
    int reg = row.digit() >= 0 ? row.digit() : random.nextInt(operands.contains("G") ? 4 : 8);
    if (register) {
      s.code(0xC0 | reg << 3 | random.nextInt(operands.contains("E") ? 4 : 8));
    } else if (oneIn(8)) {
      s.code(0x46 | reg << 3);
      s.code(oneIn(2) ? 16 : random.nextInt(16));
    } else {
      s.code(0x06 | reg << 3);
    }
    if (row.immediate1().equals("Ib")) {
      s.code(oneIn(3) ? random.nextInt(256) : random.nextInt(40));
    }
  }

  private void x87(Sample s) {
    ByteBuffer d = s.data;
    int fx = Sample.FX;
    int masks = oneIn(4) ? random.nextInt(64) : 0x3F;
    d.putShort(fx, (short) (random.nextInt(16) << 8 | 0x40 | masks));
    int exceptions = oneIn(8) ? random.nextInt(64) : 0;
    if (!oneIn(10)) {
      exceptions &= masks;
    }
    int status = exceptions | random.nextInt() & STATUS_CONDITIONS | random.nextInt(8) << 11;
    if (exceptions != 0 && oneIn(2)) {
      status |= 0x40;
    }
    if ((exceptions & ~masks & STATUS_EXCEPTIONS) != 0) {
      status |= STATUS_SUMMARY;
    }
    d.putShort(fx + Sample.FX_STATUS, (short) status);
    int valid =
        oneIn(4) ? random.nextInt(256) : roomForPush(s.row) ? ~(1 << (status >>> 11) - 1) : 0xFF;
    if (roomForPush(s.row)) {
      valid &= ~(1 << ((status >>> 11) - 1 & 7));
    }
    if (oneIn(20)) {
      valid = random.nextInt(256);
    }
    d.put(fx + Sample.FX_TAG, (byte) valid);
    boolean mmx = s.row.operands().matches(".*[PQ]q.*");
    for (int n = 0; n < 8; n++) {
      int at = fx + Sample.FX_ST + 16 * n;
      if (mmx) {
        d.putLong(at, numbers.integer());
        d.putShort(at + 8, (short) 0xFFFF);
      } else {
        numbers.put80(d, at);
      }
    }
    if (s.row.mnemonic().startsWith("FPREM") && oneIn(2)) {
      // Exponents not far apart.
      int e = d.getShort(fx + Sample.FX_ST + 8);
      d.putShort(fx + Sample.FX_ST + 24, (short) (e - random.nextInt(70)));
      d.putLong(fx + Sample.FX_ST + 16, random.nextLong() | Long.MIN_VALUE);
    }
    if (s.row.mnemonic().startsWith("FSCALE") && oneIn(2)) {
      d.putLong(fx + Sample.FX_ST + 16, random.nextLong() | Long.MIN_VALUE);
      d.putShort(
          fx + Sample.FX_ST + 24, (short) (0x3FFF + random.nextInt(18) | random.nextInt(2) << 15));
    }
    boolean outside = (d.getShort(fx + Sample.FX_ST + 8) & 0x7FFF) - 0x3FFE >>> 31 == 0;
    boolean plusOne = s.row.mnemonic().equals("FYL2XP1");
    if (plusOne && outside || s.row.mnemonic().equals("F2XM1") && !oneIn(8)) {
      int e = 0x3FFD - random.nextInt(oneIn(4) ? 100 : 4);
      if (s.row.mnemonic().equals("F2XM1") && oneIn(2)) {
        e = 0x3FFE;
      }
      d.putShort(fx + Sample.FX_ST + 8, (short) (e | random.nextInt(2) << 15));
      d.putLong(fx + Sample.FX_ST, random.nextLong() | Long.MIN_VALUE);
    }
  }

  private static boolean roomForPush(Row row) {
    return row.mnemonic().matches("FLD.*|FILD|FBLD|FXTRACT|FPTAN|FSINCOS");
  }

  private void sse(Sample s) {
    ByteBuffer d = s.data;
    int fx = Sample.FX;
    int masks = oneIn(3) ? random.nextInt(64) : 0x3F;
    int flags = oneIn(8) ? random.nextInt(64) : 0;
    int mxcsr = flags | masks << 7 | random.nextInt(4) << 13;
    if (oneIn(5)) {
      mxcsr |= 1 << 6;
    }
    if (oneIn(5)) {
      mxcsr |= 1 << 15;
    }
    d.putInt(fx + Sample.FX_MXCSR, mxcsr);
    for (int n = 0; n < 16; n++) {
      d.putLong(fx + Sample.FX_XMM + 8 * n, vector(s.row));
    }
  }

  /** Eight bytes of a vector operand of the row. */
  private long vector(Row row) {
    String m = row.mnemonic();
    boolean single = m.matches(".*(PS|SS)|CVT(T?)(PS|SS)2.*");
    boolean real = m.matches(".*(PD|SD)|CVT(T?)(PD|SD)2.*");
    boolean integer = m.matches("CVT(DQ|PI|SI)2.*");
    if (integer) {
      return numbers.integer();
    }
    if (m.matches("CVTT?(PD|SD)2.*")) {
      return real64();
    }
    if (m.matches("CVTT?(PS|SS)2.*") || single) {
      return (long) numbers.real32() << 32 | numbers.real32() & 0xFFFF_FFFFL;
    }
    return real ? real64() : oneIn(6) ? random.nextInt(70) : numbers.integer();
  }

  private long real64() {
    return numbers.real64();
  }

  private void memory(Sample s) {
    ByteBuffer d = s.data;
    int at = Sample.MEMORY;
    for (int n = 0; n < 128; n += 8) {
      d.putLong(at + n, vector(s.row));
    }
    String operands = s.row.operands();
    for (int n = 0; n <= 16; n += 16) {
      if (operands.contains("m32fp")) {
        d.putInt(at + n, numbers.real32());
      } else if (operands.contains("m64fp")) {
        d.putLong(at + n, numbers.real64());
      } else if (operands.contains("m80fp")) {
        numbers.put80(d, at + n);
      } else if (operands.contains("m80bcd")) {
        numbers.putDecimal(d, at + n);
      } else if (operands.equals("Md")) {
        d.putInt(at + n, random.nextInt(0x10000) | (oneIn(4) ? 1 << 20 + random.nextInt(12) : 0));
      }
    }
    if (operands.contains("/")) {
      // An environment; its status does not ask for errors that are masked, nor the reverse.
      d.putInt(at, 0x37F | random.nextInt(16) << 8);
      boolean wide = d.get(0) != 0x66;
      int status =
          random.nextInt(64) | random.nextInt() & STATUS_CONDITIONS | random.nextInt(8) << 11;
      d.putShort(at + (wide ? 4 : 2), (short) status);
      d.putShort(at + (wide ? 8 : 4), (short) random.nextInt());
    }
  }
}
