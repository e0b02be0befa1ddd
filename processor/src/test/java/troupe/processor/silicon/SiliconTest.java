package troupe.processor.silicon;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import troupe.processor.Processor;
import troupe.processor.decode.InstructionTable;
import troupe.processor.decode.Row;

/**
 * All x87, MMX, SSE and SSE2 instructions against the processor that the test runs on, bit by bit:
 * where the manual leaves a choice Troupe does what AMD processors do (the conformance module
 * compares what is defined, with any processor). The number of samples a row is the system property
 * {@code silicon.samples}, their seed {@code silicon.seed}.
 */
final class SiliconTest {
  private static final int SAMPLES = Integer.getInteger("silicon.samples", 20);
  private static final long SEED = Long.getLong("silicon.seed", 1);

  /** Approximated by every processor in its own way. */
  private static final Set<String> TRANSCENDENTAL =
      Set.of("F2XM1", "FYL2X", "FYL2XP1", "FPTAN", "FPATAN", "FSIN", "FCOS", "FSINCOS");

  /** Not comparable: the image is longer than a sample's memory. */
  private static final Set<String> LEFT_OUT = Set.of("FXSAVE", "FXRSTOR");

  @Test
  void agreesWithThisProcessor() throws Exception {
    HostProcessor host = HostProcessor.build();
    assumeTrue(host != null, "gcc -m32 is not there: nothing to compare with");
    assumeTrue(HostProcessor.isAmd(), "not an AMD processor: open choices differ from ours");
    Samples samples = new Samples(SEED);
    List<Sample> list = new ArrayList<>();
    for (int n = 0; n < InstructionTable.size(); n++) {
      Row row = InstructionTable.row(n);
      boolean ours = row.has("fpu") || row.has("mmx") || row.has("sse") || row.has("sse2");
      if (ours && !LEFT_OUT.contains(row.mnemonic()) && only(row)) {
        for (int k = 0; k < SAMPLES; k++) {
          list.add(samples.sample(row));
        }
      }
    }
    List<byte[]> theirs = host.run(list);
    OurProcessor ours = new OurProcessor();
    Map<String, List<String>> differences = new TreeMap<>();
    for (int n = 0; n < list.size(); n++) {
      Sample sample = list.get(n);
      ByteBuffer wanted = ByteBuffer.wrap(theirs.get(n)).order(ByteOrder.LITTLE_ENDIAN);
      String difference = compare(sample, wanted, ours.run(sample));
      if (difference != null) {
        String name = sample.row.mnemonic() + " " + sample.row.operands();
        differences
            .computeIfAbsent(name, k -> new ArrayList<>())
            .add(sample.codeText() + ": " + difference + start(sample));
      }
    }
    StringBuilder report = new StringBuilder();
    differences.forEach(
        (row, all) -> {
          report.append(row).append(": ").append(all.size()).append(" of ").append(SAMPLES);
          all.stream().limit(3).forEach(d -> report.append("\n    ").append(d));
          report.append('\n');
        });
    assertTrue(differences.isEmpty(), () -> "differences:\n" + report);
  }

  private static boolean only(Row row) {
    String pattern = System.getProperty("silicon.only");
    return pattern == null || row.mnemonic().matches(pattern);
  }

  // ---- Comparison

