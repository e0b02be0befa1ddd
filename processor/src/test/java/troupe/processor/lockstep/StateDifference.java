package troupe.processor.lockstep;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import troupe.processor.ProcessorState;

/** Compares saved states component by component, whatever components there are. */
final class StateDifference {
  private static final ClassValue<RecordComponent[]> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
          RecordComponent[] components = type.getRecordComponents();
          for (RecordComponent component : components) {
            component.getAccessor().setAccessible(true);
          }
          return components;
        }
      };

  private final List<String> found = new ArrayList<>();

  private StateDifference() {}

  /** What differs, in words; empty if nothing does. */
  static String of(String nameA, ProcessorState a, String nameB, ProcessorState b) {
    StateDifference difference = new StateDifference();
    difference.compare("", a, b);
    return difference.found.isEmpty()
        ? ""
        : nameA + "/" + nameB + ": " + String.join(", ", difference.found);
  }

  private void compare(String name, Object a, Object b) {
    if (a instanceof Record) {
      for (RecordComponent component : COMPONENTS.get(a.getClass())) {
        compare(join(name, component.getName()), value(component, a), value(component, b));
      }
    } else if (a != null && a.getClass().isArray()) {
      for (int n = 0; n < Array.getLength(a); n++) {
        compare(name + "[" + n + "]", Array.get(a, n), Array.get(b, n));
      }
    } else if (!Objects.equals(a, b)) {
      found.add(name + " " + text(a) + "/" + text(b));
    }
  }

  private static String join(String name, String part) {
    return name.isEmpty() ? part : name + "." + part;
  }

  private static Object value(RecordComponent component, Object of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(Object value) {
    return switch (value) {
      case Integer i -> "%08X".formatted(i);
      case Long l -> "%016X".formatted(l);
      default -> String.valueOf(value);
    };
  }
}
