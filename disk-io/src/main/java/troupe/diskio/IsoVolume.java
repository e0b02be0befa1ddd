package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What can be checked of a CD image: its volume recognition area from logical sector 16, and that
 * the file holds all of the primary volume. [ECMA-119] section 8, [ECMA-167] 2/8.
 */
final class IsoVolume {
  static final int SECTOR = 2048;

  private static final int FIRST_DESCRIPTOR = 16;
  private static final int MOST_DESCRIPTORS = 64;
  private static final int TYPE_PRIMARY = 1;
  private static final int TYPE_TERMINATOR = 255;
  private static final int IDENTIFIER = 1;
  private static final int IDENTIFIER_LENGTH = 5;

  /** Volume Space Size and Logical Block Size, both little-endian half first. */
  private static final int VOLUME_SPACE_SIZE = 80;

  private static final int LOGICAL_BLOCK_SIZE = 128;

  private static final byte[] RAW_SYNC = {0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0};

  private IsoVolume() {}

  /** Whether the file, of {@code size} bytes, has a volume descriptor where a CD has it. */
  static boolean isOne(ImageBytes file, long size) throws IOException {
    return size >= (FIRST_DESCRIPTOR + 1L) * SECTOR && known(identifier(sector(file, 16)));
  }

  /**
   * The sectors of the CD.
   *
   * @throws ImageException if it is none, or is truncated
   */
  static long check(ImageBytes file, long size) throws IOException {
    if (!isOne(file, size)) {
      throw new ImageException(file.path(), "byte " + FIRST_DESCRIPTOR * SECTOR, why(file, size));
    }
    for (int i = FIRST_DESCRIPTOR; i < FIRST_DESCRIPTOR + MOST_DESCRIPTORS; i++) {
      if ((i + 1L) * SECTOR > size) {
        throw new ImageException(
            file.path(), "byte " + size, "truncated within the volume descriptors");
      }
      ByteBuffer descriptor = ByteBuffer.wrap(sector(file, i)).order(ByteOrder.LITTLE_ENDIAN);
      int type = descriptor.get(0) & 0xFF;
      if (!identifier(descriptor.array()).equals("CD001") || type == TYPE_TERMINATOR) {
        break;
      }
      if (type == TYPE_PRIMARY) {
        long blocks = Integer.toUnsignedLong(descriptor.getInt(VOLUME_SPACE_SIZE));
        long bytes = blocks * (descriptor.getShort(LOGICAL_BLOCK_SIZE) & 0xFFFF);
        if (bytes > size) {
          throw new ImageException(
              file.path(),
              "byte " + size,
              "truncated: the volume has " + bytes + " bytes, " + (bytes - size) + " are missing");
        }
      }
    }
    return size / SECTOR;
  }

  private static String why(ImageBytes file, long size) throws IOException {
    if (size < (FIRST_DESCRIPTOR + 1L) * SECTOR) {
      return "the file ends at byte " + size + ", before the volume descriptor of a CD image";
    }
    byte[] start = file.read(0, RAW_SYNC.length);
    if (java.util.Arrays.equals(start, RAW_SYNC)) {
      return "a raw CD image with sectors of 2352 bytes; convert it to an ISO image";
    }
    return "no ISO 9660 or UDF volume descriptor, so this is not a CD image";
  }

  private static boolean known(String identifier) {
    return identifier.equals("CD001") || identifier.equals("BEA01");
  }

  private static byte[] sector(ImageBytes file, int number) throws IOException {
    return file.read((long) number * SECTOR, SECTOR);
  }

  private static String identifier(byte[] descriptor) {
    return new String(descriptor, IDENTIFIER, IDENTIFIER_LENGTH, StandardCharsets.ISO_8859_1);
  }
}
