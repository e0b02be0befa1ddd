package troupe.diskio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for entries of the block allocation table that cannot be right. What an entry refers to
 * past the end or in a structure is lost; of two blocks in one place nobody can say which it is, so
 * both keep what they read as, the later one in a place of its own.
 */
final class VhdBlockCheck {
  private static final int CHUNK = 1 << 20;

  private final ImageBytes bytes;
  private final ImageCheck check;
  private final VhdDynamicHeader header;
  private final VhdBlockTable table;
  private final List<VhdLayout.Part> structures;
  private final long blockSize;

  /** Where the footer is; where it must be after the repair. */
  private long end;

  private final long oldEnd;
  private boolean changed;

  VhdBlockCheck(
      ImageBytes bytes,
      ImageCheck check,
      VhdDynamicHeader header,
      VhdBlockTable table,
      List<VhdLayout.Part> structures,
      long end) {
    this.bytes = bytes;
    this.check = check;
    this.header = header;
    this.table = table;
    this.structures = structures;
    this.end = end;
    oldEnd = end;
    blockSize = (long) header.bitmapBytes() + header.blockBytes();
  }

  /** Whether the repair has moved blocks or taken entries away. */
  boolean changed() {
    return changed;
  }

  long end() {
    return end;
  }

  void run() throws IOException {
    List<VhdLayout.Part> blocks = new ArrayList<>();
    for (int b = table.nextPresent(0); b < table.blocks(); b = table.nextPresent(b + 1)) {
      VhdLayout.Part part = VhdLayout.block(b, header, table);
      if (part.from() + header.bitmapBytes() > oldEnd) {
        lose(part, "its entry points past the end of the file");
      } else if (overStructure(part)) {
        lose(part, "its entry points into the structures of the file");
      } else {
        blocks.add(part);
      }
    }
    VhdLayout.sort(blocks);
    List<VhdLayout.Part> twins = new ArrayList<>();
    long used = 0;
    VhdLayout.Part before = null;
    for (VhdLayout.Part part : blocks) {
      if (before != null && part.from() < before.to()) {
        check.repairable(
            place(part),
            "lies over %s; gets a copy of its own, one of them has wrong data"
                .formatted(before.name()));
        twins.add(part);
      } else {
        if (part.to() > oldEnd) {
          check.repairable(
              place(part),
              "the file ends %d bytes before its end; they read as zeros"
                  .formatted(part.to() - oldEnd));
        }
        used += blockSize;
        before = part;
      }
    }
    if (check.repairs()) {
      repair(before, twins);
    }
    long structure = structures.stream().mapToLong(p -> p.to() - p.from()).sum();
    long unused = oldEnd - structure - used;
    if (unused > blockSize) {
      check.note("file", "%d bytes are not used; compacting frees them".formatted(unused));
    }
  }

  private void repair(VhdLayout.Part last, List<VhdLayout.Part> twins) throws IOException {
    if (last != null && last.to() > end) {
      // The footer, if one was written there, becomes part of the block's data.
      long damaged = Math.min(VhdFooter.BYTES, last.to() - oldEnd);
      end = last.to();
      bytes.write(oldEnd, new byte[(int) damaged], 0, (int) damaged);
      changed = true;
    }
    for (VhdLayout.Part twin : twins) {
      byte[] buffer = new byte[CHUNK];
      for (long done = 0; done < blockSize; ) {
        int part = (int) Math.min(CHUNK, blockSize - done);
        long from = twin.from() + done;
        part = (int) Math.min(part, Math.max(0, bytes.size() - from));
        if (part == 0) {
          break;
        }
        bytes.read(from, buffer, 0, part);
        bytes.write(end + done, buffer, 0, part);
        done += part;
      }
      table.put(twin.block(), end);
      end += blockSize;
      changed = true;
    }
  }

  private boolean overStructure(VhdLayout.Part block) {
    return structures.stream()
        .anyMatch(part -> block.from() < part.to() && part.from() < block.to());
  }

  private void lose(VhdLayout.Part part, String why) {
    check.repairable(place(part), why + "; its data is lost, the entry is taken away");
    if (check.repairs()) {
      table.remove(part.block());
      changed = true;
    }
  }

  private static String place(VhdLayout.Part part) {
    return "%s at byte %d".formatted(part.name(), part.from());
  }
}
