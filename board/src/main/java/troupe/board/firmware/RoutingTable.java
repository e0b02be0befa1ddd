package troupe.board.firmware;

import java.io.ByteArrayOutputStream;
import troupe.devices.piix4.IsaBridge;

/** The $PIR table ([PIR]): which PIRQ each pin of each slot is wired to. */
final class RoutingTable {
  static final int DEVICES = 32;
  private static final int ISA_BRIDGE_DEVICE = 7;
  private static final int PIIX4_ISA = 0x7110_8086;
  private static final int HEADER = 32;

  /** IRQs that a PIRQ can be routed to. */
  static final int ROUTABLE = 0xDEF8;

  private RoutingTable() {}

  /** The entries: 16 bytes for each device number that can have a card. */
  static byte[] slots() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int device = 1; device < DEVICES; device++) {
      out.write(0);
      out.write(device << 3);
      for (int pin = 1; pin <= 4; pin++) {
        out.write(0x60 + IsaBridge.pirq(device, pin));
        out.write(ROUTABLE);
        out.write(ROUTABLE >>> 8);
      }
      out.write(device == ISA_BRIDGE_DEVICE ? 0 : device);
      out.write(0);
    }
    return out.toByteArray();
  }

  static byte[] table() {
    byte[] slots = slots();
    byte[] table = new byte[HEADER + slots.length];
    table[0] = '$';
    table[1] = 'P';
    table[2] = 'I';
    table[3] = 'R';
    table[5] = 1; // version 1.0
    table[6] = (byte) table.length;
    table[7] = (byte) (table.length >>> 8);
    table[9] = (byte) (ISA_BRIDGE_DEVICE << 3);
    table[10] = (byte) PciSetup.IRQS_FOR_PCI;
    table[11] = (byte) (PciSetup.IRQS_FOR_PCI >>> 8);
    for (int i = 0; i < 4; i++) {
      table[12 + i] = (byte) (PIIX4_ISA >>> 8 * i);
    }
    System.arraycopy(slots, 0, table, HEADER, slots.length);
    Assembler.checksum(table, 0, table.length, 31);
    return table;
  }
}
