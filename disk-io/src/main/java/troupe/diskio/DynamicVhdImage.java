package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A dynamic VHD: blocks are added at the end of the file when something other than zeros is first
 * written to them. [VHD 1.0] "Block Allocation Table and Data Blocks".
 *
 * <p>A new block is written in an order that leaves a usable file at any point: the footer at its
 * new place, the data and bitmap where the footer was, and last the entry in the table.
 */
final class DynamicVhdImage implements DiskImage {
  private static final int SECTOR = 512;
  private static final int ABSENT = -1;
  private static final int CACHED_BITMAPS = 256;

  private final ImageBytes bytes;
  private final VhdFooter footer;
  private final VhdDynamicHeader header;
  private final boolean readOnly;
  private final int[] table;
  private final int sectorsPerBlock;

  /** Where the footer is, and the next block will be. */
  private long end;

  private final Map<Integer, byte[]> bitmaps =
      new LinkedHashMap<>(CACHED_BITMAPS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, byte[]> eldest) {
          return size() > CACHED_BITMAPS;
        }
      };

  private DynamicVhdImage(
      ImageBytes bytes,
      VhdFooter footer,
      VhdDynamicHeader header,
      int[] table,
      long end,
      boolean readOnly) {
    this.bytes = bytes;
    this.footer = footer;
    this.header = header;
    this.table = table;
    this.end = end;
    this.readOnly = readOnly;
    sectorsPerBlock = header.blockBytes() / SECTOR;
  }

  /** Reads the header and the table of the file whose footer is {@code footer}, and checks them. */
  static DynamicVhdImage open(ImageBytes bytes, VhdFooter footer, long size, boolean readOnly)
      throws IOException {
    VhdDynamicHeader header =
        VhdDynamicHeader.read(bytes, footer.dataOffset(), size, footer.currentSize());
    byte[] raw = bytes.read(header.tableOffset(), 4 * header.tableEntries());
    int[] table = new int[header.tableEntries()];
    ByteBuffer.wrap(raw).asIntBuffer().get(table);
    long end = size - VhdFooter.BYTES;
    if (end % SECTOR != 0) {
      throw new ImageException(bytes.path(), size + " bytes are not whole sectors; damaged");
    }
    long whole = header.bitmapBytes() + (long) header.blockBytes();
    for (int i = 0; i < table.length; i++) {
      if (table[i] != ABSENT && position(table[i]) + whole > end) {
        throw new ImageException(
            bytes.path(),
            "block " + i + " at byte " + position(table[i]),
            "lies outside the file; it is truncated or damaged");
      }
    }
    return new DynamicVhdImage(bytes, footer, header, table, end, readOnly);
  }

  private static long position(int tableEntry) {
    return Integer.toUnsignedLong(tableEntry) * SECTOR;
  }

  @Override
  public Path path() {
    return bytes.path();
  }

  @Override
  public ImageFormat format() {
    return ImageFormat.DYNAMIC_VHD;
  }

  @Override
  public int sectorSize() {
    return SECTOR;
  }

  @Override
  public long sectors() {
    return footer.currentSize() / SECTOR;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public Optional<ImageGeometry> geometry() {
    return Optional.of(footer.geometry());
  }

  @Override
  public void read(long sector, int count, byte[] target, int offset) throws IOException {
    Objects.checkFromIndexSize(sector, count, sectors());
    for (int done = 0; done < count; ) {
      int block = (int) ((sector + done) / sectorsPerBlock);
      int first = (int) ((sector + done) % sectorsPerBlock);
      int part = Math.min(count - done, sectorsPerBlock - first);
      readPart(block, first, part, target, offset + done * SECTOR);
      done += part;
    }
  }

  /** Runs of sectors that the bitmap marks come from the file, the others are zeros. */
  private void readPart(int block, int first, int count, byte[] target, int offset)
      throws IOException {
    if (table[block] == ABSENT) {
      Arrays.fill(target, offset, offset + count * SECTOR, (byte) 0);
      return;
    }
    byte[] bitmap = bitmap(block);
    for (int at = 0; at < count; ) {
      boolean there = marked(bitmap, first + at);
      int run = 1;
      while (at + run < count && marked(bitmap, first + at + run) == there) {
        run++;
      }
      int to = offset + at * SECTOR;
      if (there) {
        bytes.read(data(block, first + at), target, to, run * SECTOR);
      } else {
        Arrays.fill(target, to, to + run * SECTOR, (byte) 0);
      }
      at += run;
    }
  }

  @Override
  public void write(long sector, int count, byte[] source, int offset) throws IOException {
    Objects.checkFromIndexSize(sector, count, sectors());
    if (readOnly) {
      throw new IllegalStateException(path() + " is open for reading only");
    }
    for (int done = 0; done < count; ) {
      int block = (int) ((sector + done) / sectorsPerBlock);
      int first = (int) ((sector + done) % sectorsPerBlock);
      int part = Math.min(count - done, sectorsPerBlock - first);
      int from = offset + done * SECTOR;
      if (table[block] != ABSENT) {
        writePart(block, first, part, source, from);
      } else if (!zeros(source, from, part * SECTOR)) {
        addBlock(block, first, part, source, from);
      }
      done += part;
    }
  }

  private void writePart(int block, int first, int count, byte[] source, int offset)
      throws IOException {
    bytes.write(data(block, first), source, offset, count * SECTOR);
    byte[] bitmap = bitmap(block);
    if (mark(bitmap, first, count)) {
      int from = first / 8 / SECTOR * SECTOR;
      int to = (first + count - 1) / 8 / SECTOR * SECTOR + SECTOR;
      bytes.write(position(table[block]) + from, bitmap, from, to - from);
    }
  }

  private void addBlock(int block, int first, int count, byte[] source, int offset)
      throws IOException {
    long at = end;
    if (at / SECTOR >= 0xFFFF_FFFFL) {
      throw new ImageException(path(), "the file has reached the largest size of the format");
    }
    byte[] bitmap = new byte[header.bitmapBytes()];
    mark(bitmap, first, count);
    long newEnd = at + bitmap.length + header.blockBytes();
    bytes.write(newEnd, footer.toBytes(), 0, VhdFooter.BYTES);
    bytes.write(at + bitmap.length + (long) first * SECTOR, source, offset, count * SECTOR);
    bytes.write(at, bitmap, 0, bitmap.length);
    int entry = (int) (at / SECTOR);
    byte[] entryBytes = ByteBuffer.allocate(4).putInt(entry).array();
    bytes.write(header.tableOffset() + 4L * block, entryBytes, 0, 4);
    end = newEnd;
    table[block] = entry;
    bitmaps.put(block, bitmap);
  }

  private long data(int block, int sector) {
    return position(table[block]) + header.bitmapBytes() + (long) sector * SECTOR;
  }

  private byte[] bitmap(int block) throws IOException {
    byte[] bitmap = bitmaps.get(block);
    if (bitmap == null) {
      bitmap = bytes.read(position(table[block]), header.bitmapBytes());
      bitmaps.put(block, bitmap);
    }
    return bitmap;
  }

  private static boolean marked(byte[] bitmap, int sector) {
    return (bitmap[sector >>> 3] & 0x80 >>> (sector & 7)) != 0;
  }

  /** True if a bit has changed. */
  private static boolean mark(byte[] bitmap, int first, int count) {
    boolean changed = false;
    for (int i = first; i < first + count; i++) {
      if (!marked(bitmap, i)) {
        bitmap[i >>> 3] |= (byte) (0x80 >>> (i & 7));
        changed = true;
      }
    }
    return changed;
  }

  private static boolean zeros(byte[] source, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (source[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void flush() throws IOException {
    if (!readOnly) {
      bytes.force();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      flush();
    } finally {
      bytes.close();
    }
  }
}
