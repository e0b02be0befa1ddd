package troupe.board.firmware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Tables in the system ROM that programs find by searching it on 16-byte boundaries. */
final class RomTables {
  private static final int PARAGRAPH = 16;

  private final FirmwareSettings settings;
  private final SystemRom rom;
  private final MemoryTables memoryTables;
  private int next = SystemRom.TABLES;

  RomTables(FirmwareSettings settings, SystemRom rom, MemoryTables memoryTables) {
    this.settings = settings;
    this.rom = rom;
    this.memoryTables = memoryTables;
  }

  void place(byte[] image) {
    put(image, bios32());
    put(image, RoutingTable.table());
    put(image, rootPointer());
    Smbios smbios = new Smbios(settings);
    byte[] structures = smbios.structures();
    int at = put(image, structures);
    put(image, smbios.entryPoint(SystemRom.BASE + at));
  }

  private int put(byte[] image, byte[] table) {
    int at = next;
    if (at + table.length > SystemRom.TABLES_END) {
      throw new IllegalStateException("the tables do not fit into the ROM");
    }
    System.arraycopy(table, 0, image, at, table.length);
    next = (at + table.length + PARAGRAPH - 1) / PARAGRAPH * PARAGRAPH;
    return at;
  }

  /** [PCI BIOS] BIOS32 Service Directory. */
  private byte[] bios32() {
    ByteBuffer b = ByteBuffer.allocate(PARAGRAPH).order(ByteOrder.LITTLE_ENDIAN);
    b.put("_32_".getBytes(StandardCharsets.US_ASCII));
    b.putInt(SystemRom.BASE + rom.offset("bios32"));
    b.put((byte) 0).put((byte) 1);
    Assembler.checksum(b.array(), 0, PARAGRAPH, 10);
    return b.array();
  }

  /** [ACPI] Root System Description Pointer, revision 0. */
  private byte[] rootPointer() {
    ByteBuffer b = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    b.put("RSD PTR ".getBytes(StandardCharsets.US_ASCII));
    b.put((byte) 0).put(MemoryTables.OEM.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    b.putInt(memoryTables.root());
    Assembler.checksum(b.array(), 0, 20, 8);
    return b.array();
  }
}
