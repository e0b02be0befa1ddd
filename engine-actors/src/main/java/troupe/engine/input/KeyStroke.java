package troupe.engine.input;

import java.util.ArrayList;
import java.util.List;

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
          Key.byLabel(name)
              .orElseThrow(
                  () -> new IllegalArgumentException("there is no key \"%s\"".formatted(name))));
    }
    return new KeyStroke(keys);
  }
}
