package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Copies all sectors of an image to a file in another layout. What the source knows to be zeros,
 * and what the host knows to be holes, is not read.
 */
final class DiskCopy {
  private static final int SECTOR = 512;

  /** Most bytes between two looks at whether to go on. */
  private static final int STEP = 16 << 20;

  /** Where sectors are copied to, in ascending order. Sectors that are left out are zeros. */
  interface Target {
    /**
     * Takes {@code bytes}, a multiple of the sector size, from {@code file} at {@code position}.
     */
    void copy(long sector, ImageBytes file, long position, long bytes) throws IOException;
  }

  private DiskCopy() {}

  /** Copies all that is in {@code source} or, if it is a child, in its parents. */
  static void copy(MappedImage source, Target target, DiskJob job) throws IOException {
    long sectors = source.sectors();
    long at = 0;
    while (at < sectors) {
      Extent extent = source.extent(at, Math.min(STEP / SECTOR, sectors - at));
      if (extent.isZeros()) {
        at = Math.max(at + extent.sectors(), Math.min(source.nextData(at), sectors));
      } else {
        // A hole of the host may be much longer than the extent that was asked for.
        long last = at + extent.sectors();
        copyData(at, extent, target);
        at = last < sectors ? Math.max(last, source.nextData(last)) : last;
      }
      job.done(at * SECTOR, sectors * SECTOR);
    }
  }

  /** Copies what the host has of the extent. */
  private static void copyData(long sector, Extent extent, Target target) throws IOException {
    ImageBytes file = extent.file();
    long start = extent.position();
    long end = start + extent.sectors() * SECTOR;
    long at = start;
    while (at < end) {
      long data = file.nextData(at);
      if (data >= end) {
        return;
      }
      long from = data - (data - start) % SECTOR;
      long hole = Math.min(file.nextHole(data), end);
      long to = Math.min(end, hole + (SECTOR - (hole - start) % SECTOR) % SECTOR);
      target.copy(sector + (from - start) / SECTOR, file, from, to - from);
      at = to;
    }
  }

  /** Sectors one after the other from byte 0, for raw images and fixed VHDs. */
  static Target flat(NewFile made) {
    return (sector, file, position, bytes) -> {
      file.copy(position, bytes, made.channel(), sector * SECTOR);
      made.written(bytes);
    };
  }

  /**
   * The blocks of a new dynamic or differencing VHD, in which whole blocks of zeros have no place.
   */
  static final class Blocks implements Target {
    private final NewFile made;
    private final ImageBytes out;
    private final VhdDynamicHeader header;
    private final VhdBlockTable table;
    private final ByteBuffer buffer;
    private final ByteBuffer zeros;
    private final ByteBuffer bitmap;
    private long end;

    /**
     * @param end where the first block goes
     */
    Blocks(NewFile made, VhdDynamicHeader header, long end) {
      this.made = made;
      out = made.bytes();
      this.header = header;
      this.end = end;
      table = VhdBlockTable.empty(header);
      int part = Math.min(header.blockBytes(), 2 << 20);
      buffer = ByteBuffer.allocateDirect(part);
      zeros = ByteBuffer.allocateDirect(part);
      bitmap = ByteBuffer.allocateDirect(header.bitmapBytes());
      bitmap.put(VhdBlockBitmap.full(header.bitmapBytes(), header.blockBytes() / SECTOR).bytes());
    }

    @Override
    public void copy(long sector, ImageBytes file, long position, long bytes) throws IOException {
      for (long done = 0; done < bytes; ) {
        long at = sector * SECTOR + done;
        int block = (int) (at / header.blockBytes());
        int within = (int) (at % header.blockBytes());
        int part = (int) Math.min(bytes - done, header.blockBytes() - within);
        part = Math.min(part, buffer.capacity());
        buffer.clear().limit(part);
        file.read(position + done, buffer);
        buffer.flip();
        if (table.present(block) || buffer.mismatch(zeros.clear().limit(part)) >= 0) {
          if (!table.present(block)) {
            table.put(block, end);
            out.write(end, bitmap.clear());
            end += header.bitmapBytes() + header.blockBytes();
          }
          out.write(table.position(block) + header.bitmapBytes() + within, buffer);
          made.written(part);
        }
        done += part;
      }
    }

    /** Writes what comes around the blocks. */
    void finish(VhdFooter footer) throws IOException {
      table.writeAll(out);
      out.write(
          header.tableOffset() - VhdDynamicHeader.BYTES,
          header.toBytes(),
          0,
          VhdDynamicHeader.BYTES);
      out.write(0, footer.toBytes(), 0, VhdFooter.BYTES);
      out.write(end, footer.toBytes(), 0, VhdFooter.BYTES);
    }
  }
}
