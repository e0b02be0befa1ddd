package troupe.processor.lockstep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import troupe.processor.Processor;

/**
 * A program of the fuzzer, and what happens around it while it runs.
 *
 * @param mode it starts in
 * @param translation when and how the first processor translates
 * @param control bits that are set at the start: AM of CR0, and those of {@link #CONTROL_4} in CR4
 * @param data seed of the content of memory and registers
 * @param units pieces of code; between them are NOPs
 * @param entries offsets of units where it goes on after exceptions; it starts at the first
 * @param steps what is done, in order
 */
record FuzzProgram(
    Mode mode,
    Translation translation,
    int control,
    long data,
    List<Unit> units,
    int[] entries,
    List<Step> steps) {

  /**
   * @param threshold runs of a block that make it hot
   * @param longest instructions of a region at most
   * @param deferred regions are made between two steps, when the guest may have gone on to
   *     overwrite their code; otherwise at once
   */
  record Translation(int threshold, int longest, boolean deferred) {}

  static final int CONTROL_4 = Processor.CR4_VME | Processor.CR4_PVI | Processor.CR4_PSE;

  /** Some instructions that belong together, at an offset in the code pages. */
  record Unit(int offset, byte[] code) {}

  /** What is done from outside. */
  sealed interface Step {
    /** Instructions until all state is compared. */
    record Run(int budget) implements Step {}

    /** INTR goes up. */
    record Interrupt() implements Step {}

    /** NMI. */
    record NonMaskable() implements Step {}

    /** A bus master writes. */
    record Write(int address, byte[] bytes) implements Step {}

    /** The A20 gate. */
    record A20(boolean open) implements Step {}
  }

  private static final int NOP = 0x90;

  /** Offsets in the code segment where the program goes on after exceptions. */
  int[] places() {
    return Arrays.stream(entries).map(n -> FuzzImage.CODE - mode.codeBase() + n).toArray();
  }

  /** The code pages. */
  byte[] image() {
    byte[] image = new byte[FuzzImage.CODE_BYTES];
    Arrays.fill(image, (byte) NOP);
    for (Unit unit : units) {
      System.arraycopy(unit.code, 0, image, unit.offset, unit.code.length);
    }
    return image;
  }

  FuzzProgram withUnits(List<Unit> less) {
    return new FuzzProgram(mode, translation, control, data, List.copyOf(less), entries, steps);
  }

  FuzzProgram withSteps(List<Step> less) {
    return new FuzzProgram(mode, translation, control, data, units, entries, List.copyOf(less));
  }

  // ---- As text

  String text() {
    StringBuilder out = new StringBuilder();
    out.append("mode ").append(mode).append('\n');
    out.append("threshold ").append(translation.threshold).append('\n');
    out.append("longest ").append(translation.longest).append('\n');
    out.append("deferred ").append(translation.deferred).append('\n');
    out.append("control %x%n".formatted(control));
    out.append("data ").append(data).append('\n');
    out.append("entries");
    for (int entry : entries) {
      out.append(" %x".formatted(entry));
    }
    out.append('\n');
    for (Unit unit : units) {
      out.append("code %x %s%n".formatted(unit.offset, hex(unit.code)));
    }
    for (Step step : steps) {
      out.append(
          switch (step) {
            case Step.Run(int budget) -> "run " + budget;
            case Step.Interrupt() -> "interrupt";
            case Step.NonMaskable() -> "nmi";
            case Step.Write(int address, byte[] bytes) ->
                "write %x %s".formatted(address, hex(bytes));
            case Step.A20(boolean open) -> "a20 " + open;
          });
      out.append('\n');
    }
    return out.toString();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }

  /** Reads {@link #text}; lines that begin with # are comments. */
  static FuzzProgram parse(List<String> lines) {
    Mode mode = Mode.SYSTEM_32;
    int threshold = 1;
    int longest = 300;
    boolean deferred = false;
    int control = 0;
    long data = 0;
    List<Unit> units = new ArrayList<>();
    int[] entries = {0};
    List<Step> steps = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.trim().split("\\s+");
      switch (words[0]) {
        case "", "#" -> {}
        case "mode" -> mode = Mode.valueOf(words[1]);
        case "threshold" -> threshold = Integer.parseInt(words[1]);
        case "longest" -> longest = Integer.parseInt(words[1]);
        case "deferred" -> deferred = Boolean.parseBoolean(words[1]);
        case "control" -> control = Integer.parseInt(words[1], 16);
        case "data" -> data = Long.parseLong(words[1]);
        case "entries" ->
            entries =
                Arrays.stream(words).skip(1).mapToInt(word -> Integer.parseInt(word, 16)).toArray();
        case "code" -> units.add(new Unit(Integer.parseInt(words[1], 16), bytes(words)));
        case "run" -> steps.add(new Step.Run(Integer.parseInt(words[1])));
        case "interrupt" -> steps.add(new Step.Interrupt());
        case "nmi" -> steps.add(new Step.NonMaskable());
        case "write" -> steps.add(new Step.Write(Integer.parseInt(words[1], 16), bytes(words)));
        case "a20" -> steps.add(new Step.A20(Boolean.parseBoolean(words[1])));
        default -> throw new IllegalArgumentException("not a line of a reproducer: " + line);
      }
    }
    Translation translation = new Translation(threshold, longest, deferred);
    return new FuzzProgram(mode, translation, control, data, units, entries, steps);
  }

  private static byte[] bytes(String[] words) {
    byte[] bytes = new byte[words.length - 2];
    for (int n = 0; n < bytes.length; n++) {
      bytes[n] = (byte) Integer.parseInt(words[n + 2], 16);
    }
    return bytes;
  }
}
