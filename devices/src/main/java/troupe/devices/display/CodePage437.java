package troupe.devices.display;

/** The character set of the PC's character generator, as Unicode. */
public final class CodePage437 {
  private static final String CHARACTERS =
      " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
          + " !\"#$%&'()*+,-./0123456789:;<=>?"
          + "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"
          + "`abcdefghijklmnopqrstuvwxyz{|}~⌂"
          + "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
          + "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
          + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
          + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";

  private CodePage437() {}

  /** What the screen shows for code {@code code}, 0 to FFh; 0 and FFh are blank. */
  public static char character(int code) {
    return CHARACTERS.charAt(code);
  }
}
