package troupe.processor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What CPUID tells ([SDM] vol. 2, CPUID).
 *
 * @param name as in configurations
 * @param vendor 12 characters
 * @param signature leaf 1 EAX: family, model, stepping
 * @param features leaf 1 EDX
 * @param brand up to 48 characters
 */
public record CpuModel(String name, String vendor, int signature, int features, String brand) {
  public static final int FPU = 1;
  public static final int VME = 1 << 1;
  public static final int DE = 1 << 2;
  public static final int PSE = 1 << 3;
  public static final int TSC = 1 << 4;
  public static final int MSR = 1 << 5;
  public static final int PAE = 1 << 6;
  public static final int CX8 = 1 << 8;
  public static final int SEP = 1 << 11;
  public static final int MTRR = 1 << 12;
  public static final int PGE = 1 << 13;
  public static final int CMOV = 1 << 15;
  public static final int PAT = 1 << 16;
  public static final int CLFSH = 1 << 19;
  public static final int MMX = 1 << 23;
  public static final int FXSR = 1 << 24;
  public static final int SSE = 1 << 25;
  public static final int SSE2 = 1 << 26;

  private static final int PENTIUM = FPU | VME | DE | PSE | TSC | MSR | CX8;
  private static final int PENTIUM_II = PENTIUM | PAE | SEP | MTRR | PGE | CMOV | PAT | MMX | FXSR;

  /** A 686 with MMX, SSE and SSE2. */
  public static final CpuModel DEFAULT =
      new CpuModel(
          "default", "GenuineIntel", 0x6D8, PENTIUM_II | SSE | SSE2 | CLFSH, "Troupe Virtual CPU");

  private static final List<CpuModel> MODELS =
      List.of(
          DEFAULT,
          new CpuModel("pentium", "GenuineIntel", 0x543, PENTIUM | MMX, "Pentium MMX"),
          new CpuModel("pentium2", "GenuineIntel", 0x653, PENTIUM_II, "Pentium II"),
          new CpuModel("pentium3", "GenuineIntel", 0x68A, PENTIUM_II | SSE, "Pentium III"));

  /** The model of that name. */
  public static Optional<CpuModel> named(String name) {
    return MODELS.stream().filter(model -> model.name.equals(name)).findFirst();
  }

  public static List<String> names() {
    return MODELS.stream().map(CpuModel::name).toList();
  }

  public boolean has(int feature) {
    return (features & feature) != 0;
  }

  /** EAX, EBX, ECX, EDX of a leaf; leaves past the last one answer as the last basic one. */
  public int[] cpuid(int leaf, int subleaf) {
    return switch (leaf) {
      case 0 -> {
        ByteBuffer b = ascii(vendor, 12);
        int first = b.getInt();
        int middle = b.getInt();
        yield new int[] {2, first, b.getInt(), middle};
      }
      case 1 -> {
        // EBX: CLFLUSH line of 8 * 8 bytes.
        int line = has(CLFSH) ? 8 << 8 : 0;
        yield new int[] {signature, line, 0, features};
      }
      case 0x8000_0000 -> new int[] {0x8000_0004, 0, 0, 0};
      case 0x8000_0001 -> new int[4];
      case 0x8000_0002, 0x8000_0003, 0x8000_0004 -> {
        ByteBuffer b = ascii(brand, 48).position(16 * (leaf & 0xF) - 32);
        yield new int[] {b.getInt(), b.getInt(), b.getInt(), b.getInt()};
      }
      // Leaf 2: 4 KiB pages instruction TLB 32, data TLB 64 entries, L2 256 KiB, L1 16 + 16 KiB.
      default -> new int[] {0x03020101, 0, 0, 0x0C040882};
    };
  }

  private static ByteBuffer ascii(String text, int length) {
    byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
