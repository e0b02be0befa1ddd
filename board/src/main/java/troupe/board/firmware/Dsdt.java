package troupe.board.firmware;

import java.io.ByteArrayOutputStream;
import troupe.devices.piix4.IsaBridge;

/**
 * The differentiated system description ([ACPI] 2.0, chapters 5 and 6): the PCI bus with its
 * windows and interrupt routing through four link devices, the ISA devices, soft off.
 */
final class Dsdt {
  private static final String[] LINKS = {"LNKA", "LNKB", "LNKC", "LNKD"};
  private static final String[] ROUTES = {"PRQA", "PRQB", "PRQC", "PRQD"};

  // Suspend types of the PIIX4 ([82371AB] PMCNTRL SUS_TYP).
  private static final int WORKING = 5;
  private static final int SOFT_OFF = 0;

  private static final int LINK_DISABLED = 0x80;

  private Dsdt() {}

  static byte[] aml() {
    Aml root = new Aml();
    root.name("_S0_").packageOf(4, sleepType(WORKING));
    root.name("_S5_").packageOf(4, sleepType(SOFT_OFF));
    Aml bus = new Aml();
    bus.device("PCI0", pci());
    bus.add(links().bytes());
    root.scope("\\_SB_", bus);
    return root.bytes();
  }

  private static Aml sleepType(int type) {
    return new Aml().integer(type).integer(type).integer(0).integer(0);
  }

  private static Aml pci() {
    Aml pci = new Aml();
    pci.name("_HID").eisaId("PNP0A03");
    pci.name("_UID").integer(0);
    pci.name("_CRS").buffer(windows());
    int first = 1;
    int devices = RoutingTable.DEVICES - first;
    Aml routes = new Aml();
    for (int device = first; device < RoutingTable.DEVICES; device++) {
      for (int pin = 1; pin <= 4; pin++) {
        Aml route = new Aml();
        route.integer((long) device << 16 | 0xFFFF).integer(pin - 1);
        route.nameString(LINKS[IsaBridge.pirq(device, pin)]).integer(0);
        routes.packageOf(4, route);
      }
    }
    pci.name("_PRT").packageOf(4 * devices, routes);
    pci.device("ISA_", isa());
    return pci;
  }

  // ---- Resources ([ACPI] 6.4)

