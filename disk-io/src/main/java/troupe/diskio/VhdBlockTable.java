package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * The block allocation table: for each block the sector of the file where its bitmap begins.
 * Changes stay in memory until {@link #write}. [VHD 1.0] "Block Allocation Table and Data Blocks".
 */
final class VhdBlockTable {
  static final int ABSENT = -1;
  private static final int SECTOR = 512;
  private static final int ENTRIES_PER_SECTOR = SECTOR / 4;

  private final long offset;
  private final int[] entries;
  private final TreeSet<Integer> changedSectors = new TreeSet<>();

  private VhdBlockTable(long offset, int[] entries) {
    this.offset = offset;
    this.entries = entries;
  }

  /** Reads the table that {@code header} tells of, which must be a checked one. */
  static VhdBlockTable read(ImageBytes file, VhdDynamicHeader header) throws IOException {
    byte[] raw = file.read(header.tableOffset(), 4 * header.tableEntries());
    int[] entries = new int[header.tableEntries()];
    ByteBuffer.wrap(raw).asIntBuffer().get(entries);
    return new VhdBlockTable(header.tableOffset(), entries);
  }

  /** A table without blocks for a new file. */
  static VhdBlockTable empty(VhdDynamicHeader header) {
    int[] entries = new int[header.tableEntries()];
    Arrays.fill(entries, ABSENT);
    return new VhdBlockTable(header.tableOffset(), entries);
  }

  int blocks() {
    return entries.length;
  }

  boolean present(int block) {
    return entries[block] != ABSENT;
  }

  /** Byte of the file where the block's bitmap begins. */
  long position(int block) {
    return Integer.toUnsignedLong(entries[block]) * SECTOR;
  }

  /** The first block from {@code block} that is present, or {@link #blocks()}. */
  int nextPresent(int block) {
    int next = block;
    while (next < entries.length && entries[next] == ABSENT) {
      next++;
    }
    return next;
  }

  int countPresent() {
    return (int) Arrays.stream(entries).filter(e -> e != ABSENT).count();
  }

  void put(int block, long position) {
    set(block, (int) (position / SECTOR));
  }

  void remove(int block) {
    set(block, ABSENT);
  }

  void removeFrom(int block) {
    for (int b = nextPresent(block); b < entries.length; b = nextPresent(b + 1)) {
      remove(b);
    }
  }

  /** The same blocks in the larger table that {@code header} tells of. */
  VhdBlockTable moved(VhdDynamicHeader header) {
    int[] larger = Arrays.copyOf(entries, header.tableEntries());
    Arrays.fill(larger, entries.length, larger.length, ABSENT);
    return new VhdBlockTable(header.tableOffset(), larger);
  }

  private void set(int block, int entry) {
    entries[block] = entry;
    changedSectors.add(block / ENTRIES_PER_SECTOR);
  }

  boolean changed() {
    return !changedSectors.isEmpty();
  }

  /** Writes the sectors of the table in which something has changed. */
  void write(ImageBytes file) throws IOException {
    while (!changedSectors.isEmpty()) {
      int sector = changedSectors.first();
      int first = sector * ENTRIES_PER_SECTOR;
      int count = Math.min(ENTRIES_PER_SECTOR, entries.length - first);
      ByteBuffer b = ByteBuffer.allocate(4 * count);
      b.asIntBuffer().put(entries, first, count);
      file.write(offset + 4L * first, b.array(), 0, b.capacity());
      changedSectors.remove(sector);
    }
  }

  /** Writes all of the table, and the rest of its last sector. */
  void writeAll(ImageBytes file) throws IOException {
    int padded = (entries.length + ENTRIES_PER_SECTOR - 1) / ENTRIES_PER_SECTOR;
    ByteBuffer b = ByteBuffer.allocate(padded * SECTOR);
    Arrays.fill(b.array(), (byte) -1);
    b.asIntBuffer().put(entries);
    file.write(offset, b.array(), 0, b.capacity());
    changedSectors.clear();
  }
}
