package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The hard disk footer of a VHD file, its last 512 bytes; dynamic disks have a copy at the start.
 * Numbers are big-endian. [VHD 1.0] "Hard Disk Footer Format".
 *
 * @param features bit 0 temporary disk, bit 1 always set
 * @param dataOffset byte of the dynamic disk header; {@link #NO_OFFSET} for fixed disks
 * @param timeStamp seconds since 2000-01-01 UTC
 * @param creatorApplication four characters
 * @param creatorHostOs four characters, such as "Wi2k"
 * @param originalSize bytes of the disk when it was made
 * @param currentSize bytes of the disk
 * @param geometry what the guest may take for its geometry
 * @param savedState whether the machine was saved
 */
record VhdFooter(
    int features,
    long dataOffset,
    int timeStamp,
    String creatorApplication,
    int creatorVersion,
    String creatorHostOs,
    long originalSize,
    long currentSize,
    ImageGeometry geometry,
    DiskType type,
    UUID uniqueId,
    boolean savedState) {
  static final int BYTES = 512;
  static final long NO_OFFSET = -1;

  private static final String COOKIE = "conectix";
  private static final int VERSION_1 = 0x0001_0000;
  private static final int CHECKSUM = 64;

  /**
   * Who made the disk. QEMU takes the size of a disk from its geometry, which rounds it, unless it
   * knows its maker for one that means the size; Hyper-V's name is the best known of those.
   */
  private static final String CREATOR = "win ";

  private static final int CREATOR_VERSION = 0x000A_0000;
  private static final String CREATOR_HOST_OS = "Wi2k";

  /** The footer of a new disk of {@code size} bytes. */
  static VhdFooter create(DiskType type, long size, int timeStamp) {
    return new VhdFooter(
        0,
        type == DiskType.FIXED ? NO_OFFSET : BYTES,
        timeStamp,
        CREATOR,
        CREATOR_VERSION,
        CREATOR_HOST_OS,
        size,
        size,
        ImageGeometry.ofVhd(size / BYTES),
        type,
        UUID.randomUUID(),
        false);
  }

  /** The same disk under another identifier. */
  VhdFooter withUniqueId(UUID id) {
    return new VhdFooter(
        features,
        dataOffset,
        timeStamp,
        creatorApplication,
        creatorVersion,
        creatorHostOs,
        originalSize,
        currentSize,
        geometry,
        type,
        id,
        savedState);
  }

  /** The same disk with another geometry. */
  VhdFooter withGeometry(ImageGeometry other) {
    return new VhdFooter(
        features,
        dataOffset,
        timeStamp,
        creatorApplication,
        creatorVersion,
        creatorHostOs,
        originalSize,
        currentSize,
        other,
        type,
        uniqueId,
        savedState);
  }

  /** The same disk with {@code size} bytes. */
  VhdFooter withSize(long size) {
    return new VhdFooter(
        features,
        dataOffset,
        timeStamp,
        creatorApplication,
        creatorVersion,
        creatorHostOs,
        originalSize,
        size,
        ImageGeometry.ofVhd(size / BYTES),
        type,
        uniqueId,
        savedState);
  }

  /** The same disk with its header at another byte. */
  VhdFooter withDataOffset(long offset) {
    return new VhdFooter(
        features,
        offset,
        timeStamp,
        creatorApplication,
        creatorVersion,
        creatorHostOs,
        originalSize,
        currentSize,
        geometry,
        type,
        uniqueId,
        savedState);
  }

  /** Disk Type field. */
  enum DiskType {
    FIXED(2),
    DYNAMIC(3),
    DIFFERENCING(4);

    private final int code;

    DiskType(int code) {
      this.code = code;
    }

    static DiskType of(int code) {
      for (DiskType type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return null;
    }
  }

  static boolean hasGoodChecksum(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getInt(CHECKSUM) == VhdChecksum.of(bytes, BYTES, CHECKSUM);
  }

  static void setChecksum(byte[] bytes) {
    ByteBuffer.wrap(bytes).putInt(CHECKSUM, VhdChecksum.of(bytes, BYTES, CHECKSUM));
  }

  /** Whether {@code bytes} start with the footer's cookie. */
  static boolean hasCookie(byte[] bytes) {
    return hasCookie(bytes, 0);
  }

  /** Whether the bytes from {@code offset} do. */
  static boolean hasCookie(byte[] bytes, int offset) {
    return new String(bytes, offset, COOKIE.length(), StandardCharsets.ISO_8859_1).equals(COOKIE);
  }

  /**
   * Reads and checks the footer at byte {@code position}.
   *
   * @throws ImageException if it is none or is damaged
   */
  static VhdFooter read(ImageBytes file, long position) throws IOException {
    return of(file, position, file.read(position, BYTES));
  }

  /**
   * As {@link #read}, of bytes that were read.
   *
   * @throws ImageException if they are no footer or a damaged one
   */
  static VhdFooter of(ImageBytes file, long position, byte[] bytes) throws ImageException {
    String place = "VHD footer at byte " + position;
    if (!hasCookie(bytes)) {
      throw new ImageException(file.path(), place, "missing; the file is truncated or no VHD");
    }
    ByteBuffer b = ByteBuffer.wrap(bytes);
    int stored = b.getInt(CHECKSUM);
    int computed = VhdChecksum.of(bytes, BYTES, CHECKSUM);
    if (stored != computed) {
      throw new ImageException(
          file.path(), place, "bad checksum (%08Xh, should be %08Xh)".formatted(stored, computed));
    }
    int version = b.getInt(12);
    if (version >>> 16 != VERSION_1 >>> 16) {
      throw new ImageException(
          file.path(), place, "unknown format version %08Xh".formatted(version));
    }
    DiskType type = DiskType.of(b.getInt(60));
    if (type == null) {
      throw new ImageException(file.path(), place, "unknown disk type " + b.getInt(60));
    }
    long currentSize = b.getLong(48);
    if (currentSize <= 0 || currentSize % 512 != 0) {
      throw new ImageException(
          file.path(), place, "impossible disk size of " + currentSize + " bytes");
    }
    return new VhdFooter(
        b.getInt(8),
        b.getLong(16),
        b.getInt(24),
        text(bytes, 28),
        b.getInt(32),
        text(bytes, 36),
        b.getLong(40),
        currentSize,
        new ImageGeometry(b.getShort(56) & 0xFFFF, b.get(58) & 0xFF, b.get(59) & 0xFF),
        type,
        new UUID(b.getLong(68), b.getLong(76)),
        b.get(84) != 0);
  }

  /** The 512 bytes, checksum included. */
  byte[] toBytes() {
    ByteBuffer b = ByteBuffer.allocate(BYTES);
    b.put(COOKIE.getBytes(StandardCharsets.ISO_8859_1));
    b.putInt(features | 2).putInt(VERSION_1).putLong(dataOffset).putInt(timeStamp);
    b.put(fourCharacters(creatorApplication)).putInt(creatorVersion);
    b.put(fourCharacters(creatorHostOs)).putLong(originalSize).putLong(currentSize);
    b.putShort((short) geometry.cylinders()).put((byte) geometry.heads());
    b.put((byte) geometry.sectorsPerTrack()).putInt(type.code).putInt(0);
    b.putLong(uniqueId.getMostSignificantBits()).putLong(uniqueId.getLeastSignificantBits());
    b.put((byte) (savedState ? 1 : 0));
    return b.putInt(CHECKSUM, VhdChecksum.of(b.array(), BYTES, CHECKSUM)).array();
  }

  private static String text(byte[] bytes, int at) {
    return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
  }

  private static byte[] fourCharacters(String s) {
    return java.util.Arrays.copyOf(s.getBytes(StandardCharsets.ISO_8859_1), 4);
  }
}