  private static byte[] windows() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    wordAddress(out, 2, 0x0C, 0x0000, 0x00FF); // buses
    io(out, 0x0CF8, 8);
    wordAddress(out, 1, 0x0C, 0x0000, 0x0CF7);
    wordAddress(out, 1, 0x0C, 0x0D00, 0xFFFF);
    memory(out, 0x000A_0000, 0x000B_FFFF);
    memory(out, PciSetup.MEMORY_WINDOW, PciSetup.MEMORY_WINDOW_END - 1);
    end(out);
    return out.toByteArray();
  }

  private static void wordAddress(
      ByteArrayOutputStream out, int type, int flags, int least, int greatest) {
    out.write(0x88);
    words(out, 0x0D);
    out.write(type);
    out.write(flags);
    out.write(type == 1 ? 3 : 0);
    words(out, 0, least, greatest, 0, greatest - least + 1);
  }

  private static void memory(ByteArrayOutputStream out, int least, int greatest) {
    out.write(0x87);
    words(out, 0x17);
    out.write(0);
    out.write(0x0C);
    out.write(1);
    for (int value : new int[] {0, least, greatest, 0, greatest - least + 1}) {
      words(out, value, value >>> 16);
    }
  }

  private static void words(ByteArrayOutputStream out, int... values) {
    for (int value : values) {
      out.write(value);
      out.write(value >>> 8);
    }
  }

  private static void io(ByteArrayOutputStream out, int port, int count) {
    out.write(0x47);
    out.write(1);
    words(out, port, port);
    out.write(1);
    out.write(count);
  }

  private static void irq(ByteArrayOutputStream out, int irq) {
    out.write(0x22);
    words(out, 1 << irq);
  }

  private static void end(ByteArrayOutputStream out) {
    out.write(0x79);
    out.write(0);
  }

  // ---- ISA devices

  private static Aml isa() {
    Aml isa = new Aml();
    isa.name("_ADR").integer(7L << 16);
    isa.configurationRegion("PIRQ", 0x60, 4);
    isa.byteFields("PIRQ", ROUTES);
    isa.device("KBD_", keyboard());
    isa.device("MOU_", fixed("PNP0F13", 12));
    isa.device("RTC_", fixed("PNP0B00", 8, 0x70, 2));
    isa.device("COM1", fixed("PNP0501", 4, 0x3F8, 8).name("_UID").integer(1));
    isa.device("COM2", fixed("PNP0501", 3, 0x2F8, 8).name("_UID").integer(2));
    isa.device("LPT1", fixed("PNP0400", 7, 0x378, 8));
    return isa;
  }

  private static Aml keyboard() {
    ByteArrayOutputStream resources = new ByteArrayOutputStream();
    io(resources, 0x60, 1);
    io(resources, 0x64, 1);
    irq(resources, 1);
    end(resources);
    return new Aml().name("_HID").eisaId("PNP0303").name("_CRS").buffer(resources.toByteArray());
  }

  private static Aml fixed(String id, int irq, int... ports) {
    ByteArrayOutputStream resources = new ByteArrayOutputStream();
    for (int i = 0; i < ports.length; i += 2) {
      io(resources, ports[i], ports[i + 1]);
    }
    irq(resources, irq);
    end(resources);
    return new Aml().name("_HID").eisaId(id).name("_CRS").buffer(resources.toByteArray());
  }

  // ---- Link devices: the PIRQRC registers

  private static Aml links() {
    Aml links = new Aml();
    for (int i = 0; i < LINKS.length; i++) {
      links.device(LINKS[i], link(i));
    }
    return links;
  }

  private static Aml link(int index) {
    Aml link = new Aml();
    link.name("_HID").eisaId("PNP0C0F");
    link.name("_UID").integer(index + 1);
    link.name("_PRS").buffer(levelIrq(PciSetup.IRQS_FOR_PCI));
    Aml path = new Aml().rootPath("_SB_", "PCI0", "ISA_", ROUTES[index]);
    // _STA: 9 where the register's disable bit is set, else Bh.
    Aml status = new Aml();
    status.ifTrue(
        new Aml().and(path, new Aml().integer(LINK_DISABLED), new Aml().noTarget()),
        new Aml().returnOf(new Aml().integer(0x09)));
    status.returnOf(new Aml().integer(0x0B));
    link.method("_STA", 0, status);
    Aml disable = new Aml();
    disable.or(path, new Aml().integer(LINK_DISABLED), path);
    link.method("_DIS", 0, disable);
    // _CRS: a template whose mask becomes 1 << register.
    Aml current = new Aml();
    current.name("BUF_").buffer(levelIrq(0));
    current.createWordField(new Aml().nameString("BUF_"), 1, "IRQM");
    current.and(path, new Aml().integer(0x0F), new Aml().local(0));
    current.shiftLeft(new Aml().integer(1), new Aml().local(0), new Aml().nameString("IRQM"));
    current.returnOf(new Aml().nameString("BUF_"));
    link.method("_CRS", 8, current);
    // _SRS: the register becomes the number of the mask's lowest bit.
    Aml set = new Aml();
    set.createWordField(new Aml().argument(0), 1, "IRQM");
    set.findSetRightBit(new Aml().nameString("IRQM"), new Aml().local(0));
    set.decrement(new Aml().local(0));
    set.storeTo(new Aml().local(0), path);
    link.method("_SRS", 9, set);
    return link;
  }

  /** IRQ descriptor with flags: level, active low, shared. */
  private static byte[] levelIrq(int mask) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x23);
    words(out, mask);
    out.write(0x18);
    end(out);
    return out.toByteArray();
  }
}
