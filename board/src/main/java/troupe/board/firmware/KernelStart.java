package troupe.board.firmware;

import java.util.List;
import troupe.processor.Processor;

/** What happens at the end of POST, before the search for something to start from. */
@FunctionalInterface
public interface KernelStart {
  /** There is no kernel to start directly. */
  KernelStart NONE = (processor, map) -> false;

  /**
   * Puts a kernel into memory and the processor at its entry. False if there is none; the firmware
   * then goes on with its boot order.
   *
   * @param map the memory map that the kernel is to be handed
   */
  boolean start(Processor processor, List<MemoryRange> map);
}
