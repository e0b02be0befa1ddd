package troupe.devices.fwcfg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import troupe.devices.bus.PortDevice;
import troupe.devices.clock.TimerQueue;
import troupe.devices.state.ChipContractTest;

class FwCfgTest extends ChipContractTest<FwCfg.State, FwCfg> {
  @Override
  protected FwCfg create(TimerQueue clock) {
    FwCfg chip = new FwCfg();
    chip.item16(FwCfg.CPU_COUNT, 1);
    chip.file("etc/e820", new byte[20]);
    chip.file("vgaroms/vgabios-stdvga.bin", new byte[] {0x55, (byte) 0xAA});
    return chip;
  }

  @Override
  protected void exercise(FwCfg chip) {
    chip.write16(0, FwCfg.FILE_DIRECTORY);
    chip.read8(1);
  }

  @Override
  protected PortDevice ports(FwCfg chip) {
    return chip;
  }

  @Override
  protected int portCount() {
    return 2;
  }

  private static byte[] read(FwCfg chip, int key, int count) {
    chip.write16(0, key);
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) chip.read8(1);
    }
    return bytes;
  }

  @Test
  void signatureAndItems() {
    FwCfg chip = create(clock);
    assertEquals("QEMU", new String(read(chip, 0, 4), StandardCharsets.US_ASCII));
    assertEquals(0, chip.read8(1), "zeros after the end");
    assertEquals(1, read(chip, FwCfg.ID, 4)[0]);
    assertEquals(0, read(chip, 0x7777, 1)[0]);
  }

  @Test
  void filesAreFoundThroughTheDirectory() {
    FwCfg chip = create(clock);
    byte[] directory = read(chip, FwCfg.FILE_DIRECTORY, 4 + 2 * 64);
    assertEquals(2, directory[3], "count, big-endian");
    int entry = 4 + 64;
    assertEquals(2, directory[entry + 3], "size, big-endian");
    assertEquals(0x21, directory[entry + 5], "selector, big-endian");
    String name = new String(directory, entry + 8, 56, StandardCharsets.US_ASCII);
    assertEquals("vgaroms/vgabios-stdvga.bin", name.trim());
    assertEquals(0x55, read(chip, 0x21, 2)[0]);
    assertThrows(IllegalArgumentException.class, () -> chip.file("etc/e820", new byte[1]));
  }
}
