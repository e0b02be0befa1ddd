package troupe.board.firmware;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** SMBIOS 2.4 tables ([SMBIOS] 2.4): the structures, and the entry point that leads to them. */
final class Smbios {
  private static final int ENTRY_BYTES = 0x1F;
  private static final int HEADER = 4;
  private static final int DIMM_MIB = 0x4000;

  private final FirmwareSettings settings;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int count;
  private int largest;

  Smbios(FirmwareSettings settings) {
    this.settings = settings;
  }

  byte[] structures() {
    bios();
    system();
    chassis();
    processor();
    memory();
    structure(32, 0x2000, new byte[7]); // boot information: no error
    structure(127, 0x7F00, new byte[0]);
    return out.toByteArray();
  }

  private void structure(int type, int handle, byte[] body, String... strings) {
    int start = out.size();
    out.write(type);
    out.write(HEADER + body.length);
    out.write(handle);
    out.write(handle >>> 8);
    out.writeBytes(body);
    for (String string : strings) {
      out.writeBytes(string.getBytes(StandardCharsets.US_ASCII));
      out.write(0);
    }
    if (strings.length == 0) {
      out.write(0);
    }
    out.write(0);
    largest = Math.max(largest, out.size() - start);
    count++;
  }

  private static ByteBuffer body(int length) {
    return ByteBuffer.allocate(length - HEADER).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void bios() {
    ByteBuffer b = body(0x18);
    b.put((byte) 1).put((byte) 2).putShort((short) 0xE800).put((byte) 3);
    b.put((byte) (SystemRom.SIZE / 0x1_0000 - 1));
    // ISA, PCI, APM, boot from CD, EDD, 1.2 MB, 720 KB, 2.88 MB, INT 5, 9, 14, 17, 10.
    b.putLong(1 << 4 | 1 << 7 | 1 << 10 | 1 << 15 | 1 << 19 | 0x7FL << 23 | 1L << 30);
    b.put((byte) 0x01).put((byte) 0x00); // ACPI
    b.put((byte) 0).put((byte) 1).put((byte) 0xFF).put((byte) 0xFF);
    structure(0, 0x0000, b.array(), "Troupe", "1.0", "11/22/2026");
  }

  private void system() {
    ByteBuffer b = body(0x1B);
    b.put((byte) 1).put((byte) 2).put((byte) 3).put((byte) 4);
    UUID uuid = settings.uuid();
    long high = uuid.getMostSignificantBits();
    b.putInt((int) (high >>> 32)).putShort((short) (high >>> 16)).putShort((short) high);
    b.order(ByteOrder.BIG_ENDIAN).putLong(uuid.getLeastSignificantBits());
    b.put((byte) 6).put((byte) 0).put((byte) 0); // woken by the power switch
    structure(
        1,
        0x0100,
        b.array(),
        "Troupe",
        "Virtual Machine",
        "440BX",
        serial(settings.serialNumber()));
  }

  /** A string of a structure may not be empty. */
  private static String serial(String number) {
    return number.isEmpty() ? "None" : number;
  }

  private void chassis() {
    ByteBuffer b = body(0x11);
    b.put((byte) 1).put((byte) 3).put((byte) 0).put((byte) 0).put((byte) 0);
    b.put((byte) 3).put((byte) 3).put((byte) 3).put((byte) 3);
    structure(3, 0x0300, b.array(), "Troupe");
  }

  private void processor() {
    ByteBuffer b = body(0x23);
    b.put((byte) 1).put((byte) 3).put((byte) 0x01).put((byte) 2);
    b.putLong(0);
    b.put((byte) 0).put((byte) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
    b.put((byte) 0x41).put((byte) 1);
    b.putShort((short) -1).putShort((short) -1).putShort((short) -1);
    structure(4, 0x0400, b.array(), "CPU 1", "Troupe");
  }

  private void memory() {
    int mib = (int) (settings.memoryBytes() >>> 20);
    ByteBuffer array = body(0x0F);
    array.put((byte) 1).put((byte) 3).put((byte) 3).putInt(mib << 10);
    array.putShort((short) 0xFFFE).putShort((short) 1);
    structure(16, 0x1000, array.array());
    ByteBuffer device = body(0x1B);
    device.putShort((short) 0x1000).putShort((short) 0xFFFE);
    device.putShort((short) 64).putShort((short) 64).putShort((short) Math.min(mib, DIMM_MIB));
    device.put((byte) 9).put((byte) 0).put((byte) 1).put((byte) 0).put((byte) 0x0F);
    device.putShort((short) 0);
    structure(17, 0x1100, device.array(), "DIMM 0");
    ByteBuffer mapped = body(0x0F);
    mapped.putInt(0).putInt((mib << 10) - 1).putShort((short) 0x1000).put((byte) 1);
    structure(19, 0x1300, mapped.array());
    ByteBuffer mappedDevice = body(0x13);
    mappedDevice.putInt(0).putInt((mib << 10) - 1).putShort((short) 0x1100);
    mappedDevice.putShort((short) 0x1300).put((byte) 1);
    structure(20, 0x1400, mappedDevice.array());
  }

  /** The entry point for structures at a physical address; after {@link #structures}. */
  byte[] entryPoint(int address) {
    ByteBuffer b = ByteBuffer.allocate(ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.put("_SM_".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) ENTRY_BYTES);
    b.put((byte) 2).put((byte) 4).putShort((short) largest).put((byte) 0);
    b.position(0x10);
    b.put("_DMI_".getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    b.putShort((short) out.size()).putInt(address).putShort((short) count).put((byte) 0x24);
    Assembler.checksum(b.array(), 0x10, 0x0F, 0x15);
    Assembler.checksum(b.array(), 0, ENTRY_BYTES, 4);
    return b.array();
  }
}
