package troupe.board.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RomTest {
  private final TroupeFirmware firmware =
      new TroupeFirmware(
          new FirmwareSettings(64L << 20, List.of(), new UUID(1, 2), "1"), KernelStart.NONE);
  private final byte[] system = firmware.systemRom();
  private final byte[] video = firmware.videoRom();

  private static int sum(byte[] bytes, int from, int length) {
    int sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += bytes[i];
    }
    return sum & 0xFF;
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
  }

  private static int find(byte[] rom, String signature) {
    for (int at = 0; at < rom.length; at += 16) {
      String here = new String(rom, at, signature.length(), StandardCharsets.US_ASCII);
      if (here.equals(signature)) {
        return at;
      }
    }
    throw new AssertionError("no " + signature);
  }

  @Test
  void systemRomEndsAsAnAtDoes() {
    assertEquals(0x1_0000, system.length);
    assertEquals(0xEA, system[0xFFF0] & 0xFF);
    assertEquals(0xE05B, word(system, 0xFFF1));
    assertEquals(0xF000, word(system, 0xFFF3));
    assertEquals(0xFC, system[0xFFFE] & 0xFF);
    assertEquals("11/22/26", new String(system, 0xFFF5, 8, StandardCharsets.US_ASCII));
    assertEquals(0, sum(system, 0, system.length));
  }

  @Test
  void videoRomIsAnOptionRom() {
    assertEquals(0xAA55, word(video, 0));
    assertEquals(video.length, (video[2] & 0xFF) * 512);
    assertEquals(0, sum(video, 0, video.length));
    int pcir = word(video, 0x18);
    assertEquals("PCIR", new String(video, pcir, 4, StandardCharsets.US_ASCII));
    assertEquals(0x5333, word(video, pcir + 4));
  }

  @Test
  void tablesAreFoundAndSumToZero() {
    int bios32 = find(system, "_32_");
    assertEquals(0, sum(system, bios32, 16));
    int pir = find(system, "$PIR");
    assertEquals(0, sum(system, pir, word(system, pir + 6)));
    int rsdp = find(system, "RSD PTR ");
    assertEquals(0, sum(system, rsdp, 20));
    int smbios = find(system, "_SM_");
    assertEquals(0, sum(system, smbios, system[smbios + 5]));
    assertEquals(0, sum(system, smbios + 0x10, 0x0F));
  }

  @Test
  void smbiosStructuresFollowOneAnother() {
    int entry = find(system, "_SM_");
    int at = word(system, entry + 0x18) | word(system, entry + 0x1A) << 16;
    at -= SystemRom.BASE;
    int end = at + word(system, entry + 0x16);
    int count = word(system, entry + 0x1C);
    int type = 0;
    for (int i = 0; i < count; i++) {
      type = system[at];
      at += system[at + 1];
      while (word(system, at) != 0) {
        at++;
      }
      at += 2;
    }
    assertEquals(127, type);
    assertEquals(end, at);
  }

  @Test
  void fontsAreWhereTheirLabelsSay() {
    VideoRom rom = new VideoRom();
    int a8x16 = rom.offset("font8x16") + 16 * 'A';
    int dots = 0;
    for (int line = 0; line < 16; line++) {
      dots += Integer.bitCount(video[a8x16 + line] & 0xFF);
    }
    assertTrue(dots > 20 && dots < 60, "dots of A: " + dots);
  }
}
