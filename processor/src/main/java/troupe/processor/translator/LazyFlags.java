package troupe.processor.translator;

import troupe.processor.Processor;
import troupe.processor.semantics.Flags;

/**
 * Arithmetic flags between the basic blocks of a region, where what set them last is not known
 * before it runs. They are two lazy operations in local variables: f (kind, a, b, r) for all flags,
 * and c for the carry alone, because INC and DEC leave the carry of an earlier operation; the kind
 * {@link #SAME} says that f has the carry too.
 */
public final class LazyFlags {
  public static final int SAME = -1;

  /** The processor has the flags. */
  public static final int HELD = -2;

  private LazyFlags() {}

  public static int carry(
      Processor p, int fk, int fa, int fb, int fr, int ck, int ca, int cb, int cr) {
    return ck == SAME ? carry(p, fk, fa, fb, fr) : carry(p, ck, ca, cb, cr);
  }

  private static int carry(Processor p, int kind, int a, int b, int r) {
    return kind == HELD ? p.carry() : Flags.carry(kind, a, b, r);
  }

  public static int overflow(Processor p, int kind, int a, int b, int r) {
    return kind == HELD ? p.overflow() ? 1 : 0 : Flags.overflow(kind, a, b, r);
  }

  public static int zero(Processor p, int kind, int r) {
    return (kind == HELD ? p.zero() : r == 0) ? 1 : 0;
  }

  public static int sign(Processor p, int kind, int r) {
    return (kind == HELD ? p.sign() : r < 0) ? 1 : 0;
  }

  public static int parity(Processor p, int kind, int r) {
    return kind == HELD ? p.parity() ? 1 : 0 : Flags.parity(r);
  }

  /** Hands the flags to the processor. */
  public static void store(
      Processor p, int fk, int fa, int fb, int fr, int ck, int ca, int cb, int cr) {
    if (ck == SAME) {
      if (fk != HELD) {
        p.flags(fk, fa, fb, fr);
      }
    } else {
      int carry = carry(p, ck, ca, cb, cr);
      if (fk >= Flags.INC8 && fk <= Flags.DEC32) {
        p.flags(fk, 0, carry, fr);
      } else {
        if (fk != HELD) {
          p.flags(fk, fa, fb, fr);
        }
        p.setArithmetic(Processor.CF, carry);
      }
    }
  }

  /** Hands flags to the processor of which overflow too comes from elsewhere (a rotate). */
  public static void storeThree(Processor p, int carry, int overflow) {
    p.setArithmetic(Processor.CF | Processor.OF, carry | (overflow != 0 ? Processor.OF : 0));
  }
}
