package troupe.devices.bus;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The 64 KiB I/O address space of the ISA and PCI buses: which chip answers at which port. Reads of
 * ports nobody answers give all ones. Later attachments win over earlier ones, and detaching brings
 * nothing back: a port has at most one owner.
 */
public final class PortSpace {
  private static final int PORTS = 0x1_0000;

  private final PortDevice[] owner = new PortDevice[PORTS];
  private final char[] base = new char[PORTS];
  private BiConsumer<Integer, Boolean> unclaimed = (port, write) -> {};

  /** Told of accesses that no chip answers: port and whether it was a write. For diagnosis only. */
  public void onUnclaimed(BiConsumer<Integer, Boolean> listener) {
    unclaimed = listener;
  }

  /** Attaches {@code device} at ports first to first+count-1; it sees offsets from 0. */
  public void attach(int first, int count, PortDevice device) {
    attach(first, count, device, 0);
  }

  /** As {@link #attach(int, int, PortDevice)}, the first port being offset {@code offset}. */
  public void attach(int first, int count, PortDevice device, int offset) {
    if (first < 0 || count <= 0 || first + count > PORTS) {
      throw new IllegalArgumentException(
          "ports %xh to %xh are outside the I/O space".formatted(first, first + count - 1));
    }
    for (int port = first; port < first + count; port++) {
      owner[port] = device;
      base[port] = (char) (first - offset);
    }
  }

  /** Removes {@code device} from those of the ports that it owns. */
  public void detach(int first, int count, PortDevice device) {
    for (int port = first; port < Math.min(first + count, PORTS); port++) {
      if (owner[port] == device) {
        owner[port] = null;
      }
    }
  }

  /**
   * Puts something between ports first to first+count-1 and the chips that answer there now, which
   * see the same offsets.
   */
  public void wrap(int first, int count, UnaryOperator<PortDevice> wrapper) {
    Map<PortDevice, PortDevice> wrapped = new IdentityHashMap<>();
    for (int port = first; port < first + count; port++) {
      if (owner[port] != null) {
        owner[port] = wrapped.computeIfAbsent(owner[port], wrapper);
      }
    }
  }

  /** Reads one byte; {@code port} is 0 to FFFFh. */
  public int read8(int port) {
    PortDevice device = owner[port];
    if (device == null) {
      unclaimed.accept(port, false);
      return PortDevice.OPEN_BUS;
    }
    return device.read8((char) (port - base[port])) & 0xFF;
  }

  public void write8(int port, int value) {
    PortDevice device = owner[port];
    if (device == null) {
      unclaimed.accept(port, true);
    } else {
      device.write8((char) (port - base[port]), value & 0xFF);
    }
  }

  public int read16(int port) {
    PortDevice device = owner[port];
    if (device != null && oneOwner(port, 2)) {
      return device.read16((char) (port - base[port])) & 0xFFFF;
    }
    return read8(port) | read8(port + 1 & 0xFFFF) << 8;
  }

  public void write16(int port, int value) {
    PortDevice device = owner[port];
    if (device != null && oneOwner(port, 2)) {
      device.write16((char) (port - base[port]), value & 0xFFFF);
    } else {
      write8(port, value & 0xFF);
      write8(port + 1 & 0xFFFF, value >>> 8 & 0xFF);
    }
  }

  public int read32(int port) {
    PortDevice device = owner[port];
    if (device != null && oneOwner(port, 4)) {
      return device.read32((char) (port - base[port]));
    }
    return read16(port) | read16(port + 2 & 0xFFFF) << 16;
  }

  public void write32(int port, int value) {
    PortDevice device = owner[port];
    if (device != null && oneOwner(port, 4)) {
      device.write32((char) (port - base[port]), value);
    } else {
      write16(port, value & 0xFFFF);
      write16(port + 2 & 0xFFFF, value >>> 16);
    }
  }

  private boolean oneOwner(int port, int size) {
    int last = port + size - 1;
    return last < PORTS && owner[last] == owner[port] && base[last] == base[port];
  }
}
