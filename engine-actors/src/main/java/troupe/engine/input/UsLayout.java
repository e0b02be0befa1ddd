package troupe.engine.input;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What to press for a character on a keyboard with the US layout. */
public final class UsLayout {
  private static final String PLAIN = "1234567890-=[];'`\\,./ \t\n\b\u001b";
  private static final List<Key> PLAIN_KEYS =
      List.of(
          Key.DIGIT_1,
          Key.DIGIT_2,
          Key.DIGIT_3,
          Key.DIGIT_4,
          Key.DIGIT_5,
          Key.DIGIT_6,
          Key.DIGIT_7,
          Key.DIGIT_8,
          Key.DIGIT_9,
          Key.DIGIT_0,
          Key.MINUS,
          Key.EQUALS,
          Key.LEFT_BRACKET,
          Key.RIGHT_BRACKET,
          Key.SEMICOLON,
          Key.APOSTROPHE,
          Key.GRAVE,
          Key.BACKSLASH,
          Key.COMMA,
          Key.PERIOD,
          Key.SLASH,
          Key.SPACE,
          Key.TAB,
          Key.ENTER,
          Key.BACKSPACE,
          Key.ESCAPE);

  /** The shifted characters of the first keys above, in the same order. */
  private static final String SHIFTED = "!@#$%^&*()_+{}:\"~|<>?";

  private static final Map<Character, KeyStroke> STROKES = strokes();

  private UsLayout() {}

  /**
   * The strokes that type {@code text}.
   *
   * @throws IllegalArgumentException names a character that the layout has not
   */
  public static List<KeyStroke> strokes(String text) {
    List<KeyStroke> result = new ArrayList<>(text.length());
    for (char c : text.toCharArray()) {
      KeyStroke stroke = STROKES.get(c == '\r' ? '\n' : c);
      if (stroke == null) {
        throw new IllegalArgumentException(
            "no key of the US layout types U+%04X".formatted((int) c));
      }
      result.add(stroke);
    }
    return result;
  }

  private static Map<Character, KeyStroke> strokes() {
    Map<Character, KeyStroke> strokes = new HashMap<>();
    for (int i = 0; i < PLAIN.length(); i++) {
      strokes.put(PLAIN.charAt(i), new KeyStroke(List.of(PLAIN_KEYS.get(i))));
    }
    for (int i = 0; i < SHIFTED.length(); i++) {
      strokes.put(SHIFTED.charAt(i), new KeyStroke(List.of(Key.LEFT_SHIFT, PLAIN_KEYS.get(i))));
    }
    for (char c = 'a'; c <= 'z'; c++) {
      Key key = Key.byLabel(String.valueOf(c)).orElseThrow();
      strokes.put(c, new KeyStroke(List.of(key)));
      strokes.put(Character.toUpperCase(c), new KeyStroke(List.of(Key.LEFT_SHIFT, key)));
    }
    return Map.copyOf(strokes);
  }
}
