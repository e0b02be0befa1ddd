package troupe.processor.lockstep;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import troupe.processor.CpuModel;
import troupe.processor.Processor;
import troupe.processor.memory.GuestPage;
import troupe.processor.memory.PhysicalMemory;
import troupe.processor.translator.RegionStore;

/**
 * One program on two processors with a memory each: the first translates, the second interprets.
 * After each piece that the first has run, which ends where translated code ends, the second is run
 * for exactly as many instructions, exceptions and interrupts, and all state is compared:
 * registers, hidden parts of segments, control and debug registers, x87 and SSE, memory, and what
 * reached the board. Lazy flags are made explicit by the comparison.
 */
final class LockStep {
  private final Processor translating;
  private final Processor interpreting;
  private final RepeatableBoard first = new RepeatableBoard();
  private final RepeatableBoard second = new RepeatableBoard();
  private final int pages;

  /**
   * @param image gets both memories to fill and both processors to put into their first state
   * @param vectors of external interrupts, in turn
   */
  LockStep(RegionStore store, Image image, int... vectors) {
    translating = processor(image, first, store);
    interpreting = processor(image, second, null);
    first.connect(translating, vectors);
    second.connect(interpreting, vectors);
    pages = (int) (image.bytes() / PhysicalMemory.PAGE_SIZE);
  }

  /** Memory and processor before the first instruction. */
  interface Image {
    /** Bytes of RAM. */
    long bytes();

    void fill(PhysicalMemory memory, PhysicalMemory.Device device);

    void start(Processor processor);
  }

  private static Processor processor(Image image, RepeatableBoard board, RegionStore store) {
    PhysicalMemory memory = new PhysicalMemory(image.bytes());
    Processor processor = new Processor(CpuModel.DEFAULT, memory, board, board, store);
    image.fill(memory, board.device());
    image.start(processor);
    return processor;
  }

  /** The processor that translates. */
  Processor translating() {
    return translating;
  }

  /** Drives the INTR pins. */
  void interrupt() {
    translating.setInterruptRequest(true);
    interpreting.setInterruptRequest(true);
  }

  void nonMaskableInterrupt() {
    translating.raiseNmi();
    interpreting.raiseNmi();
  }

  /** As a bus master writes. */
  void write(int address, byte[] bytes) {
    translating.memory.write(address, bytes, 0, bytes.length);
    interpreting.memory.write(address, bytes, 0, bytes.length);
  }

  void setA20(boolean open) {
    translating.setA20(open);
    interpreting.setA20(open);
  }

  /** Nothing more happens until an interrupt comes, or at all. */
  boolean idle() {
    return translating.halted() || translating.shutDown();
  }

  /** Runs about {@code budget} instructions on both; the first difference, if there is one. */
  Optional<String> run(long budget) {
    long before = translating.instructions();
    translating.run(budget);
    interpreting.runExactly(translating.instructions() - before, translating.deliveries());
    return difference();
  }

  private Optional<String> difference() {
    String found =
        StateDifference.of("translated", translating.save(), "interpreted", interpreting.save());
    if (found.isEmpty() && translating.deliveries() != interpreting.deliveries()) {
      found = "deliveries: %d %d".formatted(translating.deliveries(), interpreting.deliveries());
    }
    if (found.isEmpty() && first.history() != second.history()) {
      found = "what reached the board";
    }
    return found.isEmpty() ? memoryDifference() : Optional.of(found);
  }

  private Optional<String> memoryDifference() {
    for (int page = 0; page < pages; page++) {
      byte[] one = translating.memory.ramPageIfPresent(page);
      byte[] other = interpreting.memory.ramPageIfPresent(page);
      int at =
          Arrays.mismatch(
              Objects.requireNonNullElse(one, ZERO), Objects.requireNonNullElse(other, ZERO));
      if (at >= 0) {
        return Optional.of(
            "memory at %X: translated %02X, interpreted %02X"
                .formatted(
                    (page << PhysicalMemory.PAGE_SHIFT) + at,
                    one == null ? 0 : one[at] & 0xFF,
                    other == null ? 0 : other[at] & 0xFF));
      }
    }
    return Optional.empty();
  }

  private static final byte[] ZERO = GuestPage.make();
}
