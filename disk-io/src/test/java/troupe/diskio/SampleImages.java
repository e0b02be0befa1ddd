package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;

/** Image files for tests, made by hand. */
final class SampleImages {
  private SampleImages() {}

  static byte[] random(int bytes, long seed) {
    byte[] b = new byte[bytes];
    new Random(seed).nextBytes(b);
    return b;
  }

  static VhdFooter footer(VhdFooter.DiskType type, long size) {
    return new VhdFooter(
        0,
        type == VhdFooter.DiskType.FIXED ? VhdFooter.NO_OFFSET : 512,
        0x1234,
        "trpe",
        0x0001_0000,
        "Wi2k",
        size,
        size,
        ImageGeometry.ofVhd(size / 512),
        type,
        UUID.nameUUIDFromBytes(new byte[] {1}),
        false);
  }

  static Path fixedVhd(Path file, byte[] content) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(content.length + 512).put(content);
    b.put(footer(VhdFooter.DiskType.FIXED, content.length).toBytes());
    return Files.write(file, b.array());
  }

  /** An empty dynamic VHD of {@code size} bytes with blocks of {@code blockBytes}. */
  static Path dynamicVhd(Path file, long size, int blockBytes) throws IOException {
    int entries = Math.toIntExact((size + blockBytes - 1) / blockBytes);
    int tableBytes = (4 * entries + 511) / 512 * 512;
    byte[] footer = footer(VhdFooter.DiskType.DYNAMIC, size).toBytes();
    ByteBuffer b = ByteBuffer.allocate(512 + 1024 + tableBytes + 512);
    b.put(footer).put(VhdDynamicHeader.ofDynamic(1536, entries, blockBytes).toBytes());
    for (int i = 0; i < tableBytes; i++) {
      b.put((byte) 0xFF);
    }
    return Files.write(file, b.put(footer).array());
  }

  /** The smallest thing that is an ISO 9660 volume of {@code sectors} sectors. */
  static Path iso(Path file, int sectors) throws IOException {
    byte[] bytes = random(sectors * 2048, 5);
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    b.put(16 * 2048, (byte) 1).put(17 * 2048, (byte) 255);
    b.put(16 * 2048 + 1, "CD001".getBytes(StandardCharsets.US_ASCII));
    b.put(17 * 2048 + 1, "CD001".getBytes(StandardCharsets.US_ASCII));
    b.putInt(16 * 2048 + 80, sectors).putShort(16 * 2048 + 128, (short) 2048);
    return Files.write(file, bytes);
  }

  static byte[] all(DiskImage image) throws IOException {
    byte[] all = new byte[Math.toIntExact(image.sectors() * image.sectorSize())];
    image.read(0, (int) image.sectors(), all, 0);
    return all;
  }
}
