package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import troupe.diskio.DiskInfo;
import troupe.diskio.DiskJob;
import troupe.diskio.ImageFormat;
import troupe.diskio.ImageGeometry;

/** {@code troupe disk info}. */
final class InfoCommand extends DiskTask {

  private Path file;

  InfoCommand() {
    super("Says what a disk is.");
    words.parameter("FILE", Path.class, v -> file = v, "The disk.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    DiskInfo info = DiskInfo.of(file, search());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.toString());
    json.put("format", info.format().name().toLowerCase(Locale.ROOT));
    json.put("size_bytes", info.bytes());
    json.put("file_bytes", info.fileBytes());
    json.put("host_bytes", info.hostBytes());
    List<String> lines = new ArrayList<>();
    lines.add("file:      " + file);
    lines.add("format:    " + json.get("format"));
    lines.add("size:      " + Sizes.text(info.bytes()));
    lines.add(
        "on host:   %s, in a file of %s"
            .formatted(Sizes.text(info.hostBytes()), Sizes.text(info.fileBytes())));
    info.vhd()
        .ifPresent(
            vhd -> {
              ImageGeometry chs = vhd.geometry();
              json.put("id", vhd.id().toString());
              json.put("made", vhd.made().toString());
              json.put("maker", vhd.maker());
              json.put("geometry", List.of(chs.cylinders(), chs.heads(), chs.sectorsPerTrack()));
              lines.add("id:        " + vhd.id());
              lines.add("made:      %s by \"%s\"".formatted(vhd.made(), vhd.maker()));
              lines.add(
                  "geometry:  %d cylinders, %d heads, %d sectors"
                      .formatted(chs.cylinders(), chs.heads(), chs.sectorsPerTrack()));
            });
    info.blocks()
        .ifPresent(
            blocks -> {
              json.put("block_bytes", blocks.blockBytes());
              json.put("blocks", blocks.blocks());
              json.put("blocks_present", blocks.present());
              lines.add(
                  "blocks:    %d of %d, of %s each"
                      .formatted(
                          blocks.present(), blocks.blocks(), Sizes.text(blocks.blockBytes())));
              if (info.format() == ImageFormat.DIFFERENCING_VHD) {
                json.put("parent_names", blocks.parent());
                json.put("parent_id", blocks.parentId().toString());
                lines.add(
                    "parent:    %s, known as %s".formatted(blocks.parentId(), blocks.parent()));
              }
            });
    List<String> chain = info.chain().stream().map(Path::toString).toList();
    json.put("chain", chain);
    json.put("warnings", info.warnings());
    chain.forEach(parent -> lines.add("beneath:   " + parent));
    info.warnings().forEach(warning -> lines.add("warning:   " + warning));
    return Answer.done(String.join(System.lineSeparator(), lines), json);
  }
}
