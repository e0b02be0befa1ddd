package troupe.devices.vga;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The window against a model that follows the register descriptions plane by plane and bit by bit,
 * one byte at a time, with no short cut.
 */
class VideoMemoryPropertyTest {
  private static final int OPERATIONS = 60;

  @Property(tries = 400)
  void windowBehavesAsTheDescriptionsSay(@ForAll long seed) {
    Random random = new Random(seed);
    Adapter adapter = new Adapter();
    adapter.ports.write8(0x3C2, random.nextBoolean() ? 0x63 : 0x43);
    Model model = new Model();
    model.highPage = (adapter.ports.read8(0x3CC) & 0x20) != 0;
    for (int i = 0; i < OPERATIONS; i++) {
      if (random.nextInt(4) == 0) {
        registers(random, adapter, model);
      }
      // Few addresses, so that accesses meet, on both sides of the places where windows end.
      int offset = (random.nextInt(4) << 15) + random.nextInt(24) & 0x1_FFFF;
      int value = random.nextInt();
      switch (random.nextInt(6)) {
        case 0 -> {
          adapter.window.write8(offset, value & 0xFF);
          model.write(offset, value, 1);
        }
        case 1 -> {
          adapter.window.write16(offset, value & 0xFFFF);
          model.write(offset, value, 2);
        }
        case 2 -> {
          adapter.window.write32(offset, value);
          model.write(offset, value, 4);
        }
        case 3 -> assertEquals(model.read(offset, 1), adapter.window.read8(offset));
        case 4 -> assertEquals(model.read(offset, 2), adapter.window.read16(offset));
        default -> assertEquals(model.read(offset, 4), adapter.window.read32(offset));
      }
    }
    for (int address = 0; address < 0x1_0000; address++) {
      for (int plane = 0; plane < 4; plane++) {
        if (model.planes[plane][address] != adapter.linear.read8(4 * address + plane)) {
          assertEquals(
              model.planes[plane][address],
              adapter.linear.read8(4 * address + plane),
              "plane %d, address %x".formatted(plane, address));
        }
      }
    }
  }

  private static void registers(Random random, Adapter adapter, Model model) {
    int[] memoryModes = {0x06, 0x02, 0x0E, 0x0A};
    model.memoryMode = memoryModes[random.nextInt(4)];
    model.mapMask = random.nextInt(3) == 0 ? random.nextInt(16) : 0x0F;
    adapter.indexed(0x3C4, 4, model.memoryMode);
    adapter.indexed(0x3C4, 2, model.mapMask);
    boolean plain = random.nextBoolean();
    int[] gr = model.gr;
    gr[0] = random.nextInt(16);
    gr[1] = plain ? 0 : random.nextInt(16);
    gr[2] = random.nextInt(16);
    gr[3] = plain ? 0 : random.nextInt(32);
    gr[4] = random.nextInt(4);
    gr[5] = (plain ? 0 : random.nextInt(4)) | random.nextInt(4) << 3;
    gr[6] = random.nextInt(16);
    gr[7] = random.nextInt(16);
    gr[8] = plain ? 0xFF : random.nextInt(256);
    for (int i = 0; i < 9; i++) {
      adapter.indexed(0x3CE, i, gr[i]);
    }
  }

  /** The naive adapter: four planes of 64 KiB. */
  private static final class Model {
    final int[][] planes = new int[4][0x1_0000];
    final int[] latch = new int[4];
    final int[] gr = new int[9];
    int memoryMode;
    int mapMask;
    boolean highPage;

    int read(int offset, int size) {
      int value = 0;
      for (int i = 0; i < size; i++) {
        value |= read8(offset + i) << 8 * i;
      }
      return value;
    }

    void write(int offset, int value, int size) {
      for (int i = 0; i < size; i++) {
        write8(offset + i, value >>> 8 * i & 0xFF);
      }
    }

    private int map() {
      return gr[6] >> 2 & 3;
    }

    /** Address within the selected window, or -1. */
    private int decode(int offset) {
      return switch (map()) {
        case 0 -> offset < 0x2_0000 ? offset : -1;
        case 1 -> offset < 0x1_0000 ? offset : -1;
        case 2 -> offset >= 0x1_0000 && offset < 0x1_8000 ? offset - 0x1_0000 : -1;
        default -> offset >= 0x1_8000 && offset < 0x2_0000 ? offset - 0x1_8000 : -1;
      };
    }

    private boolean chain4() {
      return (memoryMode & 8) != 0;
    }

    private boolean oddEven() {
      return !chain4() && (memoryMode & 4) == 0;
    }

    private int planeAddress(int a) {
      if (chain4()) {
        return a & 0xFFFC | a >> 16;
      }
      if (oddEven() && (gr[6] & 2) != 0) {
        int page = map() == 0 ? a >> 16 : highPage ? 0 : 1;
        return a & 0xFFFE | page;
      }
      return a & 0xFFFF;
    }

    private int read8(int offset) {
      int a = decode(offset);
      if (a < 0) {
        return 0xFF;
      }
      int at = planeAddress(a);
      for (int plane = 0; plane < 4; plane++) {
        latch[plane] = planes[plane][at];
      }
      if (chain4()) {
        return latch[a & 3];
      }
      if ((gr[5] & 8) != 0) {
        int result = 0;
        for (int bit = 0; bit < 8; bit++) {
          boolean equal = true;
          for (int plane = 0; plane < 4; plane++) {
            boolean care = (gr[7] >> plane & 1) != 0;
            equal &= !care || (latch[plane] >> bit & 1) == (gr[2] >> plane & 1);
          }
          result |= equal ? 1 << bit : 0;
        }
        return result;
      }
      int plane = (gr[5] & 0x10) != 0 ? gr[4] & 2 | a & 1 : gr[4];
      return latch[plane];
    }

    private void write8(int offset, int value) {
      int a = decode(offset);
      if (a < 0) {
        return;
      }
      int at = planeAddress(a);
      int rotated = value;
      for (int i = 0; i < (gr[3] & 7); i++) {
        rotated = rotated >> 1 | (rotated & 1) << 7;
      }
      for (int plane = 0; plane < 4; plane++) {
        boolean reached = (mapMask >> plane & 1) != 0;
        if (chain4()) {
          reached &= (a & 3) == plane;
        } else if (oddEven()) {
          reached &= (a & 1) == (plane & 1);
        }
        if (reached) {
          int result = 0;
          for (int bit = 0; bit < 8; bit++) {
            result |= bit(plane, bit, value, rotated) << bit;
          }
          planes[plane][at] = result;
        }
      }
    }

    private int bit(int plane, int bit, int value, int rotated) {
      int old = latch[plane] >> bit & 1;
      int mode = gr[5] & 3;
      int data =
          switch (mode) {
            case 0 -> (gr[1] >> plane & 1) != 0 ? gr[0] >> plane & 1 : rotated >> bit & 1;
            case 1 -> old;
            case 2 -> value >> plane & 1;
            default -> gr[0] >> plane & 1;
          };
      if (mode == 1) {
        return old;
      }
      int mask = mode == 3 ? gr[8] & rotated : gr[8];
      int combined =
          switch (gr[3] >> 3) {
            case 0 -> data;
            case 1 -> data & old;
            case 2 -> data | old;
            default -> data ^ old;
          };
      return (mask >> bit & 1) != 0 ? combined : old;
    }
  }
}
