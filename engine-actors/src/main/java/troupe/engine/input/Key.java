package troupe.engine.input;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The keys of a 102-key PC keyboard, with their scan codes in set 1 ([IBM AT] Keyboard). */
public enum Key {
  ESCAPE("escape", 0x01),
  DIGIT_1("1", 0x02),
  DIGIT_2("2", 0x03),
  DIGIT_3("3", 0x04),
  DIGIT_4("4", 0x05),
  DIGIT_5("5", 0x06),
  DIGIT_6("6", 0x07),
  DIGIT_7("7", 0x08),
  DIGIT_8("8", 0x09),
  DIGIT_9("9", 0x0A),
  DIGIT_0("0", 0x0B),
  MINUS("minus", 0x0C),
  EQUALS("equals", 0x0D),
  BACKSPACE("backspace", 0x0E),
  TAB("tab", 0x0F),
  Q("q", 0x10),
  W("w", 0x11),
  E("e", 0x12),
  R("r", 0x13),
  T("t", 0x14),
  Y("y", 0x15),
  U("u", 0x16),
  I("i", 0x17),
  O("o", 0x18),
  P("p", 0x19),
  LEFT_BRACKET("leftbracket", 0x1A),
  RIGHT_BRACKET("rightbracket", 0x1B),
  ENTER("enter", 0x1C),
  LEFT_CTRL("ctrl", 0x1D),
  A("a", 0x1E),
  S("s", 0x1F),
  D("d", 0x20),
  F("f", 0x21),
  G("g", 0x22),
  H("h", 0x23),
  J("j", 0x24),
  K("k", 0x25),
  L("l", 0x26),
  SEMICOLON("semicolon", 0x27),
  APOSTROPHE("apostrophe", 0x28),
  GRAVE("grave", 0x29),
  LEFT_SHIFT("shift", 0x2A),
  BACKSLASH("backslash", 0x2B),
  Z("z", 0x2C),
  X("x", 0x2D),
  C("c", 0x2E),
  V("v", 0x2F),
  B("b", 0x30),
  N("n", 0x31),
  M("m", 0x32),
  COMMA("comma", 0x33),
  PERIOD("period", 0x34),
  SLASH("slash", 0x35),
  RIGHT_SHIFT("rightshift", 0x36),
  KEYPAD_MULTIPLY("kpmultiply", 0x37),
  LEFT_ALT("alt", 0x38),
  SPACE("space", 0x39),
  CAPS_LOCK("capslock", 0x3A),
  F1("f1", 0x3B),
  F2("f2", 0x3C),
  F3("f3", 0x3D),
  F4("f4", 0x3E),
  F5("f5", 0x3F),
  F6("f6", 0x40),
  F7("f7", 0x41),
  F8("f8", 0x42),
  F9("f9", 0x43),
  F10("f10", 0x44),
  NUM_LOCK("numlock", 0x45),
  SCROLL_LOCK("scrolllock", 0x46),
  KEYPAD_7("kp7", 0x47),
  KEYPAD_8("kp8", 0x48),
  KEYPAD_9("kp9", 0x49),
  KEYPAD_MINUS("kpminus", 0x4A),
  KEYPAD_4("kp4", 0x4B),
  KEYPAD_5("kp5", 0x4C),
  KEYPAD_6("kp6", 0x4D),
  KEYPAD_PLUS("kpplus", 0x4E),
  KEYPAD_1("kp1", 0x4F),
  KEYPAD_2("kp2", 0x50),
  KEYPAD_3("kp3", 0x51),
  KEYPAD_0("kp0", 0x52),
  KEYPAD_PERIOD("kpperiod", 0x53),
  LESS("less", 0x56),
  F11("f11", 0x57),
  F12("f12", 0x58),
  KEYPAD_ENTER("kpenter", 0x1C, true),
  RIGHT_CTRL("rightctrl", 0x1D, true),
  KEYPAD_DIVIDE("kpdivide", 0x35, true),
  PRINT_SCREEN("printscreen", 0x37, true),
  RIGHT_ALT("rightalt", 0x38, true),
  HOME("home", 0x47, true),
  UP("up", 0x48, true),
  PAGE_UP("pageup", 0x49, true),
  LEFT("left", 0x4B, true),
  RIGHT("right", 0x4D, true),
  END("end", 0x4F, true),
  DOWN("down", 0x50, true),
  PAGE_DOWN("pagedown", 0x51, true),
  INSERT("insert", 0x52, true),
  DELETE("delete", 0x53, true),
  LEFT_META("meta", 0x5B, true),
  RIGHT_META("rightmeta", 0x5C, true),
  MENU("menu", 0x5D, true),
  /** Sends E1 1D 45 in set 1, and nothing when released. */
  PAUSE("pause", 0x45);

  private static final Map<String, Key> BY_LABEL =
      Stream.of(values()).collect(Collectors.toMap(Key::label, Function.identity()));

  /** Other names that people use. */
  private static final Map<String, Key> ALIASES =
      Map.of(
          "esc", ESCAPE,
          "ret", ENTER,
          "return", ENTER,
          "del", DELETE,
          "ins", INSERT,
          "control", LEFT_CTRL,
          "pgup", PAGE_UP,
          "pgdn", PAGE_DOWN,
          "spc", SPACE,
          "win", LEFT_META);

  private final String label;
  private final int code;
  private final boolean extended;

  Key(String label, int code) {
    this(label, code, false);
  }

  Key(String label, int code, boolean extended) {
    this.label = label;
    this.code = code;
    this.extended = extended;
  }

  /** The name in scripts: lower case, no blanks. */
  public String label() {
    return label;
  }

  /** Scan code in set 1, without the E0 prefix. */
  public int set1Code() {
    return code;
  }

  /** Whether the scan code has the prefix E0. */
  public boolean extended() {
    return extended;
  }

  /** The key of that name, in any case. */
  public static Optional<Key> byLabel(String label) {
    String wanted = label.toLowerCase(Locale.ROOT);
    return Optional.ofNullable(BY_LABEL.getOrDefault(wanted, ALIASES.get(wanted)));
  }
}
