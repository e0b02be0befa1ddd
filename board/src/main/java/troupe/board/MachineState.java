package troupe.board;

import java.util.List;
import troupe.processor.ProcessorState;

/**
 * A saved PC but for its RAM, which is pages of {@link
 * troupe.processor.memory.PhysicalMemory#ramPageIfPresent}.
 *
 * @param nanos virtual time
 */
public record MachineState(
    BoardModel board, int memoryMib, long nanos, ProcessorState processor, List<Part> parts) {
  /**
   * One chip.
   *
   * @param state as {@link troupe.devices.state.StateCodec} writes it
   */
  public record Part(String name, byte[] state) {}
}
