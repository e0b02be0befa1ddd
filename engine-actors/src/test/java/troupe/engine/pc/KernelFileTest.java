package troupe.engine.pc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import troupe.board.kernel.KernelImage;

class KernelFileTest {
  @TempDir Path folder;
  private Path kernel;
  private Path other;

  @BeforeEach
  void files() throws IOException {
    // The least that is a bzImage: boot flag, "HdrS", protocol 2.04, loaded high.
    ByteBuffer b = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    b.putShort(0x1FE, (short) 0xAA55).putInt(0x202, 0x5372_6448).putShort(0x206, (short) 0x0204);
    b.put(0x1F1, (byte) 1).put(0x211, (byte) 1);
    kernel = Files.write(folder.resolve("kernel"), b.array());
    other = Files.write(folder.resolve("other"), new byte[4096]);
  }

  @Test
  void whatIsReadAheadIsHandedOutOnce() throws IOException {
    KernelFile.readAhead(kernel);
    KernelImage ahead = KernelFile.read(kernel, true);
    assertNotSame(ahead, KernelFile.read(kernel, true));
  }

  @Test
  void anotherFileThanTheOneReadAheadIsRead() throws IOException {
    KernelFile.readAhead(other);
    assertNotNull(KernelFile.read(kernel, true));
  }

  @Test
  void whatIsWrongWithAFileReadAheadIsSaidWhenItIsAskedFor() {
    KernelFile.readAhead(other);
    String told = assertThrows(IOException.class, () -> KernelFile.read(other, true)).getMessage();
    assertTrue(told.startsWith(other + ": the kernel is neither"), told);
    KernelFile.readAhead(folder.resolve("none"));
    assertEquals(
        folder.resolve("none") + ": no such file or directory",
        assertThrows(IOException.class, () -> KernelFile.read(folder.resolve("none"), true))
            .getMessage());
  }
}
