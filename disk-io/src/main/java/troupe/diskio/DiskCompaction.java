package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a growing disk anew without what it does not need: blocks of zeros, blocks of a child in
 * which nothing is its own, space that nothing refers to. The disk stays the same for all who know
 * it: identifier, content, and time stamp.
 */
public final class DiskCompaction {
  private static final int SECTOR = 512;

  private DiskCompaction() {}

  /**
   * Compacts {@code file}; until that is done the old file stays as it is.
   *
   * @return bytes that the file has become shorter by
   * @throws ImageException if it is a fixed disk or a raw image, or in use
   */
  public static long compact(Path file, DiskJob job) throws IOException {
    try (SparseVhdImage source = VhdOpening.alone(file, ImageFile.Access.READ_WRITE);
        NewFile made = new NewFile(file)) {
      long before = source.bytes().size();
      if (source.format() == ImageFormat.DIFFERENCING_VHD) {
        differencing(source, made, job);
      } else {
        dynamic(source, made, job);
      }
      long after = made.bytes().size();
      made.replace();
      return before - after;
    } catch (DiskJob.Cancelled e) {
      throw e;
    } catch (IOException e) {
      throw ImageException.of(file, e);
    }
  }

  /** The parts of {@code old} before its blocks, at the usual places. */
  private static VhdDynamicHeader header(VhdDynamicHeader old, List<VhdParentLocator> locators) {
    return new VhdDynamicHeader(
        VhdFooter.BYTES + VhdDynamicHeader.BYTES,
        old.tableEntries(),
        old.blockBytes(),
        old.parentUniqueId(),
        old.parentTimeStamp(),
        old.parentName(),
        locators);
  }

  private static VhdFooter footer(VhdFooter old) {
    return old.withDataOffset(VhdFooter.BYTES);
  }

  private static void dynamic(SparseVhdImage source, NewFile made, DiskJob job) throws IOException {
    VhdDynamicHeader header = header(source.header(), source.header().locators());
    DiskCopy.Blocks blocks =
        new DiskCopy.Blocks(made, header, header.tableOffset() + header.tableBytes());
    DiskCopy.copy(source, blocks, job);
    blocks.finish(footer(source.footer()));
  }

  private static void differencing(SparseVhdImage source, NewFile made, DiskJob job)
      throws IOException {
    ImageBytes out = made.bytes();
    VhdDynamicHeader old = source.header();
    long end = header(old, old.locators()).tableOffset() + old.tableBytes();
    List<VhdParentLocator> locators = new ArrayList<>();
    for (VhdParentLocator locator : old.locators()) {
      if (locator.platformCode() == VhdParentLocator.NONE || locator.dataLength() <= 0) {
        locators.add(locator);
      } else {
        byte[] name = source.bytes().read(locator.dataOffset(), locator.dataLength());
        int space = (name.length + SECTOR - 1) / SECTOR * SECTOR;
        out.write(end, name, 0, name.length);
        locators.add(new VhdParentLocator(locator.platformCode(), space, name.length, end));
        end += space;
      }
    }
    VhdDynamicHeader header = header(old, List.copyOf(locators));
    VhdBlockTable table = VhdBlockTable.empty(header);
    long perBlock = header.blockBytes() / SECTOR;
    long sectors = source.sectors();
    VhdBlockTable from = source.table();
    for (int b = from.nextPresent(0); b < from.blocks(); b = from.nextPresent(b + 1)) {
      VhdBlockBitmap bitmap = source.bitmap(b);
      if (bitmap.count() > 0) {
        out.write(end, bitmap.bytes(), 0, header.bitmapBytes());
        long data = end + header.bitmapBytes();
        for (int at = 0; at < perBlock; ) {
          int run = bitmap.run(at, (int) perBlock - at);
          if (bitmap.marked(at)) {
            long position = from.position(b) + header.bitmapBytes() + (long) at * SECTOR;
            source
                .bytes()
                .copy(position, (long) run * SECTOR, made.channel(), data + (long) at * SECTOR);
          }
          at += run;
        }
        table.put(b, end);
        end = data + header.blockBytes();
      }
      job.done(Math.min((b + 1) * perBlock, sectors) * SECTOR, sectors * SECTOR);
    }
    table.writeAll(out);
    out.write(VhdFooter.BYTES, header.toBytes(), 0, VhdDynamicHeader.BYTES);
    byte[] footer = footer(source.footer()).toBytes();
    out.write(0, ByteBuffer.wrap(footer));
    out.write(end, ByteBuffer.wrap(footer));
  }
}
