package troupe.processor.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import troupe.processor.decode.CodeCache;
import troupe.processor.decode.InstructionTable;
import troupe.processor.decode.Row;
import troupe.processor.lockstep.FuzzProgram.Step;
import troupe.processor.lockstep.FuzzProgram.Translation;
import troupe.processor.lockstep.FuzzProgram.Unit;

/**
 * HotSpot does not compile methods of more than 8,000 bytes. The longest blocks of each instruction
 * are translated, and do the same as when they are interpreted.
 */
class MethodSizeTest {
  private static final int HUGE_METHOD_LIMIT = 8_000;
  private static final int TRIES = 8;

  @Test
  void noMethodIsTooLargeForHotSpot() {
    int largest = 0;
    for (int n = 0; n < InstructionTable.size(); n++) {
      Row row = InstructionTable.row(n);
      Mode mode = n % 2 == 0 ? Mode.SYSTEM_16 : Mode.USER_32_SEGMENTED;
      FuzzProgram program = program(row, mode, n);
      Fuzz.Outcome outcome = Fuzz.run(program);
      assertEquals(Optional.empty(), outcome.difference(), program::text);
      largest = Math.max(largest, outcome.largest());
      assertTrue(outcome.largest() <= HUGE_METHOD_LIMIT, () -> outcome + " " + program.text());
    }
    assertTrue(largest > HUGE_METHOD_LIMIT / 2, "the largest was small: " + largest);
  }

  /** A block of the longest of some encodings. */
  private static FuzzProgram program(Row row, Mode mode, long seed) {
    InstructionMaker instructions = new InstructionMaker(new Random(seed), mode);
    byte[] longest = {};
    for (int n = 0; n < TRIES; n++) {
      byte[] code = instructions.encode(row);
      longest = code.length > longest.length ? code : longest;
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int n = 0; n < CodeCache.MAX_INSTRUCTIONS; n++) {
      block.writeBytes(longest);
    }
    return new FuzzProgram(
        mode,
        new Translation(1, CodeCache.MAX_INSTRUCTIONS, false),
        0,
        seed,
        List.of(new Unit(0, block.toByteArray())),
        new int[] {0},
        List.of(new Step.Run(CodeCache.MAX_INSTRUCTIONS), new Step.Run(3)));
  }
}
