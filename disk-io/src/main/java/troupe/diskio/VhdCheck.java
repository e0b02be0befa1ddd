package troupe.diskio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Looks for damage in the structures of a VHD. Each can be judged only when those before it are
 * known: footer, header, table, blocks, parent.
 */
final class VhdCheck {
  private static final int SECTOR = 512;

  private final ImageBytes bytes;
  private final ImageCheck check;
  private final ParentSearch search;

  VhdCheck(ImageBytes bytes, ImageCheck check, ParentSearch search) {
    this.bytes = bytes;
    this.check = check;
    this.search = search;
  }

  /** A footer, and what is wrong with it. */
  private record Found(VhdFooter footer, boolean badChecksum) {}

  /** What kind of image it is. */
  ImageFormat run() throws IOException {
    long size = bytes.size();
    if (size < SECTOR) {
      check.lasting("file", "has %d bytes, which is no disk".formatted(size));
      return ImageFormat.RAW;
    }
    Found atEnd = find(size - SECTOR);
    Found atStart = find(0);
    boolean copyKept = atStart != null && atStart.footer.type() != VhdFooter.DiskType.FIXED;
    if (atEnd == null && !copyKept) {
      return noFooter(size);
    }
    boolean useEnd = atEnd != null && (!atEnd.badChecksum || !copyKept || atStart.badChecksum);
    VhdFooter footer = useEnd ? atEnd.footer : atStart.footer;
    boolean endLost = atEnd == null || atEnd.badChecksum || size % SECTOR != 0;
    if (footer.type() == VhdFooter.DiskType.FIXED) {
      fixed(footer, size, endLost);
      return ImageFormat.FIXED_VHD;
    }
    long end = endLost && atEnd == null ? (size + SECTOR - 1) / SECTOR * SECTOR : size - SECTOR;
    boolean copyLost =
        atStart == null
            || atStart.badChecksum
            || !Arrays.equals(bytes.read(0, SECTOR), footer.toBytes());
    growing(footer, end, endLost, copyLost);
    return footer.type() == VhdFooter.DiskType.DYNAMIC
        ? ImageFormat.DYNAMIC_VHD
        : ImageFormat.DIFFERENCING_VHD;
  }

  /** A footer at {@code position}, though its checksum may be wrong; null if there is none. */
  private Found find(long position) throws IOException {
    byte[] raw = bytes.read(position, SECTOR);
    if (!VhdFooter.hasCookie(raw)) {
      return null;
    }
    boolean bad = !VhdFooter.hasGoodChecksum(raw);
    if (bad) {
      VhdFooter.setChecksum(raw);
    }
    try {
      return new Found(VhdFooter.of(bytes, position, raw), bad);
    } catch (ImageException e) {
      return null;
    }
  }

  private ImageFormat noFooter(long size) throws IOException {
    boolean cookie =
        VhdFooter.hasCookie(bytes.read(0, SECTOR))
            || VhdFooter.hasCookie(bytes.read(size - SECTOR, SECTOR));
    if (cookie || VhdOpening.namedVhd(bytes)) {
      check.lasting("VHD footer", "neither it nor a copy of it can be read");
      return ImageFormat.FIXED_VHD;
    }
    if (size % SECTOR != 0) {
      check.lasting("file", "%d bytes are not whole sectors; truncated".formatted(size));
    } else {
      check.note("file", "a raw image, which has nothing but its sectors");
    }
    return ImageFormat.RAW;
  }

  private void fixed(VhdFooter footer, long size, boolean endLost) throws IOException {
    String place = "VHD footer at byte " + (size - SECTOR);
    if (footer.currentSize() > size - SECTOR) {
      check.lasting(
          place,
          "the disk has %d bytes, but only %d come before its footer"
              .formatted(footer.currentSize(), size - SECTOR));
      return;
    }
    if (endLost) {
      check.repairable(place, "wrong checksum; written anew, as its fields are possible ones");
      if (check.repairs()) {
        bytes.write(size - SECTOR, footer.toBytes(), 0, SECTOR);
        bytes.force();
      }
    }
  }

  private void growing(VhdFooter footer, long end, boolean endLost, boolean copyLost)
      throws IOException {
    if (endLost) {
      check.repairable("VHD footer at byte " + end, "lost or damaged; written anew");
    }
    if (copyLost) {
      check.repairable("copy of the VHD footer at byte 0", "differs; written anew");
    }
    VhdDynamicHeader header = header(footer);
    if (header == null) {
      return;
    }
    VhdBlockTable table = VhdBlockTable.read(bytes, header);
    List<VhdLayout.Part> structures = VhdLayout.structures(footer, header);
    VhdLayout.sort(structures);
    for (int i = 0; i < structures.size(); i++) {
      VhdLayout.Part part = structures.get(i);
      if (part.to() > end || part.from() < 0 || part.to() < part.from()) {
        check.lasting(part.name() + " at byte " + part.from(), "lies outside the file");
        return;
      }
      if (i > 0 && part.from() < structures.get(i - 1).to()) {
        check.lasting(
            part.name() + " at byte " + part.from(),
            "lies over the " + structures.get(i - 1).name());
        return;
      }
    }
    VhdBlockCheck blocks = new VhdBlockCheck(bytes, check, header, table, structures, end);
    blocks.run();
    if (check.repairs() && (endLost || copyLost || blocks.changed())) {
      bytes.write(blocks.end(), footer.toBytes(), 0, SECTOR);
      bytes.truncate(blocks.end() + SECTOR);
      bytes.force();
      table.write(bytes);
      bytes.write(0, footer.toBytes(), 0, SECTOR);
      bytes.force();
    }
    if (footer.type() == VhdFooter.DiskType.DIFFERENCING) {
      parent(footer, header);
    }
  }

  /** Null if it cannot be used. */
  private VhdDynamicHeader header(VhdFooter footer) throws IOException {
    long at = footer.dataOffset();
    String place = "dynamic disk header at byte " + at;
    long size = bytes.size();
    if (at < 0 || at > size - VhdDynamicHeader.BYTES) {
      check.lasting(place, "lies outside the file");
      return null;
    }
    byte[] raw = bytes.read(at, VhdDynamicHeader.BYTES);
    VhdDynamicHeader header = VhdDynamicHeader.of(raw);
    try {
      if (!VhdDynamicHeader.hasCookie(raw)) {
        throw new ImageException(bytes.path(), place, "missing");
      }
      header.check(bytes, place, size, footer.currentSize());
    } catch (ImageException e) {
      check.lasting(place, e.reason());
      return null;
    }
    if (!VhdDynamicHeader.hasGoodChecksum(raw)) {
      check.repairable(place, "wrong checksum; computed anew, as its fields are possible ones");
      if (check.repairs()) {
        VhdDynamicHeader.setChecksum(raw);
        bytes.write(at, ByteBuffer.wrap(raw));
        bytes.force();
      }
    }
    return header;
  }

  private void parent(VhdFooter footer, VhdDynamicHeader header) throws IOException {
    try {
      VhdChain.Link link = VhdChain.open(bytes, footer, header, search, 0);
      try (DiskImage parent = link.parent()) {
        link.warnings().forEach(warning -> check.note("parent disk", warning));
        parent.warnings().forEach(warning -> check.note("parent disk", warning));
      }
    } catch (ImageException e) {
      check.lasting("parent disk", e.getMessage());
    }
  }
}
