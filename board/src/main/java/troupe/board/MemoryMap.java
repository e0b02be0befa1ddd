package troupe.board;

import java.util.ArrayList;
import java.util.List;
import troupe.devices.bus.MemoryDevice;
import troupe.devices.bus.MemorySpace;
import troupe.devices.i82443bx.ShadowControl;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.memory.PhysicalMemory.Target;

/**
 * What answers where in the physical address space: the host bridge's decisions, made page by page
 * over {@link PhysicalMemory}. From the strongest down: the first MiB (video memory, shadowed ROM),
 * RAM, the ROM below 4 GiB, the windows of PCI cards.
 */
final class MemoryMap implements ShadowControl, MemorySpace {
  private static final int PAGE = PhysicalMemory.PAGE_SIZE;
  private static final int SHIFT = PhysicalMemory.PAGE_SHIFT;
  private static final int PAGES = 1 << 32 - SHIFT;
  private static final int VIDEO = 0xA_0000 >>> SHIFT;
  private static final int VIDEO_PAGES = 0x2_0000 >>> SHIFT;
  private static final int ROMS = 0xC_0000 >>> SHIFT;
  private static final int ONE_MIB = 0x10_0000 >>> SHIFT;

  /** What a system ROM of more than 128 KiB shows below 1 MiB. */
  private static final int LOW_ROM = 0x2_0000;

  private final PhysicalMemory memory;
  private final List<MappedWindow> windows = new ArrayList<>();
  private final boolean[] readRam = new boolean[ONE_MIB];
  private final boolean[] writeRam = new boolean[ONE_MIB];
  private final boolean[] rom = new boolean[ONE_MIB];
  private int highRom = PAGES;

  MemoryMap(PhysicalMemory memory, MemoryDevice video) {
    this.memory = memory;
    memory.setDevice(
        VIDEO, VIDEO_PAGES, new MappedWindow(video, VIDEO << SHIFT, VIDEO_PAGES * PAGE));
    decide(0, PAGES);
  }

  /** The system ROM: ends at 4 GiB, and its last 128 KiB at 1 MiB. */
  void setSystemRom(byte[] image) {
    highRom = PAGES - image.length / PAGE;
    memory.setRom(highRom, image);
    int low = Math.min(image.length, LOW_ROM);
    byte[] lowImage = new byte[low];
    System.arraycopy(image, image.length - low, lowImage, 0, low);
    setRom(0x10_0000 - low, lowImage);
    decide(highRom, PAGES - highRom);
  }

  /** An option ROM at {@code base}, from C0000h up. */
  void setRom(int base, byte[] image) {
    int first = base >>> SHIFT;
    int count = Math.ceilDiv(image.length, PAGE);
    memory.setRom(first, image);
    for (int page = first; page < first + count; page++) {
      rom[page] = true;
    }
    decide(first, count);
  }

  @Override
  public void shadow(int base, int length, boolean readRam, boolean writeRam) {
    int first = base >>> SHIFT;
    int count = length >>> SHIFT;
    for (int page = first; page < first + count; page++) {
      this.readRam[page] = readRam;
      this.writeRam[page] = writeRam;
    }
    decide(first, count);
  }

  @Override
  public void map(MemoryDevice device, int base, int length) {
    long end = Math.min((base & 0xFFFF_FFFFL) + length, 1L << 32);
    MappedWindow window = new MappedWindow(device, base, (int) (end - (base & 0xFFFF_FFFFL)));
    windows.add(window);
    showWindows(window);
  }

  @Override
  public void unmap(MemoryDevice device) {
    for (MappedWindow window : List.copyOf(windows)) {
      if (window.device() == device) {
        windows.remove(window);
        showWindows(window);
      }
    }
  }

  /** Decides anew about the pages that a window covers, after it came or went. */
  private void showWindows(MappedWindow changed) {
    int first = changed.base() >>> SHIFT;
    int count = changed.lastPage() - first + 1;
    for (MappedWindow window : windows) {
      int from = Math.max(first, window.base() >>> SHIFT);
      int to = Math.min(first + count - 1, window.lastPage());
      if (from <= to) {
        memory.setDevice(from, to - from + 1, window);
      }
    }
    decide(first, count);
  }

  /** Tells the memory about pages, in runs of the same kind. */
  private void decide(int first, int count) {
    int end = first + count;
    for (int from = first; from < end; ) {
      Target reads = reads(from);
      Target writes = writes(from);
      int to = Math.min(end, afterAlike(from));
      while (to < end && reads(to) == reads && writes(to) == writes) {
        to = Math.min(end, afterAlike(to));
      }
      memory.map(from, to - from, reads, writes);
      from = to;
    }
  }

  /** A page up to which all are answered as {@code page} is. */
  private int afterAlike(int page) {
    if (page >= VIDEO && page < ONE_MIB) {
      return page + 1;
    }
    int next = PAGES;
    for (int border : new int[] {VIDEO, memory.ramPages(), highRom}) {
      next = border > page ? Math.min(next, border) : next;
    }
    for (MappedWindow window : windows) {
      for (int border : new int[] {window.base() >>> SHIFT, window.lastPage() + 1}) {
        next = border > page ? Math.min(next, border) : next;
      }
    }
    return next;
  }

  private Target reads(int page) {
    if (page >= VIDEO && page < ONE_MIB) {
      if (readRam[page]) {
        return Target.RAM;
      }
      return page < ROMS ? Target.DEVICE : rom[page] ? Target.ROM : Target.NOTHING;
    }
    return beyond(page, Target.ROM);
  }

  private Target writes(int page) {
    if (page >= VIDEO && page < ONE_MIB) {
      if (writeRam[page]) {
        return Target.RAM;
      }
      return page < ROMS ? Target.DEVICE : Target.NOTHING;
    }
    return beyond(page, Target.NOTHING);
  }

  private Target beyond(int page, Target atRom) {
    if (page < memory.ramPages()) {
      return Target.RAM;
    }
    if (page >= highRom) {
      return atRom;
    }
    for (MappedWindow window : windows) {
      if (page >= window.base() >>> SHIFT && page <= window.lastPage()) {
        return Target.DEVICE;
      }
    }
    return Target.NOTHING;
  }
}
