package troupe.devices.kbc;

import troupe.devices.state.BadStateException;

/** A bounded queue of bytes. */
final class ByteQueue {
  private final byte[] bytes;
  private int first;
  private int count;

  ByteQueue(int capacity) {
    bytes = new byte[capacity];
  }

  boolean isEmpty() {
    return count == 0;
  }

  int room() {
    return bytes.length - count;
  }

  void clear() {
    first = 0;
    count = 0;
  }

  /** Appends a byte; one that finds no room is lost. */
  void add(int value) {
    if (count < bytes.length) {
      bytes[(first + count) % bytes.length] = (byte) value;
      count++;
    }
  }

  /** The oldest byte; the caller has made sure of one. */
  int remove() {
    int value = bytes[first] & 0xFF;
    first = (first + 1) % bytes.length;
    count--;
    return value;
  }

  byte[] save() {
    byte[] saved = new byte[count];
    for (int i = 0; i < count; i++) {
      saved[i] = bytes[(first + i) % bytes.length];
    }
    return saved;
  }

  void restore(byte[] saved) throws BadStateException {
    if (saved == null || saved.length > bytes.length) {
      throw new BadStateException("8042: queue missing or longer than " + bytes.length);
    }
    clear();
    for (byte value : saved) {
      add(value);
    }
  }
}
