package troupe.diskio;

/** What a disk can be made into that stands for itself. */
public enum DiskKind {
  /** Sectors and nothing else. */
  RAW,
  FIXED,
  DYNAMIC
}
