package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * What a disk should have, in a sparse file without any format: the random writes that a disk under
 * test gets, done here too. They fall into some places all over the disk, among them both ends.
 */
final class ModelDisk implements AutoCloseable {
  static final int SECTOR = 512;
  private static final int PLACES = 12;
  private static final int PLACE_SECTORS = 5 << 11;
  private static final int MOST_SECTORS = 64;
  private static final int CHUNK_SECTORS = 2048;

  /** A write, of which each byte is {@code fill}, or random ones if that is negative. */
  record Write(long sector, int count, byte[] data, int fill) {}

  private final Path file;
  private final FileChannel channel;
  private final long sectors;
  private final List<SectorRange> places = new ArrayList<>();

  ModelDisk(Path file, long sectors, Random random) throws IOException {
    this.file = file;
    this.sectors = sectors;
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE);
    channel.write(ByteBuffer.allocate(1), sectors * SECTOR - 1);
    int size = (int) Math.min(PLACE_SECTORS, sectors);
    for (int i = 0; i < PLACES; i++) {
      long last = sectors - size;
      long first = i == 0 ? 0 : i == 1 ? last : random.nextLong(last + 1);
      places.add(new SectorRange(first, size));
    }
    places.sort(Comparator.comparingLong(SectorRange::first));
  }

  Path file() {
    return file;
  }

  /** A random write, done here. */
  Write next(Random random, boolean filled) throws IOException {
    SectorRange place = places.get(random.nextInt(places.size()));
    int count = 1 + random.nextInt(Math.min(MOST_SECTORS, place.count()));
    long sector = place.first() + random.nextInt(place.count() - count + 1);
    byte[] data = new byte[count * SECTOR];
    int fill = -1;
    if (filled || random.nextInt(4) == 0) {
      fill = random.nextInt(3) == 0 ? 0 : random.nextInt(256);
      Arrays.fill(data, (byte) fill);
    } else {
      random.nextBytes(data);
    }
    channel.write(ByteBuffer.wrap(data), sector * SECTOR);
    return new Write(sector, count, data, fill);
  }

  /** Does {@code writes} random writes here and to {@code disk}. */
  void scribble(Path disk, Random random, int writes) throws IOException {
    try (DiskImage image = ImageFile.open(disk, ImageUse.HARD_DISK, ImageFile.Access.READ_WRITE)) {
      for (int i = 0; i < writes; i++) {
        Write write = next(random, false);
        image.write(write.sector, write.count, write.data, 0);
      }
    }
  }

  /** What was written to and somewhat around it, in pieces, each sector once. */
  List<SectorRange> ranges() {
    List<SectorRange> ranges = new ArrayList<>();
    long at = 0;
    for (SectorRange place : places) {
      at = Math.max(at, place.first() - 100);
      long end = Math.min(sectors, place.first() + place.count() + 100);
      for (; at < end; at = Math.min(at + CHUNK_SECTORS, end)) {
        ranges.add(new SectorRange(at, (int) Math.min(CHUNK_SECTORS, end - at)));
      }
    }
    return ranges;
  }

  /** As {@link OutsideTools#libvhdi}. */
  String sizeAndRanges() throws IOException {
    MessageDigest digest = sha256();
    for (SectorRange range : ranges()) {
      ByteBuffer bytes = ByteBuffer.allocate(range.count() * SECTOR);
      channel.read(bytes, range.first() * SECTOR);
      digest.update(bytes.array());
    }
    return sectors * SECTOR + " " + HexFormat.of().formatHex(digest.digest());
  }

  /** A hash of a whole disk: its size, and all sectors that are not zeros with their numbers. */
  static String content(Path disk) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[CHUNK_SECTORS * SECTOR];
    try (DiskImage image = ImageFile.open(disk, ImageUse.HARD_DISK, ImageFile.Access.READ_ONLY)) {
      long sectors = image.sectors();
      for (long at = image.nextData(0); at < sectors; ) {
        int count = (int) Math.min(CHUNK_SECTORS, sectors - at);
        image.read(at, count, buffer, 0);
        for (int i = 0; i < count; i++) {
          if (!Zeros.all(buffer, i * SECTOR, SECTOR)) {
            digest.update(ByteBuffer.allocate(8).putLong(0, at + i));
            digest.update(buffer, i * SECTOR, SECTOR);
          }
        }
        at = at + count < sectors ? image.nextData(at + count) : sectors;
      }
      return sectors + " " + HexFormat.of().formatHex(digest.digest());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
