package troupe.devices.vga;

/**
 * Where the beam is: the CRT controller's counters derived from virtual time, as if they had run
 * undisturbed since power-on.
 */
final class FrameTiming {
  private static final int CLOCK_25_MHZ = 25_175;
  private static final int CLOCK_28_MHZ = 28_322;
  private static final long NANOS_PER_KILOHERTZ_PERIOD = 1_000_000;

  /** DISPI modes have no timing of their own: 60 frames a second, 5% of it in retrace. */
  private static final long DISPI_FRAME_NANOS = 16_666_667;

  private static final int DISPI_RETRACE_LINES_DIVISOR = 20;
  private static final int DISPI_CHARACTERS = 100;
  private static final int DISPI_DISPLAYED = 80;

  private final Sequencer sequencer;
  private final CrtController crtc;
  private final Dispi dispi;
  private final S3Trio64 s3;

  FrameTiming(Sequencer sequencer, CrtController crtc, Dispi dispi, S3Trio64 s3) {
    this.sequencer = sequencer;
    this.crtc = crtc;
    this.dispi = dispi;
    this.s3 = s3;
  }

  /** A place in the frame: which frame since power-on, which line and character of it. */
  private record Beam(long frame, int line, int character) {}

  /** Whether a picture is drawn at {@code nanos}, neither in blanking nor in retrace. */
  boolean displayed(int clockSelect, long nanos) {
    Beam beam = beam(clockSelect, nanos);
    if (dispi.enabled()) {
      return beam.line < dispi.geometry().height() && beam.character < DISPI_DISPLAYED;
    }
    return beam.line < crtc.displayedLines() && beam.character < crtc.displayedCharacters();
  }

  /** Whether the beam is in vertical retrace at {@code nanos}. */
  boolean verticalRetrace(int clockSelect, long nanos) {
    int line = beam(clockSelect, nanos).line;
    if (dispi.enabled()) {
      return line >= dispi.geometry().height();
    }
    // A start past the end of the frame would keep guests waiting for ever.
    int start = Math.min(crtc.retraceStart(), crtc.verticalTotal() - 1);
    return line >= start && line < start + crtc.retraceLines();
  }

  /** Frames drawn since power-on: what cursor and blinking characters count. */
  long frames(int clockSelect, long nanos) {
    return beam(clockSelect, nanos).frame;
  }

  private Beam beam(int clockSelect, long nanos) {
    if (dispi.enabled()) {
      int height = dispi.geometry().height();
      int lines = height + Math.max(1, height / DISPI_RETRACE_LINES_DIVISOR);
      return beam(nanos, DISPI_FRAME_NANOS, lines, DISPI_CHARACTERS);
    }
    long characters =
        clocks(nanos, kilohertz(clockSelect))
            / (sequencer.characterDots() * sequencer.clocksPerDot());
    int total = crtc.horizontalTotal();
    return beam(characters, (long) total * crtc.verticalTotal(), crtc.verticalTotal(), total);
  }

  private static Beam beam(long time, long frameTime, int lines, int characters) {
    long place = time % frameTime * lines * characters / frameTime;
    return new Beam(time / frameTime, (int) (place / characters), (int) (place % characters));
  }

  private int kilohertz(int clockSelect) {
    return switch (clockSelect) {
      case 0 -> CLOCK_25_MHZ;
      case 1 -> CLOCK_28_MHZ;
      case 3 -> s3.dotClockKilohertz();
      default -> CLOCK_25_MHZ;
    };
  }

  /** Whole periods in {@code nanos}, exact: the product would not fit a long in one step. */
  private static long clocks(long nanos, int kilohertz) {
    return nanos / NANOS_PER_KILOHERTZ_PERIOD * kilohertz
        + nanos % NANOS_PER_KILOHERTZ_PERIOD * kilohertz / NANOS_PER_KILOHERTZ_PERIOD;
  }
}
