package troupe.diskio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the parts of a growing VHD are in its file, and whether they can be there: all within the
 * file, none over another, so that a write to one cannot damage another.
 */
final class VhdLayout {
  /** A part of the file. */
  record Part(String structure, int block, long from, long to) {
    static Part structure(String name, long from, long to) {
      return new Part(name, -1, from, to);
    }

    boolean isBlock() {
      return block >= 0;
    }

    String name() {
      return isBlock() ? "block " + block : structure;
    }
  }

  private VhdLayout() {}

  /** Footer copy, header, table and locators. */
  static List<Part> structures(VhdFooter footer, VhdDynamicHeader header) {
    List<Part> parts = new ArrayList<>();
    parts.add(Part.structure("footer copy", 0, VhdFooter.BYTES));
    long at = footer.dataOffset();
    parts.add(Part.structure("dynamic disk header", at, at + VhdDynamicHeader.BYTES));
    long table = header.tableOffset();
    parts.add(Part.structure("block allocation table", table, table + 4L * header.tableEntries()));
    for (VhdParentLocator locator : header.locators()) {
      if (locator.platformCode() != VhdParentLocator.NONE && locator.dataLength() > 0) {
        long from = locator.dataOffset();
        parts.add(Part.structure("parent locator", from, from + locator.dataLength()));
      }
    }
    return parts;
  }

  static Part block(int block, VhdDynamicHeader header, VhdBlockTable table) {
    long from = table.position(block);
    return new Part("", block, from, from + header.bitmapBytes() + header.blockBytes());
  }

  /**
   * Checks the parts of a file whose blocks must end by byte {@code end}.
   *
   * @throws ImageException for the first that is where it cannot be
   */
  static void check(
      ImageBytes file, VhdFooter footer, VhdDynamicHeader header, VhdBlockTable table, long end)
      throws IOException {
    List<Part> parts = structures(footer, header);
    for (int i = table.nextPresent(0); i < table.blocks(); i = table.nextPresent(i + 1)) {
      parts.add(block(i, header, table));
    }
    sort(parts);
    Part before = null;
    for (Part part : parts) {
      if (part.from < 0 || part.to < part.from || part.to > end) {
        throw new ImageException(
            file.path(),
            part.name() + " at byte " + part.from,
            "lies outside the file; it is truncated or damaged");
      }
      if (before != null && part.from < before.to) {
        throw new ImageException(
            file.path(), part.name() + " at byte " + part.from, "lies over the " + before.name());
      }
      before = part;
    }
  }

  static void sort(List<Part> parts) {
    parts.sort((a, b) -> Long.compare(a.from, b.from));
  }
}
