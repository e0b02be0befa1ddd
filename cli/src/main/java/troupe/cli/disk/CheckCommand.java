package troupe.cli.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import troupe.diskio.DiskJob;
import troupe.diskio.ImageCheck;

/** {@code troupe disk check}. */
final class CheckCommand extends DiskTask {

  private Path file;
  private boolean repair;

  CheckCommand() {
    super("Looks a disk over for damage.");
    words.parameter("FILE", Path.class, v -> file = v, "The disk.");
    words.flag("--repair", v -> repair = v, "Repairs what can be repaired.");
  }

  @Override
  Answer run(DiskJob job) throws IOException {
    ImageCheck.Report report = ImageCheck.check(file, repair, search());
    StringBuilder text = new StringBuilder();
    List<Map<String, Object>> findings = new ArrayList<>();
    for (ImageCheck.Finding finding : report.findings()) {
      text.append(
          "%s: %s: %s (%s)%n"
              .formatted(file, finding.place(), finding.text(), words(finding.verdict())));
      findings.add(
          Map.of(
              "place", finding.place(),
              "text", finding.text(),
              "verdict", finding.verdict().name().toLowerCase(Locale.ROOT)));
    }
    if (report.more() > 0) {
      text.append("%s: %d more%n".formatted(file, report.more()));
    }
    text.append(file).append(report.damaged() ? ": damaged" : ": no damage");
    return new Answer(
        text.toString(),
        Map.of(
            "file", file.toString(),
            "format", report.format().name().toLowerCase(Locale.ROOT),
            "damaged", report.damaged(),
            "findings", findings,
            "more_findings", report.more()),
        report.damaged() ? DAMAGED : DONE);
  }

  private static String words(ImageCheck.Verdict verdict) {
    return switch (verdict) {
      case NOTE -> "note";
      case REPAIRABLE -> "--repair does it";
      case REPAIRED -> "repaired";
      case LASTING -> "cannot be repaired";
    };
  }
}
