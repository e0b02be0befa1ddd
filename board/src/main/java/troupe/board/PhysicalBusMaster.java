package troupe.board;

import troupe.devices.bus.BusMaster;
import troupe.processor.memory.PhysicalMemory;

/** Memory as DMA sees it: no paging, no A20 gate. */
record PhysicalBusMaster(PhysicalMemory memory) implements BusMaster {
  @Override
  public void read(int address, byte[] target, int offset, int length) {
    memory.read(address, target, offset, length);
  }

  @Override
  public void write(int address, byte[] source, int offset, int length) {
    memory.write(address, source, offset, length);
  }
}
