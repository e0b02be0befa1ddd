package troupe.processor.lockstep;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import troupe.processor.Processor;
import troupe.processor.decode.InstructionTable;
import troupe.processor.decode.Row;

/**
 * Encodes rows of the instruction table with random operands. Memory operands are mostly where the
 * program has memory; registers that point there are seldom destinations.
 */
final class InstructionMaker {
  private static final int[] POINTERS = {
    Processor.EBX, Processor.ESI, Processor.EDI, Processor.EBP, Processor.ESP
  };
  private static final int[] SCRATCH = {Processor.EAX, Processor.ECX, Processor.EDX};
  private static final int[] SEGMENT_PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};

  private final Random random;
  private final Mode mode;
  private final List<Row> rows = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  InstructionMaker(Random random, Mode mode) {
    this.random = random;
    this.mode = mode;
    for (int n = 0; n < InstructionTable.size(); n++) {
      Row row = InstructionTable.row(n);
      for (int k = weight(row); k > 0; k--) {
        rows.add(row);
      }
    }
  }

  private int weight(Row row) {
    if (row.immediate1().startsWith("J") || row.immediate1().equals("Ap")) {
      return 0; // ProgramMaker gives them targets.
    }
    if (row.has("priv0")) {
      return mode.cpl == 0 ? 2 : 1;
    }
    if (row.has("end")) {
      return 3;
    }
    if (row.has("fpu")) {
      return 8;
    }
    if (row.has("mmx") || row.has("sse") || row.has("sse2")) {
      return 9;
    }
    return 30;
  }

  /** A random instruction. */
  byte[] any() {
    while (true) {
      byte[] code = encode(rows.get(random.nextInt(rows.size())));
      if (code.length <= 15) {
        return code;
      }
    }
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /** One of the encodings of a row. */
  byte[] encode(Row row) {
    out.reset();
    boolean repeated = row.prefix() == Row.Prefix.ANY && row.has("rep") && oneIn(3);
    if (repeated && !oneIn(8)) {
      // and ecx, few: or most of the time goes into repeating.
      out.write(0x83);
      out.write(0xE1);
      out.write(random.nextInt(128));
    }
    boolean wide = mode.wide;
    boolean shortAddress = !wide;
    boolean smallOperand = !wide;
    if (row.prefix() == Row.Prefix.ANY) {
      if (oneIn(wide ? 6 : 3)) {
        out.write(0x66);
        smallOperand = wide;
      }
      if (repeated || oneIn(200)) {
        out.write(oneIn(2) ? 0xF2 : 0xF3);
      }
    }
    if (oneIn(wide ? 40 : 6)) {
      out.write(0x67);
      shortAddress = wide;
    }
    if (oneIn(12)) {
      out.write(SEGMENT_PREFIXES[random.nextInt(SEGMENT_PREFIXES.length)]);
    }
    if (row.has("lock") && oneIn(10)) {
      out.write(0xF0);
    }
    switch (row.prefix()) {
      case P66 -> out.write(0x66);
      case PF2 -> out.write(0xF2);
      case PF3 -> out.write(0xF3);
      default -> {}
    }
    if (row.map() == 1) {
      out.write(0x0F);
    }
    out.write(row.opcode() + (row.registerInOpcode() ? register() : 0));
    if (row.fixedModRm() >= 0) {
      out.write(row.fixedModRm());
    } else if (row.modRm()) {
      modRm(row, shortAddress);
    }
    immediate(row.immediate1(), smallOperand, shortAddress);
    immediate(row.immediate2(), smallOperand, shortAddress);
    return out.toByteArray();
  }

  private int register() {
    return switch (random.nextInt(20)) {
      case 0 -> Processor.ESP;
      case 1, 2, 3 -> POINTERS[random.nextInt(4)];
      default -> SCRATCH[random.nextInt(3)];
    };
  }

  private static boolean vector(Row row) {
    return row.has("mmx") || row.has("sse") || row.has("sse2") || row.has("fpu");
  }

  private void modRm(Row row, boolean shortAddress) {
    boolean vector = vector(row);
    int reg =
        row.digit() >= 0
            ? row.digit()
            : row.operands().contains("Sw")
                ? new int[] {0, 3, 4, 5, 0, 3, 4, 5, 2, random.nextInt(8)}[random.nextInt(10)]
                : vector ? random.nextInt(8) : register();
    boolean memory =
        row.form() == Row.Form.MEMORY || row.form() == Row.Form.ANY && random.nextInt(5) < 2;
    if (!memory) {
      out.write(0xC0 | reg << 3 | (vector ? random.nextInt(8) : register()));
      return;
    }
    if (shortAddress) {
      address16(reg, vector);
    } else {
      address32(reg, vector);
    }
  }

  private void address32(int reg, boolean aligned) {
    switch (random.nextInt(8)) {
      case 0 -> {
        out.write(reg << 3 | 5);
        word(absolute(aligned));
      }
      case 1 -> {
        int base = POINTERS[random.nextInt(5)];
        int index = random.nextInt(8);
        out.write(0x40 | reg << 3 | 4);
        out.write(random.nextInt(4) << 6 | index << 3 | base);
        out.write(displacement(aligned));
      }
      case 2 -> {
        int base = POINTERS[random.nextInt(5)];
        out.write(0x80 | reg << 3 | 4);
        out.write(random.nextInt(4) << 6 | 4 << 3 | base);
        word(random.nextInt(0x800) - 0x200 & (aligned ? ~15 : -1));
      }
      default -> {
        int base = oneIn(30) ? random.nextInt(8) : POINTERS[random.nextInt(4)];
        if (base == Processor.ESP) {
          base = Processor.EBX;
        }
        out.write(0x40 | reg << 3 | base);
        out.write(displacement(aligned));
      }
    }
  }

  private int displacement(boolean aligned) {
    int value = random.nextInt(256);
    return aligned && !oneIn(4) ? value & 0xF0 : value;
  }

  /** Somewhere in the data, now and then at the end of a page, in the stack, at the device. */
  int absolute(boolean aligned) {
    int data = FuzzImage.DATA - mode.dataBase();
    int address =
        switch (random.nextInt(16)) {
          case 0, 1 -> data + 0x1000 * (1 + random.nextInt(7)) - random.nextInt(9);
          case 2 -> mode.wide && !mode.segmented() ? FuzzImage.DEVICE + random.nextInt(64) : data;
          case 3 -> data + random.nextInt(0x8000);
          case 4 ->
              mode.segmented() ? data + 0x6FF0 + random.nextInt(32) : FuzzImage.STACK + 0x1F00;
          case 5 -> mode.paged && !mode.segmented() ? FuzzImage.ALIAS + 0x8200 : data + 0x300;
          default -> data + random.nextInt(0x1000);
        };
    return aligned && !oneIn(4) ? address & ~15 : address;
  }

  private void address16(int reg, boolean aligned) {
    if (oneIn(5)) {
      out.write(reg << 3 | 6);
      half(absolute(aligned));
      return;
    }
    int rm = random.nextInt(8);
    if (oneIn(2)) {
      out.write(0x40 | reg << 3 | rm);
      out.write(displacement(aligned));
    } else {
      out.write(0x80 | reg << 3 | rm);
      half(random.nextInt(0x800) & (aligned ? ~15 : -1));
    }
  }

  private void immediate(String kind, boolean smallOperand, boolean shortAddress) {
    switch (kind) {
      case "NONE" -> {}
      case "Ib", "Is" -> out.write(random.nextInt(256));
      case "Iw" -> half(random.nextInt(32));
      case "Iz" -> {
        int value = value();
        if (smallOperand) {
          half(value);
        } else {
          word(value);
        }
      }
      default -> {
        if (shortAddress) {
          half(absolute(false));
        } else {
          word(absolute(false));
        }
      }
    }
  }

  /** A number as programs have them. */
  int value() {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt();
      case 1 -> absolute(false);
      case 2 -> 1 << random.nextInt(32);
      case 3 -> (1 << random.nextInt(32)) - 1;
      case 4 -> -random.nextInt(64);
      default -> random.nextInt(64);
    };
  }

  private void half(int value) {
    out.write(value);
    out.write(value >>> 8);
  }

  private void word(int value) {
    half(value);
    half(value >>> 16);
  }
}
