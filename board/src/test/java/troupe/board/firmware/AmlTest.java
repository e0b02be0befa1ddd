package troupe.board.firmware;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Encodings worked out by hand from [ACPI] 2.0, chapter 17. */
class AmlTest {
  private static void encodes(String hex, Aml aml) {
    assertArrayEquals(HexFormat.of().parseHex(hex.replace(" ", "")), aml.bytes());
  }

  @Test
  void integersTakeTheLeastRoom() {
    encodes(
        "00 01 0A02 0AFF 0B0001 0BFFFF 0C00000100",
        new Aml()
            .integer(0)
            .integer(1)
            .integer(2)
            .integer(0xFF)
            .integer(0x100)
            .integer(0xFFFF)
            .integer(0x10000));
  }

  @Test
  void namesHaveFourCharacters() {
    encodes("08 41 5F 5F 5F 00", new Aml().name("A").integer(0));
    encodes("5C 2F 02 5F53425F 50434930", new Aml().rootPath("_SB", "PCI0"));
  }

  @Test
  void eisaIdentifiersAreCompressed() {
    encodes("0C 41D00A03", new Aml().eisaId("PNP0A03"));
    encodes("0C 41D00303", new Aml().eisaId("PNP0303"));
  }

  @Test
  void lengthsGrowWithWhatTheyCount() {
    encodes("12 04 02 00 01", new Aml().packageOf(2, new Aml().integer(0).integer(1)));
    byte[] long1 = new Aml().buffer(new byte[100]).bytes();
    // 100 bytes, 2 of the size, 2 of the length: 104 = 6 * 16 + 8.
    assertEquals(0x11, long1[0]);
    assertEquals(0x48, long1[1]);
    assertEquals(0x06, long1[2]);
    byte[] long2 = new Aml().buffer(new byte[5000]).bytes();
    assertEquals(5000 + 3 + 3, long2.length - 1);
    assertEquals((byte) 0x80, (byte) (long2[1] & 0xF0));
    assertEquals(5006, long2[1] & 0xF | (long2[2] & 0xFF) << 4 | (long2[3] & 0xFF) << 12);
  }

  @Test
  void theWholeDescriptionIsOfWholeTerms() {
    byte[] dsdt = Dsdt.aml();
    // \_S0, \_S5, then one scope that reaches to the end.
    int at = 0;
    for (int i = 0; i < 2; i++) {
      assertEquals(0x08, dsdt[at]);
      at += 5;
      assertEquals(0x12, dsdt[at]);
      at += 1 + dsdt[at + 1];
    }
    assertEquals(0x10, dsdt[at]);
    int length = dsdt[at + 1] & 0xF | (dsdt[at + 2] & 0xFF) << 4;
    assertEquals(dsdt.length, at + 1 + length);
  }
}
