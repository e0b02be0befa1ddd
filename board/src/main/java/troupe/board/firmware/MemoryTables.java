package troupe.board.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import troupe.processor.memory.PhysicalMemory;

/**
 * The ACPI tables at the top of RAM ([ACPI] 1.0b, chapter 5): RSDT, FADT for the PIIX4's power
 * management block, FACS, DSDT.
 */
final class MemoryTables {
  static final String OEM = "TROUPE";
  private static final String TABLE_ID = "TROUPE  ";
  private static final int HEADER = 36;
  private static final int FADT_BYTES = 116;
  private static final int FACS_BYTES = 64;
  private static final int RSDT_BYTES = HEADER + 4;

  /** Where tables stand after the RSDT. */
  private static final int FADT_AT = 0x40;

  private static final int DSDT_AT = 0x100;

  // FADT
  private static final int SMI_COMMAND = 0xB2;
  private static final int ACPI_ENABLE = 0xF1;
  private static final int ACPI_DISABLE = 0xF0;
  private static final int EVENT_BLOCK = PciSetup.POWER_MANAGEMENT_PORT;
  private static final int CONTROL_BLOCK = PciSetup.POWER_MANAGEMENT_PORT + 0x04;
  private static final int TIMER_BLOCK = PciSetup.POWER_MANAGEMENT_PORT + 0x08;
  private static final int GENERAL_BLOCK = PciSetup.POWER_MANAGEMENT_PORT + 0x0C;
  private static final int NO_C2 = 0xFFFF;
  private static final int CENTURY = 0x32;

  /** WBINVD works, C1 works, sleep button is none, RTC wake is not in fixed registers. */
  private static final int FLAGS = 1 | 1 << 2 | 1 << 5 | 1 << 6;

  private final int base;
  private final int facs;

  MemoryTables(MemoryMap map) {
    base = map.acpiTables();
    facs = map.acpiNvs();
  }

  /** Physical address of the RSDT. */
  int root() {
    return base;
  }

  void write(PhysicalMemory memory) {
    put(memory, base, rsdt());
    put(memory, base + FADT_AT, fadt());
    put(memory, base + DSDT_AT, table("DSDT", 1, Dsdt.aml()));
    put(memory, facs, facs());
  }

  private static void put(PhysicalMemory memory, int address, byte[] table) {
    memory.write(address, table, 0, table.length);
  }

  private static byte[] table(String signature, int revision, byte[] body) {
    ByteBuffer b = ByteBuffer.allocate(HEADER + body.length).order(ByteOrder.LITTLE_ENDIAN);
    b.put(ascii(signature)).putInt(HEADER + body.length).put((byte) revision).put((byte) 0);
    b.put(ascii(OEM)).put(ascii(TABLE_ID)).putInt(1).put(ascii("TRPE")).putInt(1).put(body);
    Assembler.checksum(b.array(), 0, b.capacity(), 9);
    return b.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] rsdt() {
    ByteBuffer body = ByteBuffer.allocate(RSDT_BYTES - HEADER).order(ByteOrder.LITTLE_ENDIAN);
    return table("RSDT", 1, body.putInt(base + FADT_AT).array());
  }

  private byte[] fadt() {
    ByteBuffer b = ByteBuffer.allocate(FADT_BYTES - HEADER).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(facs).putInt(base + DSDT_AT).put((byte) 0).put((byte) 0);
    b.putShort((short) PciSetup.SCI_IRQ).putInt(SMI_COMMAND);
    b.put((byte) ACPI_ENABLE).put((byte) ACPI_DISABLE).put((byte) 0).put((byte) 0);
    b.putInt(EVENT_BLOCK).putInt(0).putInt(CONTROL_BLOCK).putInt(0).putInt(0);
    b.putInt(TIMER_BLOCK).putInt(GENERAL_BLOCK).putInt(0);
    b.put((byte) 4).put((byte) 2).put((byte) 0).put((byte) 4).put((byte) 4).put((byte) 0);
    b.put((byte) 0).put((byte) 0);
    b.putShort((short) NO_C2).putShort((short) NO_C2).putShort((short) 0).putShort((short) 0);
    b.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 0).put((byte) CENTURY);
    b.putShort((short) 0).put((byte) 0).putInt(FLAGS);
    return table("FACP", 1, b.array());
  }

  private static byte[] facs() {
    ByteBuffer b = ByteBuffer.allocate(FACS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return b.put(ascii("FACS")).putInt(FACS_BYTES).array();
  }
}
