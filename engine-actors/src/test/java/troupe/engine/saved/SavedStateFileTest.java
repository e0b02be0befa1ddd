package troupe.engine.saved;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.processor.memory.GuestPage;

class SavedStateFileTest {
  @TempDir Path directory;

  private SavedState state() {
    Random random = new Random(7);
    byte[] machine = new byte[5000];
    random.nextBytes(machine);
    byte[][] ram = new byte[300][];
    for (int page = 0; page < ram.length; page += 1 + random.nextInt(3)) {
      ram[page] = GuestPage.make();
      Arrays.fill(ram[page], random.nextInt(4096), SavedState.PAGE, (byte) (page | 1));
    }
    ram[7] = GuestPage.make();
    return new SavedState(
        new SavedState.Header(
            "web1", 1_000_000, ram.length, List.of(new Medium("hda", "/web1.vhd", 512, 5))),
        machine,
        ram);
  }

  private Path file() {
    return directory.resolve("states").resolve("web1.state");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    SavedState state = state();
    SavedStateFile.write(file(), state);
    SavedState read = SavedStateFile.read(file());
    assertEquals(state.header(), read.header());
    assertEquals(state.header(), SavedStateFile.readHeader(file()));
    assertArrayEquals(state.machine(), read.machine());
    assertNull(read.ram()[7]);
    for (int page = 0; page < 300; page++) {
      if (page != 7) {
        assertArrayEquals(state.ram()[page], read.ram()[page], "page " + page);
      }
    }
    try (var files = Files.list(file().getParent())) {
      assertEquals(List.of(file()), files.toList());
    }
  }

  @Test
  void everyShorterFileIsRefused() throws IOException {
    SavedStateFile.write(file(), state());
    byte[] whole = Files.readAllBytes(file());
    Path shorter = directory.resolve("shorter");
    for (int length = 0; length < whole.length; length += 1 + whole.length / 300) {
      Files.write(shorter, Arrays.copyOf(whole, length));
      IOException e = assertThrows(IOException.class, () -> SavedStateFile.read(shorter));
      assertTrue(e.getMessage().startsWith(shorter.toString()), e.getMessage());
    }
    Files.write(shorter, Arrays.copyOf(whole, whole.length + 1));
    assertThrows(IOException.class, () -> SavedStateFile.read(shorter));
  }

  @Test
  void aFlippedBitAnywhereIsNoticed() throws IOException {
    SavedStateFile.write(file(), state());
    byte[] whole = Files.readAllBytes(file());
    Path damaged = directory.resolve("damaged");
    Random random = new Random(1);
    for (int i = 0; i < 1500; i++) {
      byte[] bytes = whole.clone();
      // The first bytes, where lengths are, all of them.
      int at = i < 300 ? i : random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(damaged, bytes);
      IOException e = assertThrows(IOException.class, () -> SavedStateFile.read(damaged));
      assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
  }

  @Test
  void foreignFilesAndLaterFormatsAreRefused() throws IOException {
    Path file = directory.resolve("foreign");
    Files.write(file, "This is another file, of another program".getBytes(StandardCharsets.UTF_8));
    assertEquals(
        file + ": is no saved state of Troupe",
        assertThrows(IOException.class, () -> SavedStateFile.read(file)).getMessage());
    SavedStateFile.write(file(), state());
    byte[] later = Files.readAllBytes(file());
    later[11] = 99;
    Files.write(file, later);
    assertEquals(
        file + ": is a saved state of format 99; formats 1 to 1 are known",
        assertThrows(IOException.class, () -> SavedStateFile.read(file)).getMessage());
  }

  @Test
  void anOldStateIsReplacedByAWholeNewOne() throws IOException {
    SavedStateFile.write(file(), state());
    // What a daemon that was killed while it wrote leaves behind.
    Path unfinished = file().resolveSibling("web1.state.unfinished");
    Files.write(unfinished, new byte[100]);
    assertEquals("web1", SavedStateFile.read(file()).header().vm());
    SavedState next = state();
    next.machine()[0]++;
    SavedStateFile.write(file(), next);
    assertArrayEquals(next.machine(), SavedStateFile.read(file()).machine());
    assertTrue(Files.notExists(unfinished));
  }

  @Test
  void aChangedImageIsNoticed() throws IOException {
    Path image = Files.write(directory.resolve("disk.img"), new byte[512]);
    Medium medium = Medium.of("hda", image);
    assertTrue(medium.difference().isEmpty());
    Files.write(image, new byte[513]);
    assertTrue(medium.difference().orElseThrow().contains("has changed"));
    Files.delete(image);
    assertTrue(medium.difference().orElseThrow().contains("is gone"));
  }
}
