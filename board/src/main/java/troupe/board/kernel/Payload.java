package troupe.board.kernel;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The compressed kernel within a bzImage. Its place is in the header for loaders that unpack it
 * themselves ([Linux] Documentation/arch/x86/boot.rst, payload_offset).
 */
final class Payload {
  private static final int XZ = 0x587A_37FD;
  private static final int GZIP = 0x8B1F;
  private static final int LZMA = 0x0000_005D;
  private static final int ZSTD = 0xFD2F_B528;

  /** After the compressed bytes: how many they become. */
  private static final int SIZE_BYTES = 4;

  /** Bytes asked for at once: the decoder's loop is to become hot, which calls make it. */
  private static final int PART = 4096;

  /** A kernel that needs more is left to the guest. */
  private static final int MOST = 64 << 20;

  private static final int MOST_DICTIONARY_KIB = 64 << 10;

  private Payload() {}

  /** The kernel unpacked, if it is known how and gives an ELF file for 32-bit processors. */
  static Optional<byte[]> unpack(byte[] file, int from, int length) {
    if (from < 0 || length <= SIZE_BYTES || from > file.length - length) {
      return Optional.empty();
    }
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int size = b.getInt(from + length - SIZE_BYTES);
    if (size <= 0 || size > MOST) {
      return Optional.empty();
    }
    byte[] unpacked = new byte[size];
    try (InputStream in = decoder(b.getInt(from), file, from, length)) {
      int done = 0;
      while (done < size) {
        int read = in.read(unpacked, done, Math.min(PART, size - done));
        if (read <= 0) {
          return Optional.empty();
        }
        done += read;
      }
      // At the end, and only there, the decoder compares the check sum.
      if (in.read() >= 0) {
        return Optional.empty();
      }
    } catch (IOException | RuntimeException e) {
      // Whatever is wrong with it, the kernel's own decompressor will say.
      return Optional.empty();
    }
    return ElfFile.recognizes(unpacked) ? Optional.of(unpacked) : Optional.empty();
  }

  private static InputStream decoder(int magic, byte[] file, int from, int length)
      throws IOException {
    if ((magic & 0xFFFF) == GZIP) {
      // The size is a part of its format.
      return new GZIPInputStream(new ByteArrayInputStream(file, from, length));
    }
    InputStream packed = new ByteArrayInputStream(file, from, length - SIZE_BYTES);
    if (magic == XZ) {
      return new XZInputStream(packed, MOST_DICTIONARY_KIB);
    }
    if ((magic & 0xFF_FFFF) == LZMA) {
      return new LZMAInputStream(packed, MOST_DICTIONARY_KIB);
    }
    return magic == ZSTD ? new ZstdInputStream(packed) : InputStream.nullInputStream();
  }
}
