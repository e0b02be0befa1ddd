package troupe.board.firmware;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes ACPI Machine Language ([ACPI] 2.0, chapter 17): only the terms that the DSDT has. */
final class Aml {
  private static final int ONE_BYTE_LENGTH = 0x3F;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] bytes() {
    return out.toByteArray();
  }

  private Aml raw(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  Aml add(byte[] term) {
    out.writeBytes(term);
    return this;
  }

  /** A name of up to four characters, with "\\" before it from the root. */
  Aml nameString(String name) {
    String rest = name;
    if (rest.startsWith("\\")) {
      raw('\\');
      rest = rest.substring(1);
    }
    return add((rest + "____").substring(0, 4).getBytes(StandardCharsets.US_ASCII));
  }

  /** A path from the root. */
  Aml rootPath(String... names) {
    raw('\\', 0x2F, names.length);
    for (String name : names) {
      nameString(name);
    }
    return this;
  }

  Aml integer(long value) {
    if (value == 0) {
      return raw(0x00);
    } else if (value == 1) {
      return raw(0x01);
    } else if (value == 0xFFFF_FFFFL || value >= 0 && value > 0xFFFF) {
      return raw(
          0x0C, (int) value, (int) (value >>> 8), (int) (value >>> 16), (int) (value >>> 24));
    } else if (value > 0xFF) {
      return raw(0x0B, (int) value, (int) (value >>> 8));
    }
    return raw(0x0A, (int) value);
  }

  /** The compressed identifier that EISAID() makes, as an integer. */
  Aml eisaId(String id) {
    int vendor = 0;
    for (int i = 0; i < 3; i++) {
      vendor = vendor << 5 | id.charAt(i) - 0x40;
    }
    int product = Integer.parseInt(id.substring(3), 16);
    int value = Integer.reverseBytes(vendor << 16 | product);
    return raw(0x0C, value, value >>> 8, value >>> 16, value >>> 24);
  }

  Aml name(String name) {
    return raw(0x08).nameString(name);
  }

  private Aml packaged(byte[] content) {
    int length = content.length + 1;
    if (length <= ONE_BYTE_LENGTH) {
      raw(length);
    } else if (content.length + 2 < 1 << 12) {
      length = content.length + 2;
      raw(0x40 | length & 0xF, length >>> 4);
    } else {
      length = content.length + 3;
      raw(0x80 | length & 0xF, length >>> 4, length >>> 12);
    }
    return add(content);
  }

  Aml scope(String name, Aml content) {
    return raw(0x10).packaged(new Aml().nameString(name).add(content.bytes()).bytes());
  }

  Aml device(String name, Aml content) {
    return raw(0x5B, 0x82).packaged(new Aml().nameString(name).add(content.bytes()).bytes());
  }

  Aml method(String name, int arguments, Aml content) {
    return raw(0x14)
        .packaged(new Aml().nameString(name).raw(arguments).add(content.bytes()).bytes());
  }

  Aml packageOf(int elements, Aml content) {
    return raw(0x12).packaged(new Aml().raw(elements).add(content.bytes()).bytes());
  }

  Aml buffer(byte[] content) {
    return raw(0x11).packaged(new Aml().integer(content.length).add(content).bytes());
  }

  Aml returnOf(Aml term) {
    return raw(0xA4).add(term.bytes());
  }

  /** OperationRegion in PCI configuration space. */
  Aml configurationRegion(String name, int offset, int length) {
    return raw(0x5B, 0x80).nameString(name).raw(0x02).integer(offset).integer(length);
  }

  /** Fields of a byte each, accessed by bytes. */
  Aml byteFields(String region, String... names) {
    Aml fields = new Aml().nameString(region).raw(0x01);
    for (String field : names) {
      fields.nameString(field).raw(8);
    }
    return raw(0x5B, 0x81).packaged(fields.bytes());
  }

  /** Store (value, target). */
  Aml storeTo(Aml value, Aml target) {
    return raw(0x70).add(value.bytes()).add(target.bytes());
  }

  Aml and(Aml left, Aml right, Aml target) {
    return raw(0x7B).add(left.bytes()).add(right.bytes()).add(target.bytes());
  }

  Aml or(Aml left, Aml right, Aml target) {
    return raw(0x7D).add(left.bytes()).add(right.bytes()).add(target.bytes());
  }

  Aml local(int n) {
    return raw(0x60 + n);
  }

  Aml argument(int n) {
    return raw(0x68 + n);
  }

  Aml noTarget() {
    return raw(0x00);
  }

  /** If (predicate) { content }. */
  Aml ifTrue(Aml predicate, Aml content) {
    return raw(0xA0).packaged(new Aml().add(predicate.bytes()).add(content.bytes()).bytes());
  }

  /** CreateWordField (buffer, byte index, name). */
  Aml createWordField(Aml buffer, int index, String name) {
    return raw(0x8B).add(buffer.bytes()).integer(index).nameString(name);
  }

  /** ShiftLeft (one, count, target). */
  Aml shiftLeft(Aml value, Aml count, Aml target) {
    return raw(0x79).add(value.bytes()).add(count.bytes()).add(target.bytes());
  }

  /** FindSetRightBit (value, target). */
  Aml findSetRightBit(Aml value, Aml target) {
    return raw(0x82).add(value.bytes()).add(target.bytes());
  }

  /** Decrement (target). */
  Aml decrement(Aml target) {
    return raw(0x76).add(target.bytes());
  }
}
