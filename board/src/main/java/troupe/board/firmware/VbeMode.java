package troupe.board.firmware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A VBE mode ([VBE] 2.0, Function 01h).
 *
 * @param number VESA mode number; those from 140h are our own
 * @param width pixels of a line
 * @param height lines
 * @param bits bits a pixel: 4, 8, 15, 16, 24 or 32
 */
record VbeMode(int number, int width, int height, int bits) {
  private static final int[][] SIZES = {
    {320, 200}, {640, 480}, {800, 600}, {1024, 768}, {1280, 1024}, {1600, 1200}
  };
  private static final List<VbeMode> ALL = list();

  private static List<VbeMode> list() {
    List<VbeMode> modes = new ArrayList<>();
    modes.add(new VbeMode(0x100, 640, 400, 8));
    modes.add(new VbeMode(0x101, 640, 480, 8));
    modes.add(new VbeMode(0x102, 800, 600, 4));
    modes.add(new VbeMode(0x103, 800, 600, 8));
    modes.add(new VbeMode(0x105, 1024, 768, 8));
    modes.add(new VbeMode(0x107, 1280, 1024, 8));
    for (int i = 0; i < 5; i++) {
      int[] depths = {15, 16, 24};
      for (int j = 0; j < 3; j++) {
        modes.add(new VbeMode(0x10D + 3 * i + j, SIZES[i][0], SIZES[i][1], depths[j]));
      }
    }
    modes.add(new VbeMode(0x140, 320, 200, 32));
    modes.add(new VbeMode(0x141, 640, 400, 32));
    for (int i = 1; i < SIZES.length; i++) {
      modes.add(new VbeMode(0x141 + i, SIZES[i][0], SIZES[i][1], 32));
    }
    return List.copyOf(modes);
  }

  /** Modes that fit into {@code memory} bytes of video memory. */
  static List<VbeMode> fitting(int memory) {
    return ALL.stream().filter(mode -> mode.bytes() <= memory).toList();
  }

  static Optional<VbeMode> of(int number, int memory) {
    return fitting(memory).stream().filter(mode -> mode.number == number).findFirst();
  }

  /** Bytes from one line to the next; in each plane with 4 bits. */
  int pitch() {
    return bits == 4 ? width / 8 : width * ((bits + 7) / 8);
  }

  int bytes() {
    return pitch() * height * (bits == 4 ? 4 : 1);
  }
}