  /** Null, or what differs. */
  private static String compare(Sample sample, ByteBuffer host, ByteBuffer ours) {
    StringBuilder text = new StringBuilder();
    word(text, "signal", host.getInt(0), ours.getInt(0));
    for (int n = 0; n < 4; n++) {
      int at = Sample.OUT_REGISTERS + 4 * n;
      word(text, "r" + n, host.getInt(at), ours.getInt(at));
    }
    int flags = host.getInt(Sample.OUT_EFLAGS) & Processor.ARITHMETIC;
    word(text, "eflags", flags, ours.getInt(Sample.OUT_EFLAGS));
    int fx = Sample.OUT_FX;
    boolean transcendental = TRANSCENDENTAL.contains(sample.row.mnemonic());
    int statusMask = transcendental ? ~0x200 & 0xFFFF : 0xFFFF;
    word(text, "control", host.getShort(fx) & 0xFFFF, ours.getShort(fx) & 0xFFFF);
    int status = fx + Sample.FX_STATUS;
    word(text, "status", host.getShort(status) & statusMask, ours.getShort(status) & statusMask);
    word(text, "tag", host.get(fx + Sample.FX_TAG) & 0xFF, ours.get(fx + Sample.FX_TAG) & 0xFF);
    word(text, "mxcsr", host.getInt(fx + Sample.FX_MXCSR), ours.getInt(fx + Sample.FX_MXCSR));
    for (int n = 0; n < 8; n++) {
      int at = fx + Sample.FX_ST + 16 * n;
      if (!(transcendental && near(host, ours, at))) {
        String name = "st" + n;
        word(text, name + ".e", host.getShort(at + 8) & 0xFFFF, ours.getShort(at + 8) & 0xFFFF);
        word(text, name, host.getLong(at), ours.getLong(at));
      }
    }
    boolean approximate = sample.row.mnemonic().matches("R(CP|SQRT)[PS]S");
    for (int n = 0; n < 16; n++) {
      int at = fx + Sample.FX_XMM + 8 * n;
      if (!(approximate && near(host, ours, at, at + 4))) {
        word(text, "xmm" + n / 2 + (n % 2 == 0 ? "l" : "h"), host.getLong(at), ours.getLong(at));
      }
    }
    memory(text, sample, host, ours);
    return text.isEmpty() ? null : text.toString();
  }

  private static void memory(StringBuilder text, Sample sample, ByteBuffer host, ByteBuffer ours) {
    boolean environment = sample.row.mnemonic().matches("FN(STENV|SAVE)");
    for (int n = 0; n < 128; n += 4) {
      // The last pointers of an environment depend on where the program is.
      if (!(environment && n >= 4 && n < 60)) {
        int at = Sample.OUT_MEMORY + n;
        word(text, "memory+" + n, host.getInt(at), ours.getInt(at));
      }
    }
  }

  /** Whether the 80-bit numbers differ by a unit in the last place at most. */
  private static boolean near(ByteBuffer host, ByteBuffer ours, int at) {
    int he = host.getShort(at + 8) & 0xFFFF;
    int oe = ours.getShort(at + 8) & 0xFFFF;
    long distance = host.getLong(at) - ours.getLong(at);
    if (he == oe) {
      return Math.abs(distance) <= 1;
    }
    return Math.abs(he - oe) == 1 && Math.abs((distance << 1) >> 1) <= 1;
  }

  /** Whether two pairs of binary32 approximations are within twice 1.5 * 2^-12 of each other. */
  private static boolean near(ByteBuffer host, ByteBuffer ours, int first, int second) {
    return near(host.getFloat(first), ours.getFloat(first))
        && near(host.getFloat(second), ours.getFloat(second));
  }

  private static boolean near(float a, float b) {
    return Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b)
        || Math.abs(a - b) <= Math.abs(a) * (3 * 0x1p-12);
  }

  private static void word(StringBuilder text, String name, long host, long ours) {
    if (host != ours) {
      text.append(" %s host %X ours %X;".formatted(name, host, ours));
    }
  }

  /** The state that a sample started from. */
  private static String start(Sample s) {
    ByteBuffer d = s.data;
    int fx = Sample.FX;
    if (s.row.has("fpu")) {
      int modRm = 0;
      return " | from cw %04X sw %04X tag %02X st0 %s st1 %s memory %016X %016X"
          .formatted(
              d.getShort(fx),
              d.getShort(fx + Sample.FX_STATUS),
              d.get(fx + Sample.FX_TAG),
              st(d, 0),
              st(d, 1 + modRm),
              d.getLong(Sample.MEMORY + 8),
              d.getLong(Sample.MEMORY));
    }
    StringBuilder text = new StringBuilder(" | from mxcsr %04X".formatted(d.getInt(fx + 24)));
    for (int n = 0; n < 8; n++) {
      text.append(
          " x%d %016X_%016X"
              .formatted(
                  n,
                  d.getLong(fx + Sample.FX_XMM + 16 * n + 8),
                  d.getLong(fx + Sample.FX_XMM + 16 * n)));
    }
    return text
        + " memory %016X_%016X".formatted(d.getLong(Sample.MEMORY + 8), d.getLong(Sample.MEMORY));
  }

  private static String st(ByteBuffer d, int n) {
    int at = Sample.FX + Sample.FX_ST + 16 * n;
    return "%04X:%016X".formatted(d.getShort(at + 8), d.getLong(at));
  }
}
