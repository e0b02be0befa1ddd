package troupe.board.firmware;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AssemblerTest {
  @Test
  void jumpsReachForwardAndBackward() {
    Assembler a = new Assembler(16, 0x90);
    a.label("start").jmp("end").shortJump(0xEB, "start").label("end").firmware(0x13).db(0xCF);
    byte[] expected = new byte[16];
    java.util.Arrays.fill(expected, (byte) 0x90);
    byte[] code = {(byte) 0xE9, 2, 0, (byte) 0xEB, -5, 0x0F, 0x3F, 0x13, (byte) 0xCF};
    System.arraycopy(code, 0, expected, 0, code.length);
    assertArrayEquals(expected, a.image());
  }

  @Test
  void twoThingsInOnePlaceAreAMistake() {
    Assembler a = new Assembler(16, 0).org(4).db(1, 2);
    a.org(3).db(1);
    assertThrows(IllegalStateException.class, () -> a.db(9));
    assertThrows(IllegalStateException.class, () -> a.label("x").label("x"));
    assertThrows(IllegalStateException.class, () -> a.offset("nowhere"));
  }

  @Test
  void aShortJumpTooFarIsAMistake() {
    Assembler a = new Assembler(512, 0).shortJump(0xEB, "far").org(300).label("far");
    assertThrows(IllegalStateException.class, a::image);
  }

  @Test
  void checksumMakesTheSumZero() {
    byte[] image = {1, 2, 3, 99};
    Assembler.checksum(image, 0, 4, 3);
    assertEquals(-6, image[3]);
  }
}
