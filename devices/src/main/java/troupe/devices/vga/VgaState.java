package troupe.devices.vga;

import java.util.Arrays;
import troupe.devices.state.BadStateException;

/**
 * Saved state of the {@link Vga}.
 *
 * @param miscellaneous Miscellaneous Output
 * @param feature Feature Control
 * @param subsystemEnabled bit 0 of 3C3h
 * @param attribute its index includes the palette address source
 * @param attributeDataNext the flip-flop of 3C0h
 * @param s3Crtc extended CRT controller registers, 100h values
 * @param s3Sequencer extended sequencer registers, 20h values
 * @param latches bytes of planes 0 to 3, plane 0 lowest
 */
public record VgaState(
    int miscellaneous,
    int feature,
    boolean subsystemEnabled,
    Registers sequencer,
    Registers crtc,
    Registers graphics,
    Registers attribute,
    boolean attributeDataNext,
    DacState dac,
    Registers dispi,
    int[] s3Crtc,
    int[] s3Sequencer,
    int latches,
    MemoryState memory) {

  /** An index register and what it selects from. */
  public record Registers(int index, int[] values) {}

  /** The DAC; {@code colours} are 256 times red, green and blue. */
  public record DacState(
      int mask,
      int writeIndex,
      int readIndex,
      boolean reading,
      int part,
      byte[] pending,
      boolean eightBits,
      byte[] colours) {

    static DacState of(Dac dac) {
      return new DacState(
          dac.mask,
          dac.writeIndex,
          dac.readIndex,
          dac.state != 0,
          dac.part,
          dac.pending.clone(),
          dac.eightBits,
          dac.colours.clone());
    }

    void into(Dac dac) {
      dac.mask = mask & 0xFF;
      if (reading) {
        dac.setReadIndex(readIndex & 0xFF);
        dac.writeIndex = writeIndex & 0xFF;
      } else {
        dac.setWriteIndex(writeIndex & 0xFF);
        dac.readIndex = readIndex & 0xFF;
      }
      dac.part = part;
      dac.eightBits = eightBits;
      System.arraycopy(pending, 0, dac.pending, 0, pending.length);
      System.arraycopy(colours, 0, dac.colours, 0, colours.length);
    }
  }

  /** The pages of video memory that are not all zero: their numbers, rising, and their bytes. */
  public record MemoryState(int[] pages, byte[] bytes) {
    private static final int PAGE_BYTES = 4096;

    static MemoryState of(byte[] memory) {
      int[] pages = new int[memory.length / PAGE_BYTES];
      int count = 0;
      for (int page = 0; page < pages.length; page++) {
        if (!isZero(memory, page * PAGE_BYTES)) {
          pages[count++] = page;
        }
      }
      byte[] bytes = new byte[count * PAGE_BYTES];
      for (int i = 0; i < count; i++) {
        System.arraycopy(memory, pages[i] * PAGE_BYTES, bytes, i * PAGE_BYTES, PAGE_BYTES);
      }
      return new MemoryState(Arrays.copyOf(pages, count), bytes);
    }

    private static boolean isZero(byte[] memory, int start) {
      for (int i = start; i < start + PAGE_BYTES; i++) {
        if (memory[i] != 0) {
          return false;
        }
      }
      return true;
    }

    void into(byte[] memory) {
      Arrays.fill(memory, (byte) 0);
      for (int i = 0; i < pages.length; i++) {
        System.arraycopy(bytes, i * PAGE_BYTES, memory, pages[i] * PAGE_BYTES, PAGE_BYTES);
      }
    }
  }

  /** Refuses whatever does not fit this adapter. */
  void check() throws BadStateException {
    require(hasValues(sequencer, Sequencer.COUNT), "sequencer");
    require(hasValues(crtc, CrtController.COUNT), "CRT controller");
    require(hasValues(graphics, GraphicsController.COUNT), "graphics controller");
    require(hasValues(attribute, AttributeController.COUNT), "attribute controller");
    require(hasValues(dispi, Dispi.COUNT), "DISPI");
    require(s3Crtc != null && s3Crtc.length == 0x100, "S3 CRT controller");
    require(s3Sequencer != null && s3Sequencer.length == S3Trio64.SEQUENCER_COUNT, "S3 sequencer");
    require(
        dac != null
            && dac.part >= 0
            && dac.part < 3
            && dac.pending != null
            && dac.pending.length == 2
            && dac.colours != null
            && dac.colours.length == 3 * Dac.ENTRIES,
        "DAC");
    require(memory != null && memory.pages != null && memory.bytes != null, "memory");
    int pages = Vga.MEMORY_BYTES / MemoryState.PAGE_BYTES;
    require(
        memory.bytes.length == (long) memory.pages.length * MemoryState.PAGE_BYTES
            && Arrays.stream(memory.pages).allMatch(page -> page >= 0 && page < pages),
        "memory");
  }

  private static boolean hasValues(Registers registers, int count) {
    return registers != null && registers.values != null && registers.values.length == count;
  }

  private static void require(boolean good, String part) throws BadStateException {
    if (!good) {
      throw new BadStateException("VGA: " + part + " state does not fit");
    }
  }

  static void copyBytes(int[] from, int[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i] & 0xFF;
    }
  }
}
