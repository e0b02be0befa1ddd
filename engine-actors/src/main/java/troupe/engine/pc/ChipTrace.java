package troupe.engine.pc;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import troupe.devices.bus.PortDevice;
import troupe.devices.bus.PortSpace;

/** Logs what a guest reads from and writes to chips at fixed I/O ports. For diagnosis. */
public final class ChipTrace {
  private record Range(int first, int count) {}

  private static final Map<String, List<Range>> CHIPS =
      Map.ofEntries(
          Map.entry("dma", List.of(new Range(0x00, 16), new Range(0x81, 15), new Range(0xC0, 32))),
          Map.entry("pic", List.of(new Range(0x20, 2), new Range(0xA0, 2), new Range(0x4D0, 2))),
          Map.entry("pit", List.of(new Range(0x40, 4))),
          Map.entry("port-61", List.of(new Range(0x61, 1))),
          Map.entry("keyboard", List.of(new Range(0x60, 1), new Range(0x64, 1))),
          Map.entry("rtc", List.of(new Range(0x70, 2))),
          Map.entry("post-codes", List.of(new Range(0x80, 1))),
          Map.entry("port-92", List.of(new Range(0x92, 1))),
          Map.entry("apm", List.of(new Range(0xB2, 2))),
          Map.entry(
              "ide",
              List.of(
                  new Range(0x1F0, 8),
                  new Range(0x3F6, 1),
                  new Range(0x170, 8),
                  new Range(0x376, 1))),
          Map.entry("lpt1", List.of(new Range(0x378, 3))),
          Map.entry("com1", List.of(new Range(0x3F8, 8))),
          Map.entry("com2", List.of(new Range(0x2F8, 8))),
          Map.entry("floppy", List.of(new Range(0x3F0, 6), new Range(0x3F7, 1))),
          Map.entry("display", List.of(new Range(0x3B0, 48), new Range(0x1CE, 4))),
          Map.entry("pci", List.of(new Range(0xCF8, 8))),
          Map.entry("reset-control", List.of(new Range(0xCF9, 1))),
          Map.entry("fw-cfg", List.of(new Range(0x510, 2))));

  private ChipTrace() {}

  /** The names that can be traced. */
  public static Set<String> names() {
    return new TreeSet<>(CHIPS.keySet());
  }

  /** Puts ears before the chips of these names; there must be such chips. */
  static void attach(PortSpace ports, Collection<String> chips) {
    for (String chip : chips) {
      for (Range range : CHIPS.get(chip)) {
        ports.wrap(range.first, range.count, device -> new Ear(chip, device));
      }
    }
  }

  /**
   * Logs, then lets the chip answer.
   *
   * @param chip its name
   */
  private record Ear(String chip, PortDevice device) implements PortDevice {
    private static final Logger LOG = LoggerFactory.getLogger("troupe.trace");

    private void log(String arrow, int offset, int size, int value) {
      if (LOG.isInfoEnabled()) {
        String digits = "%08X".formatted(value).substring(8 - 2 * size);
        LOG.info("{}+{} {} {}h", chip, offset, arrow, digits);
      }
    }

    @Override
    public int read8(int offset) {
      int value = device.read8(offset);
      log("->", offset, 1, value);
      return value;
    }

    @Override
    public void write8(int offset, int value) {
      log("<-", offset, 1, value);
      device.write8(offset, value);
    }

    @Override
    public int read16(int offset) {
      int value = device.read16(offset);
      log("->", offset, 2, value);
      return value;
    }

    @Override
    public void write16(int offset, int value) {
      log("<-", offset, 2, value);
      device.write16(offset, value);
    }

    @Override
    public int read32(int offset) {
      int value = device.read32(offset);
      log("->", offset, 4, value);
      return value;
    }

    @Override
    public void write32(int offset, int value) {
      log("<-", offset, 4, value);
      device.write32(offset, value);
    }
  }
}
