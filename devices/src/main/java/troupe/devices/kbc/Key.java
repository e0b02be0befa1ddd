package troupe.devices.kbc;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of a 104-key keyboard (and the extra one of 105 keys), with their make codes in scan
 * code sets 2 and 3 ([IBM PS/2 TR] Keyboard, Scan Codes). Bit 8 of a set 2 code stands for the
 * prefix E0h.
 */
public enum Key {
  A(0x1C, 0x1C),
  B(0x32, 0x32),
  C(0x21, 0x21),
  D(0x23, 0x23),
  E(0x24, 0x24),
  F(0x2B, 0x2B),
  G(0x34, 0x34),
  H(0x33, 0x33),
  I(0x43, 0x43),
  J(0x3B, 0x3B),
  K(0x42, 0x42),
  L(0x4B, 0x4B),
  M(0x3A, 0x3A),
  N(0x31, 0x31),
  O(0x44, 0x44),
  P(0x4D, 0x4D),
  Q(0x15, 0x15),
  R(0x2D, 0x2D),
  S(0x1B, 0x1B),
  T(0x2C, 0x2C),
  U(0x3C, 0x3C),
  V(0x2A, 0x2A),
  W(0x1D, 0x1D),
  X(0x22, 0x22),
  Y(0x35, 0x35),
  Z(0x1A, 0x1A),
  DIGIT_0("0", 0x45, 0x45),
  DIGIT_1("1", 0x16, 0x16),
  DIGIT_2("2", 0x1E, 0x1E),
  DIGIT_3("3", 0x26, 0x26),
  DIGIT_4("4", 0x25, 0x25),
  DIGIT_5("5", 0x2E, 0x2E),
  DIGIT_6("6", 0x36, 0x36),
  DIGIT_7("7", 0x3D, 0x3D),
  DIGIT_8("8", 0x3E, 0x3E),
  DIGIT_9("9", 0x46, 0x46),
  GRAVE(0x0E, 0x0E),
  MINUS(0x4E, 0x4E),
  EQUAL(0x55, 0x55),
  BACKSLASH(0x5D, 0x5C),
  LEFT_BRACKET(0x54, 0x54),
  RIGHT_BRACKET(0x5B, 0x5B),
  SEMICOLON(0x4C, 0x4C),
  APOSTROPHE(0x52, 0x52),
  COMMA(0x41, 0x41),
  PERIOD(0x49, 0x49),
  SLASH(0x4A, 0x4A),
  NON_US_BACKSLASH(0x61, 0x13),
  SPACE(0x29, 0x29),
  TAB(0x0D, 0x0D),
  ENTER(0x5A, 0x5A),
  BACKSPACE(0x66, 0x66),
  ESCAPE(0x76, 0x08),
  CAPS_LOCK(0x58, 0x14),
  SHIFT(0x12, 0x12),
  RIGHT_SHIFT(0x59, 0x59),
  CTRL(0x14, 0x11),
  RIGHT_CTRL(0x114, 0x58),
  ALT(0x11, 0x19),
  RIGHT_ALT(0x111, 0x39),
  LEFT_WINDOWS(0x11F, 0x8B),
  RIGHT_WINDOWS(0x127, 0x8C),
  MENU(0x12F, 0x8D),
  F1(0x05, 0x07),
  F2(0x06, 0x0F),
  F3(0x04, 0x17),
  F4(0x0C, 0x1F),
  F5(0x03, 0x27),
  F6(0x0B, 0x2F),
  F7(0x83, 0x37),
  F8(0x0A, 0x3F),
  F9(0x01, 0x47),
  F10(0x09, 0x4F),
  F11(0x78, 0x56),
  F12(0x07, 0x5E),
  /** Its codes depend on Alt; the one here is the last byte of the usual sequence. */
  PRINT_SCREEN(0x17C, 0x57),
  SCROLL_LOCK(0x7E, 0x5F),
  /** Has no break code in sets 1 and 2, and its codes depend on Ctrl. */
  PAUSE(0x77, 0x62),
  INSERT(0x170, 0x67),
  DELETE(0x171, 0x64),
  HOME(0x16C, 0x6E),
  END(0x169, 0x65),
  PAGE_UP(0x17D, 0x6F),
  PAGE_DOWN(0x17A, 0x6D),
  UP(0x175, 0x63),
  DOWN(0x172, 0x60),
  LEFT(0x16B, 0x61),
  RIGHT(0x174, 0x6A),
  NUM_LOCK(0x77, 0x76),
  KEYPAD_DIVIDE(0x14A, 0x77),
  KEYPAD_MULTIPLY(0x7C, 0x7E),
  KEYPAD_MINUS(0x7B, 0x84),
  KEYPAD_PLUS(0x79, 0x7C),
  KEYPAD_ENTER(0x15A, 0x79),
  KEYPAD_PERIOD(0x71, 0x71),
  KEYPAD_0(0x70, 0x70),
  KEYPAD_1(0x69, 0x69),
  KEYPAD_2(0x72, 0x72),
  KEYPAD_3(0x7A, 0x7A),
  KEYPAD_4(0x6B, 0x6B),
  KEYPAD_5(0x73, 0x73),
  KEYPAD_6(0x74, 0x74),
  KEYPAD_7(0x6C, 0x6C),
  KEYPAD_8(0x75, 0x75),
  KEYPAD_9(0x7D, 0x7D);

  private static final Map<String, Key> BY_NAME = byName();

  private final String scriptName;
  private final int set2;
  private final int set3;

  Key(int set2, int set3) {
    this(null, set2, set3);
  }

  Key(String scriptName, int set2, int set3) {
    this.scriptName = scriptName != null ? scriptName : name().toLowerCase(java.util.Locale.ROOT);
    this.set2 = set2;
    this.set3 = set3;
  }

  /** The name in scripts: {@code a}, {@code 1}, {@code f1}, {@code ctrl}, {@code page_up} … */
  public String scriptName() {
    return scriptName;
  }

  /**
   * The key of a script's name, in any case; {@code -} may stand for {@code _}, and the usual short
   * forms ({@code esc}, {@code del}, {@code return} …) are known.
   */
  public static Optional<Key> named(String name) {
    String plain = name.toLowerCase(java.util.Locale.ROOT).replace('-', '_');
    return Optional.ofNullable(BY_NAME.get(plain));
  }

  int set2() {
    return set2;
  }

  int set3() {
    return set3;
  }

  private static Map<String, Key> byName() {
    Map<String, Key> names = new HashMap<>();
    for (Key key : values()) {
      names.put(key.scriptName, key);
    }
    names.put("esc", ESCAPE);
    names.put("del", DELETE);
    names.put("ins", INSERT);
    names.put("return", ENTER);
    names.put("control", CTRL);
    names.put("left_ctrl", CTRL);
    names.put("left_alt", ALT);
    names.put("left_shift", SHIFT);
    names.put("altgr", RIGHT_ALT);
    names.put("win", LEFT_WINDOWS);
    names.put("pageup", PAGE_UP);
    names.put("pgup", PAGE_UP);
    names.put("pagedown", PAGE_DOWN);
    names.put("pgdn", PAGE_DOWN);
    names.put("capslock", CAPS_LOCK);
    names.put("numlock", NUM_LOCK);
    names.put("scrolllock", SCROLL_LOCK);
    names.put("printscreen", PRINT_SCREEN);
    names.put("break", PAUSE);
    names.put("dot", PERIOD);
    names.put("equals", EQUAL);
    return Map.copyOf(names);
  }
}
