package troupe.board.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import troupe.board.firmware.BiosGuest.Registers;

/** INT 10h, called by a program in real mode. */
class VideoCallTest {
  private static final int TEXT = 0xB8000;
  private final BiosGuest guest = new BiosGuest().start();

  private void teletype(String text) {
    for (char c : text.toCharArray()) {
      guest.call(0x10, 0x0E00 | c, 0x07, 0, 0);
    }
  }

  @Test
  void teletypeWritesMovesAndScrolls() {
    guest.call(0x10, 0x0003);
    teletype("Hello\r\nThere\b!");
    assertTrue(guest.screen().startsWith("Hello"));
    assertEquals('!', guest.read8(TEXT + 160 + 8));
    assertEquals(0x0105, guest.call(0x10, 0x0300).dx());
    for (int i = 0; i < 24; i++) {
      teletype("\n");
    }
    assertEquals('T', guest.read8(TEXT) & 0xFF, "one line scrolled away");
    assertEquals(0x1805, guest.call(0x10, 0x0300).dx());
  }

  @Test
  void charactersWithAttributesAndWindows() {
    guest.call(0x10, 0x0003);
    guest.call(0x10, 0x0200, 0, 0, 0x0510);
    guest.call(0x10, 0x0941, 0x1E, 3, 0);
    assertEquals(0x1E41, guest.read16(TEXT + (5 * 80 + 18) * 2));
    assertEquals(0x0720, guest.read16(TEXT + (5 * 80 + 19) * 2));
    guest.call(0x10, 0x0A42, 0, 1, 0);
    assertEquals(0x1E42, guest.call(0x10, 0x0800).ax());
    guest.call(0x10, 0x0601, 0x4F00, 0x0410, 0x0612);
    assertEquals(0x1E42, guest.read16(TEXT + (4 * 80 + 16) * 2));
    assertEquals(0x4F20, guest.read16(TEXT + (6 * 80 + 16) * 2));
    guest.call(0x10, 0x0701, 0x2F00, 0x0410, 0x0612);
    assertEquals(0x2F20, guest.read16(TEXT + (4 * 80 + 16) * 2));
    assertEquals(0x1E42, guest.read16(TEXT + (5 * 80 + 16) * 2));
  }

  @Test
  void stringsAreWritten() {
    guest.call(0x10, 0x0003);
    byte[] text = "Troupe".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    guest.machine.memory().write(0x8000, text, 0, text.length);
    Registers in = BiosGuest.registers(0x1301, 0x001F, text.length, 0x0203);
    in.ebp = 0x8000;
    guest.call(0x10, in);
    assertEquals(0x1F54, guest.read16(TEXT + (2 * 80 + 3) * 2));
    assertEquals(0x0209, guest.call(0x10, 0x0300).dx());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x04, 0x06, 0x0D, 0x0E, 0x10, 0x11, 0x12, 0x13})
  void pixelsAndTextInGraphicsModes(int mode) {
    guest.call(0x10, mode);
    assertEquals(mode, guest.call(0x10, 0x0F00).al());
    guest.call(0x10, 0x0C01, 0, 10, 30);
    assertEquals(1, guest.call(0x10, 0x0D00, 0, 10, 30).al());
    assertEquals(0, guest.call(0x10, 0x0D00, 0, 11, 30).al());
    teletype("A");
    guest.call(0x10, 0x0200, 0, 0, 0);
    assertEquals('A', guest.call(0x10, 0x0800).al());
    guest.call(0x10, 0x0003);
  }

  @Test
  void eightLineFontMakesFiftyRows() {
    guest.call(0x10, 0x0003);
    guest.call(0x10, 0x1112, 0, 0, 0);
    assertEquals(49, guest.read8(0x484));
    assertEquals(8, guest.read8(0x485));
    Registers font = guest.call(0x10, 0x1130, 0x0300, 0, 0);
    assertEquals(0xC000, font.es);
    assertEquals(49, font.edx & 0xFF);
    assertTrue(guest.machine.display().textScreen().orElseThrow().lines().size() == 50);
  }

  @Test
  void paletteRegistersKeepWhatIsWritten() {
    guest.call(0x10, 0x1010, 5, 0x1122, 0x3300);
    Registers colour = guest.call(0x10, 0x1015, 5, 0, 0);
    assertEquals(0x1122, colour.cx());
    assertEquals(0x33, colour.dx() >>> 8);
    guest.call(0x10, 0x1000, 0x2A03, 0, 0);
    assertEquals(0x2A, guest.call(0x10, 0x1007, 0x03, 0, 0).bx() >>> 8);
  }

  @Test
  void displayCombinationAndFunctionality() {
    Registers combination = guest.call(0x10, 0x1A00);
    assertEquals(0x1A, combination.al());
    assertEquals(8, combination.ebx & 0xFF);
    Registers in = BiosGuest.registers(0x1B00, 0, 0, 0);
    in.edi = 0x8000;
    assertEquals(0x1B, guest.call(0x10, in).al());
    assertEquals(80, guest.read16(0x8005));
  }

  @Test
  void stateIsSavedAndRestored() {
    guest.call(0x10, 0x0003);
    assertTrue(guest.call(0x10, 0x1C00, 0, 7, 0).bx() > 0);
    guest.call(0x10, 0x1C01, 0x8000, 7, 0);
    guest.call(0x10, 0x0012);
    guest.call(0x10, 0x1C02, 0x8000, 7, 0);
    assertEquals(3, guest.call(0x10, 0x0F00).al());
    assertTrue(guest.machine.display().textScreen().isPresent());
  }

  @Test
  void vesaModesAreListedDescribedAndSet() {
    guest.machine.memory().write32(0x8000, 0x32454256);
    Registers in = BiosGuest.registers(0x4F00, 0, 0, 0);
    in.edi = 0x8000;
    assertEquals(0x004F, guest.call(0x10, in).ax());
    assertEquals(0x41534556, guest.read32(0x8000));
    assertEquals(0x0200, guest.read16(0x8004));
    assertEquals(64, guest.read16(0x8012), "4 MiB");
    in = BiosGuest.registers(0x4F01, 0, 0x0112, 0);
    in.edi = 0x8000;
    assertEquals(0x004F, guest.call(0x10, in).ax());
    assertEquals(640, guest.read16(0x8012));
    assertEquals(24, guest.read8(0x8019));
    int frameBuffer = guest.read32(0x8028);
    assertEquals(0xE8000000, frameBuffer);
    assertEquals(0x004F, guest.call(0x10, 0x4F02, 0x4112, 0, 0).ax());
    assertEquals(0x4112, guest.call(0x10, 0x4F03).bx());
    guest.machine.memory().write32(frameBuffer, 0x00FF00FF);
    assertEquals(0x00FF00FF, guest.read32(frameBuffer));
    assertEquals(640, guest.machine.display().render().width());
    assertEquals(0x004F, guest.call(0x10, 0x4F05, 0, 0, 2).ax());
    assertEquals(2, guest.call(0x10, 0x4F05, 0x0100, 0, 0).dx());
    guest.call(0x10, 0x0003);
    assertEquals(3, guest.call(0x10, 0x4F03).bx());
    assertFalse(guest.call(0x10, 0x4F02, 0x01FE, 0, 0).ax() == 0x004F);
  }
}
