package troupe.devices.vga;

/**
 * One BIOS video mode: what the BIOS data area says of it and the values of all VGA registers, in
 * the parts of an entry of the IBM video parameter table ([IBM VGA] Video BIOS parameter tables).
 *
 * @param number BIOS mode number, 0 to 13h
 * @param text whether it is alphanumeric
 * @param columns characters a row
 * @param rows character rows on the screen
 * @param cellHeight scan lines of a character
 * @param pageBytes size of a display page in the CPU's window
 * @param segment real-mode segment of the window: A000h, B000h or B800h
 * @param palette which colours the BIOS loads into the DAC
 * @param miscellaneous Miscellaneous Output register
 * @param sequencer registers SR1 to SR4
 * @param crtc registers CR0 to CR18
 * @param attribute registers AR0 to AR13
 * @param graphics registers GR0 to GR8
 */
public record VgaMode(
    int number,
    boolean text,
    int columns,
    int rows,
    int cellHeight,
    int pageBytes,
    int segment,
    VgaPalette palette,
    int miscellaneous,
    byte[] sequencer,
    byte[] crtc,
    byte[] attribute,
    byte[] graphics) {
  /** Bytes of an entry of the video parameter table. */
  public static final int TABLE_ENTRY_BYTES = 64;

  public VgaMode {
    check(sequencer, 4);
    check(crtc, 25);
    check(attribute, 20);
    check(graphics, 9);
  }

  private static void check(byte[] registers, int count) {
    if (registers.length != count) {
      throw new IllegalArgumentException(registers.length + " registers, not " + count);
    }
  }

  /** This mode as an entry of the video parameter table that the BIOS save pointer leads to. */
  public byte[] tableEntry() {
    byte[] entry = new byte[TABLE_ENTRY_BYTES];
    entry[0] = (byte) columns;
    entry[1] = (byte) (rows - 1);
    entry[2] = (byte) cellHeight;
    entry[3] = (byte) pageBytes;
    entry[4] = (byte) (pageBytes >> 8);
    System.arraycopy(sequencer, 0, entry, 5, 4);
    entry[9] = (byte) miscellaneous;
    System.arraycopy(crtc, 0, entry, 10, 25);
    System.arraycopy(attribute, 0, entry, 35, 20);
    System.arraycopy(graphics, 0, entry, 55, 9);
    return entry;
  }
}
