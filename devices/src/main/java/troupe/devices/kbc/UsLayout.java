package troupe.devices.kbc;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which key, with or without Shift, types a character on a US keyboard. */
public final class UsLayout {
  /** A key to strike, Shift held or not. */
  public record Stroke(Key key, boolean shift) {}

  private static final Key[] DIGITS = {
    Key.DIGIT_0, Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3, Key.DIGIT_4,
    Key.DIGIT_5, Key.DIGIT_6, Key.DIGIT_7, Key.DIGIT_8, Key.DIGIT_9
  };

  private static final Map<Character, Stroke> STROKES = strokes();

  private UsLayout() {}

  /** The stroke that types {@code character}, or empty when this keyboard has none. */
  public static Optional<Stroke> stroke(char character) {
    return Optional.ofNullable(STROKES.get(character));
  }

  private static Map<Character, Stroke> strokes() {
    Map<Character, Stroke> map = new HashMap<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      both(
          map,
          letter,
          Character.toUpperCase(letter),
          Key.valueOf("" + Character.toUpperCase(letter)));
    }
    for (int digit = 0; digit <= 9; digit++) {
      both(map, (char) ('0' + digit), ")!@#$%^&*(".charAt(digit), DIGITS[digit]);
    }
    both(map, '`', '~', Key.GRAVE);
    both(map, '-', '_', Key.MINUS);
    both(map, '=', '+', Key.EQUAL);
    both(map, '\\', '|', Key.BACKSLASH);
    both(map, '[', '{', Key.LEFT_BRACKET);
    both(map, ']', '}', Key.RIGHT_BRACKET);
    both(map, ';', ':', Key.SEMICOLON);
    both(map, '\'', '"', Key.APOSTROPHE);
    both(map, ',', '<', Key.COMMA);
    both(map, '.', '>', Key.PERIOD);
    both(map, '/', '?', Key.SLASH);
    map.put(' ', new Stroke(Key.SPACE, false));
    map.put('\t', new Stroke(Key.TAB, false));
    map.put('\n', new Stroke(Key.ENTER, false));
    map.put('\r', new Stroke(Key.ENTER, false));
    map.put('\b', new Stroke(Key.BACKSPACE, false));
    map.put('\u001B', new Stroke(Key.ESCAPE, false));
    return Map.copyOf(map);
  }

  private static void both(Map<Character, Stroke> map, char plain, char shifted, Key key) {
    map.put(plain, new Stroke(key, false));
    map.put(shifted, new Stroke(key, true));
  }
}
