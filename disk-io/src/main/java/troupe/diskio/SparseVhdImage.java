package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A VHD whose blocks are added at the end of the file when they are first written to: a dynamic
 * one, or a differencing one, which takes from its parent what it does not have. [VHD 1.0] "Block
 * Allocation Table and Data Blocks".
 *
 * <p>Whatever happens to the process or to the host, the file can be opened and has all that was
 * flushed. Data is written at once, in places that nothing refers to yet or that already held this
 * sector. What refers to it (a bit of a child's bitmap, an entry of the table) stays in memory
 * until {@link #flush} has forced the data to stable storage, and is then written and forced
 * itself. The footer is at the end of the file before a new block takes the place where it was;
 * should both be lost with the host, the copy at the start serves ({@link ImageFile}).
 *
 * <p>The sectors of a dynamic disk's new block are all marked: what was not written is a hole, so
 * zeros, and readers that ignore the bitmap see the same as those that do not.
 *
 * <p>A child gets whole groups of eight sectors, a byte of the bitmap each: libvhdi 20210425 takes
 * a run of marked sectors to end with its byte.
 */
final class SparseVhdImage implements MappedImage {
  private static final int SECTOR = 512;
  private static final int CACHED_BITMAP_BYTES = 4 << 20;

  /** Sectors that a child takes together. */
  private static final int GROUP = 8;

  /** Blocks that may be added between two flushes of the guest before we do one. */
  private static final int MOST_UNPUBLISHED = 256;

  private final ImageBytes bytes;
  private VhdFooter footer;
  private final VhdDynamicHeader header;
  private final VhdBlockTable table;
  private final Optional<DiskImage> parent;
  private final boolean readOnly;
  private final List<String> warnings;
  private final int sectorsPerBlock;
  private final int mostDirty;

  /** Where the footer is, and the next block will be. */
  private long end;

  /** Blocks whose entry is not in the file yet. */
  private final TreeSet<Integer> unpublished = new TreeSet<>();

  /** Bitmaps that are not in the file as they should be. */
  private final TreeMap<Integer, VhdBlockBitmap> dirty = new TreeMap<>();

  private final Map<Integer, VhdBlockBitmap> bitmaps;

  SparseVhdImage(
      ImageBytes bytes,
      VhdFooter footer,
      VhdDynamicHeader header,
      VhdBlockTable table,
      long end,
      Optional<DiskImage> parent,
      boolean readOnly,
      List<String> warnings) {
    this.bytes = bytes;
    this.footer = footer;
    this.header = header;
    this.table = table;
    this.end = end;
    this.parent = parent;
    this.readOnly = readOnly;
    this.warnings = warnings;
    sectorsPerBlock = header.blockBytes() / SECTOR;
    mostDirty = Math.max(1, CACHED_BITMAP_BYTES / header.bitmapBytes());
    bitmaps =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, VhdBlockBitmap> eldest) {
            return size() > mostDirty;
          }
        };
  }

  @Override
  public Path path() {
    return bytes.path();
  }

  @Override
  public ImageFormat format() {
    return differencing() ? ImageFormat.DIFFERENCING_VHD : ImageFormat.DYNAMIC_VHD;
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
  public Optional<DiskImage> parent() {
    return parent;
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  VhdFooter footer() {
    return footer;
  }

  VhdDynamicHeader header() {
    return header;
  }

  VhdBlockTable table() {
    return table;
  }

  @Override
  public ImageBytes bytes() {
    return bytes;
  }

  /** Where the footer is. */
  long end() {
    return end;
  }

  private boolean differencing() {
    return footer.type() == VhdFooter.DiskType.DIFFERENCING;
  }

  /** Puts another footer, and its copy, on stable storage. */
  void rewrite(VhdFooter other) throws IOException {
    footer = other;
    bytes.write(end, other.toBytes(), 0, VhdFooter.BYTES);
    bytes.force();
    bytes.write(0, other.toBytes(), 0, VhdFooter.BYTES);
    bytes.force();
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

  /** Runs of sectors that the bitmap marks come from the file. */
  private void readPart(int block, int first, int count, byte[] target, int offset)
      throws IOException {
    if (!table.present(block)) {
      readBeneath(block, first, count, target, offset);
      return;
    }
    VhdBlockBitmap bitmap = bitmap(block);
    for (int at = 0; at < count; ) {
      int run = bitmap.run(first + at, count - at);
      int to = offset + at * SECTOR;
      if (bitmap.marked(first + at)) {
        bytes.read(data(block, first + at), target, to, run * SECTOR);
      } else {
        readBeneath(block, first + at, run, target, to);
      }
      at += run;
    }
  }

  /** What is not here is in the parent, and past its end or without one it is zeros. */
  private void readBeneath(int block, int first, int count, byte[] target, int offset)
      throws IOException {
    int there = 0;
    if (parent.isPresent()) {
      long sector = (long) block * sectorsPerBlock + first;
      there = (int) Math.clamp(parent.get().sectors() - sector, 0L, (long) count);
      if (there > 0) {
        parent.get().read(sector, there, target, offset);
      }
    }
    Arrays.fill(target, offset + there * SECTOR, offset + count * SECTOR, (byte) 0);
  }

  @Override
  public long nextData(long sector) throws IOException {
    if (sector >= sectors()) {
      return sectors();
    }
    int block = (int) (sector / sectorsPerBlock);
    int next = table.nextPresent(block);
    long own = next == table.blocks() ? sectors() : Math.max(sector, (long) next * sectorsPerBlock);
    if (parent.isEmpty() || own == sector) {
      return Math.min(own, sectors());
    }
    long beneath = parent.get().nextData(Math.min(sector, parent.get().sectors()));
    return beneath >= parent.get().sectors() ? Math.min(own, sectors()) : Math.min(own, beneath);
  }

  @Override
  public Extent extent(long sector, long most) throws IOException {
    Objects.checkFromIndexSize(sector, most, sectors());
    int block = (int) (sector / sectorsPerBlock);
    int first = (int) (sector % sectorsPerBlock);
    long rest = sectorsPerBlock - first;
    if (!table.present(block)) {
      long end = (long) table.nextPresent(block) * sectorsPerBlock;
      return extentBeneath(sector, Math.min(most, end - sector));
    }
    VhdBlockBitmap bitmap = bitmap(block);
    int run = bitmap.run(first, (int) Math.min(most, rest));
    return bitmap.marked(first)
        ? new Extent(bytes, data(block, first), run)
        : extentBeneath(sector, run);
  }

  @Override
  public boolean located(long sector) {
    int block = (int) (sector / sectorsPerBlock);
    boolean beneath =
        parent.isEmpty()
            || sector >= parent.get().sectors()
            || ((MappedImage) parent.get()).located(sector);
    return beneath
        && (!table.present(block) || dirty.containsKey(block) || bitmaps.containsKey(block));
  }

  @Override
  public void prepareCachedReads() {
    bytes.prepareCachedReads();
    parent.ifPresent(DiskImage::prepareCachedReads);
  }

  private Extent extentBeneath(long sector, long most) throws IOException {
    if (parent.isEmpty() || sector >= parent.get().sectors()) {
      return Extent.zeros(most);
    }
    long there = Math.min(most, parent.get().sectors() - sector);
    return ((MappedImage) parent.get()).extent(sector, there);
  }

  /**
   * Whether the sector itself is in this file, whatever its parent has, and for how many sectors
   * from it that is so, up to {@code most}: positive if they are, negative if they are not.
   */
  int ownRun(long sector, int most) throws IOException {
    int block = (int) (sector / sectorsPerBlock);
    int first = (int) (sector % sectorsPerBlock);
    int run = Math.min(most, sectorsPerBlock - first);
    if (!table.present(block)) {
      return -run;
    }
    VhdBlockBitmap bitmap = bitmap(block);
    return bitmap.marked(first) ? bitmap.run(first, run) : -bitmap.run(first, run);
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
      if (differencing()) {
        writeGroups(block, first, part, source, from);
      } else if (table.present(block)) {
        writePart(block, first, part, source, from);
      } else if (!Zeros.all(source, from, part * SECTOR)) {
        addBlock(block, first, part, source, from);
      }
      done += part;
    }
    if (unpublished.size() >= MOST_UNPUBLISHED || dirty.size() >= mostDirty) {
      flush();
    }
  }

  /** Writes to a child, together with what its parent has of the groups that are not all there. */
  private void writeGroups(int block, int first, int count, byte[] source, int offset)
      throws IOException {
    int groupsFirst = first & -GROUP;
    int groupsEnd = Math.min((first + count + GROUP - 1) & -GROUP, sectorsPerBlock);
    boolean there = table.present(block);
    int from = there && bitmap(block).allMarked(groupsFirst, first) ? first : groupsFirst;
    int last = first + count;
    int to = there && bitmap(block).allMarked(last, groupsEnd) ? last : groupsEnd;
    byte[] sectors = source;
    int start = offset;
    if (from < first || to > last) {
      sectors = new byte[(to - from) * SECTOR];
      start = 0;
      readPart(block, from, first - from, sectors, 0);
      System.arraycopy(source, offset, sectors, (first - from) * SECTOR, count * SECTOR);
      readPart(block, last, to - last, sectors, (last - from) * SECTOR);
    }
    if (there) {
      writePart(block, from, to - from, sectors, start);
    } else {
      addBlock(block, from, to - from, sectors, start);
    }
  }

  private void writePart(int block, int first, int count, byte[] source, int offset)
      throws IOException {
    VhdBlockBitmap bitmap = bitmap(block);
    bytes.write(data(block, first), source, offset, count * SECTOR);
    if (bitmap.mark(first, count)) {
      dirty.put(block, bitmap);
    }
  }

  private void addBlock(int block, int first, int count, byte[] source, int offset)
      throws IOException {
    long at = end;
    if (at / SECTOR >= 0xFFFF_FFFFL) {
      throw new ImageException(path(), "the file has reached the largest size of the format");
    }
    VhdBlockBitmap bitmap =
        differencing()
            ? VhdBlockBitmap.empty(header.bitmapBytes(), sectorsPerBlock)
            : VhdBlockBitmap.full(header.bitmapBytes(), sectorsPerBlock);
    bitmap.mark(first, count);
    long newEnd = at + header.bitmapBytes() + header.blockBytes();
    bytes.write(newEnd, footer.toBytes(), 0, VhdFooter.BYTES);
    long data = at + header.bitmapBytes() + (long) first * SECTOR;
    bytes.write(data, source, offset, count * SECTOR);
    bytes.write(at, bitmap.bytes(), 0, header.bitmapBytes());
    // Not before: what the host had no room for is written to the same place when it has.
    end = newEnd;
    table.put(block, at);
    unpublished.add(block);
    bitmaps.put(block, bitmap);
  }

  private long data(int block, int sector) {
    return table.position(block) + header.bitmapBytes() + (long) sector * SECTOR;
  }

  VhdBlockBitmap bitmap(int block) throws IOException {
    VhdBlockBitmap bitmap = dirty.get(block);
    if (bitmap == null) {
      bitmap = bitmaps.get(block);
    }
    if (bitmap == null) {
      byte[] raw = bytes.read(table.position(block), header.bitmapBytes());
      bitmap = VhdBlockBitmap.of(raw, sectorsPerBlock);
      bitmaps.put(block, bitmap);
    }
    return bitmap;
  }

  @Override
  public void flush() throws IOException {
    if (readOnly) {
      return;
    }
    if (dirty.isEmpty() && !table.changed()) {
      bytes.force();
      return;
    }
    // Nothing refers to unpublished blocks, so their bitmaps may go with the data.
    for (Map.Entry<Integer, VhdBlockBitmap> entry : dirty.entrySet()) {
      if (unpublished.contains(entry.getKey())) {
        writeBitmap(entry.getKey(), entry.getValue());
      }
    }
    bytes.force();
    for (Map.Entry<Integer, VhdBlockBitmap> entry : dirty.entrySet()) {
      if (!unpublished.contains(entry.getKey())) {
        writeBitmap(entry.getKey(), entry.getValue());
      }
    }
    table.write(bytes);
    bytes.force();
    dirty.clear();
    unpublished.clear();
  }

  private void writeBitmap(int block, VhdBlockBitmap bitmap) throws IOException {
    bytes.write(table.position(block), bitmap.bytes(), 0, header.bitmapBytes());
  }

  @Override
  public void close() throws IOException {
    try (DiskImage _ = parent.orElse(null)) {
      flush();
    } finally {
      bytes.close();
    }
  }
}
