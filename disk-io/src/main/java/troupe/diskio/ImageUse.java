package troupe.diskio;

/** What a drive expects of the image put into it. */
public enum ImageUse {
  HARD_DISK("a hard disk"),
  CD("a CD"),
  FLOPPY("a floppy disk");

  private final String noun;

  ImageUse(String noun) {
    this.noun = noun;
  }

  @Override
  public String toString() {
    return noun;
  }
}
