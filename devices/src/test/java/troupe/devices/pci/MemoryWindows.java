package troupe.devices.pci;

import java.util.HashMap;
import java.util.Map;
import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.MemorySpace;

/** A memory space that only remembers which window is where. */
public final class MemoryWindows implements MemorySpace {
  /** A window: unsigned base and length in bytes. */
  public record Window(int base, int length) {}

  public final Map<MemoryDevice, Window> windows = new HashMap<>();

  @Override
  public void map(MemoryDevice device, int base, int length) {
    if (windows.putIfAbsent(device, new Window(base, length)) != null) {
      throw new AssertionError("mapped twice");
    }
  }

  @Override
  public void unmap(MemoryDevice device) {
    windows.remove(device);
  }
}
