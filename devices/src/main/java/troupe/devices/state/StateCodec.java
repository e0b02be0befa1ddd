package troupe.devices.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The one form in which state is kept: records, written as a list of (component name, type, value).
 * Names rather than positions, so that a field may be added (older files then give it zero, null or
 * an empty list) or moved; a name that the record does not have is refused, as is any value of
 * another type than the record's.
 *
 * <p>A component may be an int, long, boolean, double, String, byte[], int[], long[], an enum (by
 * name), a record, or a List of records. Null is allowed for references. Sizes read from a file are
 * checked against what is left of it before anything is allocated.
 */
public final class StateCodec {
  private static final int MAX_DEPTH = 16;

  private StateCodec() {}

  /** Encodes {@code state}. */
  public static byte[] encode(Record state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writeRecord(out, state);
    } catch (IOException e) {
      throw new AssertionError("a byte array does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** Decodes a {@code type} from {@code bytes}, which are not trusted. */
  public static <T extends Record> T decode(Class<T> type, byte[] bytes) throws BadStateException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      T state = readRecord(in, type, 0);
      if (in.available() != 0) {
        throw new BadStateException(in.available() + " bytes left over after the state");
      }
      return state;
    } catch (IOException e) {
      throw new BadStateException("saved state ends too early");
    }
  }

  private static void writeRecord(DataOutputStream out, Record state) throws IOException {
    RecordComponent[] components = state.getClass().getRecordComponents();
    out.writeShort(components.length);
    for (RecordComponent component : components) {
      out.writeUTF(component.getName());
      writeValue(out, get(component, state));
    }
  }

  private static Object get(RecordComponent component, Record state) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(state);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static void writeValue(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case null -> out.writeByte('0');
      case Integer i -> {
        out.writeByte('I');
        out.writeInt(i);
      }
      case Long l -> {
        out.writeByte('J');
        out.writeLong(l);
      }
      case Boolean b -> {
        out.writeByte('Z');
        out.writeBoolean(b);
      }
      case Double d -> {
        out.writeByte('D');
        out.writeDouble(d);
      }
      case String s -> {
        out.writeByte('S');
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
      case Enum<?> e -> {
        out.writeByte('E');
        out.writeUTF(e.name());
      }
      case byte[] a -> {
        out.writeByte('b');
        out.writeInt(a.length);
        out.write(a);
      }
      case int[] a -> {
        out.writeByte('i');
        out.writeInt(a.length);
        for (int i : a) {
          out.writeInt(i);
        }
      }
      case long[] a -> {
        out.writeByte('j');
        out.writeInt(a.length);
        for (long l : a) {
          out.writeLong(l);
        }
      }
      case List<?> list -> {
        out.writeByte('L');
        out.writeInt(list.size());
        for (Object element : list) {
          writeRecord(out, (Record) element);
        }
      }
      case Record r -> {
        out.writeByte('R');
        writeRecord(out, r);
      }
      default ->
          throw new IllegalArgumentException("not a type for saved state: " + value.getClass());
    }
  }

  private static <T extends Record> T readRecord(DataInputStream in, Class<T> type, int depth)
      throws IOException, BadStateException {
    if (depth > MAX_DEPTH) {
      throw new BadStateException("state nested too deeply");
    }
    RecordComponent[] components = type.getRecordComponents();
    Map<String, Integer> index = new HashMap<>();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      index.put(components[i].getName(), i);
      types[i] = components[i].getType();
      values[i] = zero(types[i]);
    }
    for (int count = in.readUnsignedShort(); count > 0; count--) {
      String name = in.readUTF();
      Integer i = index.get(name);
      if (i == null) {
        throw new BadStateException(type.getSimpleName() + " has no field " + name);
      }
      values[i] = readValue(in, types[i], components[i].getGenericType(), name, depth);
    }
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new BadStateException(type.getSimpleName() + ": " + e.getCause().getMessage());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    }
  }

  private static Object zero(Class<?> type) {
    if (type == int.class) {
      return 0;
    } else if (type == long.class) {
      return 0L;
    } else if (type == boolean.class) {
      return false;
    } else if (type == double.class) {
      return 0.0;
    } else if (type == List.class) {
      return List.of();
    }
    return null;
  }

  private static Object readValue(
      DataInputStream in, Class<?> type, Type generic, String name, int depth)
      throws IOException, BadStateException {
    int tag = in.readUnsignedByte();
    if (tag == '0' && !type.isPrimitive()) {
      return null;
    }
    if (tag == 'I' && type == int.class) {
      return in.readInt();
    } else if (tag == 'J' && type == long.class) {
      return in.readLong();
    } else if (tag == 'Z' && type == boolean.class) {
      return in.readBoolean();
    } else if (tag == 'D' && type == double.class) {
      return in.readDouble();
    } else if (tag == 'S' && type == String.class) {
      return new String(in.readNBytes(length(in, 1, name)), StandardCharsets.UTF_8);
    } else if (tag == 'E' && type.isEnum()) {
      String constant = in.readUTF();
      for (Object candidate : type.getEnumConstants()) {
        if (((Enum<?>) candidate).name().equals(constant)) {
          return candidate;
        }
      }
      throw new BadStateException(name + " has no value " + constant);
    } else if (tag == 'b' && type == byte[].class) {
      return in.readNBytes(length(in, 1, name));
    } else if (tag == 'i' && type == int[].class) {
      int[] a = new int[length(in, Integer.BYTES, name)];
      for (int i = 0; i < a.length; i++) {
        a[i] = in.readInt();
      }
      return a;
    } else if (tag == 'j' && type == long[].class) {
      long[] a = new long[length(in, Long.BYTES, name)];
      for (int i = 0; i < a.length; i++) {
        a[i] = in.readLong();
      }
      return a;
    } else if (tag == 'L' && type == List.class) {
      Class<? extends Record> element =
          ((Class<?>) ((ParameterizedType) generic).getActualTypeArguments()[0])
              .asSubclass(Record.class);
      int size = length(in, Short.BYTES, name);
      List<Record> list = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        list.add(readRecord(in, element, depth + 1));
      }
      return List.copyOf(list);
    } else if (tag == 'R' && type.isRecord()) {
      return readRecord(in, type.asSubclass(Record.class), depth + 1);
    }
    throw new BadStateException("field " + name + " has another type than " + type.getSimpleName());
  }

  private static int length(DataInputStream in, int elementSize, String name)
      throws IOException, BadStateException {
    int length = in.readInt();
    if (length < 0 || length > in.available() / elementSize) {
      throw new BadStateException("field " + name + " is longer than the state");
    }
    return length;
  }
}
