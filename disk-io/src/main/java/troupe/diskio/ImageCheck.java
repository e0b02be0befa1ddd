package troupe.diskio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks an image over for damage and, on request, repairs what can be repaired. */
public final class ImageCheck {
  /** Findings past this many are only counted: a ruined table has millions. */
  private static final int MOST_FINDINGS = 1000;

  /** What is to be thought of a finding. */
  public enum Verdict {
    /** No damage, but worth knowing. */
    NOTE,
    /** Damage that a repair removes. */
    REPAIRABLE,
    /** Damage that was removed. */
    REPAIRED,
    /** Damage that we cannot remove. */
    LASTING
  }

  /**
   * Something that was found.
   *
   * @param place in the file
   * @param text what is wrong, and what a repair does about it
   */
  public record Finding(String place, String text, Verdict verdict) {}

  /**
   * What a check has found.
   *
   * @param more damage that is not listed
   */
  public record Report(Path file, ImageFormat format, List<Finding> findings, long more) {
    /** Whether there is damage now. */
    public boolean damaged() {
      return findings.stream()
          .anyMatch(f -> f.verdict == Verdict.REPAIRABLE || f.verdict == Verdict.LASTING);
    }
  }

  private final boolean repair;
  private final List<Finding> findings = new ArrayList<>();
  private long more;

  ImageCheck(boolean repair) {
    this.repair = repair;
  }

  /**
   * Checks {@code file}, and repairs it if {@code repair}.
   *
   * @throws ImageException if it cannot be read, or is in use
   */
  public static Report check(Path file, boolean repair, ParentSearch search) throws IOException {
    ImageBytes bytes =
        ImageFile.openBytes(
            file, repair ? ImageFile.Access.READ_WRITE : ImageFile.Access.READ_ONLY);
    try {
      ImageCheck check = new ImageCheck(repair);
      ImageFormat format = new VhdCheck(bytes, check, search).run();
      return new Report(file, format, List.copyOf(check.findings), check.more);
    } finally {
      bytes.close();
    }
  }

  boolean repairs() {
    return repair;
  }

  void note(String place, String text) {
    findings.add(new Finding(place, text, Verdict.NOTE));
  }

  /** Damage for which there is a remedy, which is applied if that is wanted. */
  void repairable(String place, String text) {
    add(new Finding(place, text, repair ? Verdict.REPAIRED : Verdict.REPAIRABLE));
  }

  void lasting(String place, String text) {
    add(new Finding(place, text, Verdict.LASTING));
  }

  private void add(Finding finding) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    } else {
      more++;
    }
  }
}
