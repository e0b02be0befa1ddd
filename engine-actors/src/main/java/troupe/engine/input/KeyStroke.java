package troupe.engine.input;

import java.util.ArrayList;
import java.util.List;
import troupe.devices.kbc.Key;
import troupe.devices.kbc.UsLayout;

/**
 * Keys pressed together and released in the opposite order.
 *
 * @param keys in the order in which they are pressed
 */
public record KeyStroke(List<Key> keys) {
  public KeyStroke {
    keys = List.copyOf(keys);
  }

  /**
   * Reads names joined by hyphens, as {@code ctrl-alt-delete}.
   *
   * @throws IllegalArgumentException names the key that there is not
   */
  public static KeyStroke parse(String names) {
    List<Key> keys = new ArrayList<>();
    for (String name : names.split("-", -1)) {
      keys.add(
          Key.named(name)
              .orElseThrow(
                  () -> new IllegalArgumentException("there is no key \"%s\"".formatted(name))));
    }
    return new KeyStroke(keys);
  }

  /**
   * The strokes that type {@code text} on a US keyboard.
   *
   * @throws IllegalArgumentException names a character that the keyboard has not
   */
  public static List<KeyStroke> typing(String text) {
    List<KeyStroke> result = new ArrayList<>(text.length());
    for (char c : text.toCharArray()) {
      UsLayout.Stroke stroke =
          UsLayout.stroke(c)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no key of a US keyboard types U+%04X".formatted((int) c)));
      result.add(
          new KeyStroke(stroke.shift() ? List.of(Key.SHIFT, stroke.key()) : List.of(stroke.key())));
    }
    return result;
  }
}
