package troupe.processor.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static troupe.processor.OneByOne.DONE;

import org.junit.jupiter.api.Test;
import troupe.processor.CpuModel;
import troupe.processor.Fault;
import troupe.processor.OneByOne;

/** Instructions that a processor model lacks are invalid. */
final class ModelFeaturesTest {
  private static final int[] CMOVO = {0x0F, 0x40, 0xC1};
  private static final int[] FCMOVB = {0xDA, 0xC1};
  private static final int[] FXSAVE = {0x0F, 0xAE, 0x06};
  private static final int[] PADDB = {0x0F, 0xFC, 0xC1};
  private static final int[] PAVGB = {0x0F, 0xE0, 0xC1};
  private static final int[] SFENCE = {0x0F, 0xAE, 0xF8};
  private static final int[] MFENCE = {0x0F, 0xAE, 0xF0};
  private static final int[] PAUSE = {0xF3, 0x90};

  private static void check(String model, int[] code, int wanted) {
    OneByOne machine = new OneByOne(CpuModel.named(model).orElseThrow());
    assertEquals(wanted, machine.run(code), model);
  }

  @Test
  void byModel() {
    for (int[] code : new int[][] {CMOVO, FCMOVB, FXSAVE, PAVGB, SFENCE, MFENCE}) {
      check("pentium", code, Fault.UD);
      check("default", code, DONE);
    }
    check("pentium", PADDB, DONE);
    check("pentium", PAUSE, DONE);
    check("pentium2", CMOVO, DONE);
    check("pentium2", FCMOVB, DONE);
    check("pentium2", FXSAVE, DONE);
    check("pentium2", PAVGB, Fault.UD);
    check("pentium3", PAVGB, DONE);
    check("pentium3", SFENCE, DONE);
    check("pentium3", MFENCE, Fault.UD);
  }
}
