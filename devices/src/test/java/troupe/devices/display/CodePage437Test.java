package troupe.devices.display;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

class CodePage437Test {
  @Test
  void printableCodesAreThoseOfTheCharset() {
    Charset charset = Charset.forName("IBM437");
    for (int code = 0x20; code < 0xFF; code++) {
      if (code != 0x7F && code != 0xE6) {
        String expected = new String(new byte[] {(byte) code}, charset);
        assertEquals(expected, String.valueOf(CodePage437.character(code)), "code " + code);
      }
    }
  }

  @Test
  void controlCodesHavePictures() {
    assertEquals('☺', CodePage437.character(1));
    assertEquals('►', CodePage437.character(0x10));
    assertEquals('▼', CodePage437.character(0x1F));
    assertEquals('⌂', CodePage437.character(0x7F));
    assertEquals(' ', CodePage437.character(0));
    assertEquals(' ', CodePage437.character(0xFF));
  }
}
