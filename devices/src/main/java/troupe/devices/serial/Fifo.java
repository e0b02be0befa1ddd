package troupe.devices.serial;

import troupe.devices.state.BadStateException;

/** Sixteen entries, first in first out. */
final class Fifo {
  static final int SIZE = 16;

  private final int[] entries = new int[SIZE];
  private int first;
  private int count;

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count == SIZE;
  }

  void clear() {
    first = 0;
    count = 0;
  }

  /** Appends; the caller has made sure of room. */
  void add(int entry) {
    entries[first + count & SIZE - 1] = entry;
    count++;
  }

  /** The oldest entry; the caller has made sure of one. */
  int peek() {
    return entries[first];
  }

  /** Leaves of the oldest entry only its low eight bits. */
  void clearErrorsOfFirst() {
    entries[first] &= 0xFF;
  }

  int remove() {
    int entry = entries[first];
    first = first + 1 & SIZE - 1;
    count--;
    return entry;
  }

  /** Whether any entry has one of {@code bits}. */
  boolean anyHas(int bits) {
    for (int i = 0; i < count; i++) {
      if ((entries[first + i & SIZE - 1] & bits) != 0) {
        return true;
      }
    }
    return false;
  }

  int[] save() {
    int[] saved = new int[count];
    for (int i = 0; i < count; i++) {
      saved[i] = entries[first + i & SIZE - 1];
    }
    return saved;
  }

  void restore(int[] saved, int bits) throws BadStateException {
    if (saved == null || saved.length > SIZE) {
      throw new BadStateException("16550: FIFO missing or longer than 16");
    }
    clear();
    for (int entry : saved) {
      add(entry & bits);
    }
  }
}
