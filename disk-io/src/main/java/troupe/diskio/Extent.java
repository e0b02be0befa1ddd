package troupe.diskio;

/**
 * Where sectors of an image are: one after the other in a file, or nowhere, so zeros.
 *
 * @param file null if nowhere
 * @param position byte of the file where the first is
 */
record Extent(ImageBytes file, long position, long sectors) {
  static Extent zeros(long sectors) {
    return new Extent(null, 0, sectors);
  }

  boolean isZeros() {
    return file == null;
  }
}
