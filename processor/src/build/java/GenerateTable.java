import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes Java of the instruction table: GeneratedRows (what the decoder, the disassembler and the
 * tests need) and Handlers0, Handlers1, ... (one class a row and operand form, for the
 * interpreter). Arguments: table folder, Java source folder, output folder. The format is in the
 * table's README.
 */
public final class GenerateTable {
  private static final int ROWS_A_METHOD = 150;
  private static final int HANDLERS_A_FILE = 200;
  private static final Set<String> IMMEDIATES =
      Set.of("Ib", "Is", "Iw", "Iz", "Jb", "Jz", "Ap", "Ob", "Ov");

  private final Map<String, String> packages;
  private final Map<String, Integer> handlerIds = new LinkedHashMap<>();
  private String place = "";

  private GenerateTable(Map<String, String> packages) {
    this.packages = packages;
  }

  public static void main(String[] args) throws IOException {
    Path table = Path.of(args[0]);
    Path source = Path.of(args[1]);
    Path out = Path.of(args[2]);
    Map<String, String> packages = new LinkedHashMap<>();
    for (String name : List.of("semantics", "fpu", "simd")) {
      try (var files = Files.list(source.resolve("troupe/processor").resolve(name))) {
        files.forEach(
            f ->
                packages.put(
                    f.getFileName().toString().replace(".java", ""), "troupe.processor." + name));
      }
    }
    new GenerateTable(packages).run(table, out);
  }

  private void run(Path table, Path out) throws IOException {
    List<Path> files;
    try (var list = Files.list(table)) {
      files = list.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
    List<String> rows = new ArrayList<>();
    for (Path file : files) {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        place = file.getFileName() + ":" + number + ": ";
        if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(row(line));
        }
      }
    }
    writeRows(rows, out.resolve("troupe/processor/decode"));
    writeHandlers(out.resolve("troupe/processor/interpreter"));
  }

  private IllegalArgumentException bad(String what) {
    return new IllegalArgumentException(place + what);
  }

  private record Operand(String letter, String size, String access, String text) {
    boolean read() {
      return !access.equals("w");
    }

    boolean written() {
      return !access.equals("r");
    }
  }

  private static Operand operand(String text) {
    String[] parts = text.trim().split(":");
    String name = parts[0];
    String access = parts.length > 1 ? parts[1] : "r";
    boolean letterAndSize =
        name.length() >= 2
            && "EGZMIJAOSCDRPQVWXYN".indexOf(name.charAt(0)) >= 0
            && Character.isLowerCase(name.charAt(1));
    if (letterAndSize) {
      return new Operand(name.substring(0, 1), name.substring(1), access, name);
    }
    if (name.equals("M")) {
      return new Operand("M", "", access, name);
    }
    return new Operand("", "", access, name);
  }

  /** The Java expression that makes one Row. */
  private String row(String line) {
    String[] columns = line.split("\\|");
    if (columns.length != 6) {
      throw bad("6 columns wanted, found " + columns.length);
    }
    for (int i = 0; i < 6; i++) {
      columns[i] = columns[i].trim();
    }
    List<Operand> operands = new ArrayList<>();
    if (!columns[2].equals("-")) {
      for (String text : columns[2].split(",")) {
        operands.add(operand(text));
      }
    }
    // Opcode.
    String prefix = "ANY";
    int digit = -1;
    String form = "ANY";
    boolean plusR = false;
    boolean modrm = false;
    List<Integer> bytes = new ArrayList<>();
    String[] tokens = columns[0].split(" ");
    for (int i = 0; i < tokens.length; i++) {
      String t = tokens[i];
      if (i == 0 && tokens.length > 1 && (t.equals("66") || t.equals("F2") || t.equals("F3"))) {
        prefix = "P" + t;
      } else if (t.equals("NP")) {
        prefix = "NP";
      } else if (t.equals("/r")) {
        modrm = true;
      } else if (t.matches("/[0-7]")) {
        digit = t.charAt(1) - '0';
        modrm = true;
      } else if (t.equals("m") || t.equals("r")) {
        form = t.equals("m") ? "MEMORY" : "REGISTER";
      } else {
        if (t.endsWith("+r")) {
          plusR = true;
          t = t.substring(0, 2);
        }
        bytes.add(Integer.parseInt(t, 16));
      }
    }
    int map = bytes.size() > 1 && bytes.get(0) == 0x0F ? 1 : 0;
    int opcode = bytes.get(map);
    int fixed = bytes.size() > map + 1 ? bytes.get(map + 1) : -1;
    for (Operand o : operands) {
      modrm |= !o.letter().isEmpty() && "EGMPQVWRSCDN".contains(o.letter());
      if (o.letter().equals("M") && form.equals("ANY")) {
        form = "MEMORY";
      }
    }
    modrm |= fixed >= 0;
    List<String> immediates = new ArrayList<>();
    for (Operand o : operands) {
      if (IMMEDIATES.contains(o.text())) {
        immediates.add(o.text());
      }
    }
    while (immediates.size() < 2) {
      immediates.add("NONE");
    }
    int[] ids = handlers(columns[3], operands, modrm, form);
    String tested = flags(columns[4], "t:");
    String modified = flags(columns[4], "m:");
    String undefined = flags(columns[4], "u:");
    return "new Row(\"%s\", \"%s\", \"%s\", \"%s\", Row.Prefix.%s, %d, 0x%02X, %d, %d, %b, %b, Row.Form.%s, \"%s\", \"%s\", \"%s\", %s, %s, %s, %d, %d, %d, %d)"
        .formatted(
            columns[1],
            columns[2].equals("-") ? "" : columns[2].replaceAll(":\\w+", ""),
            columns[2].equals("-") ? "" : columns[2],
            meaning(columns[3]),
            prefix,
            map,
            opcode,
            digit,
            fixed,
            plusR,
            modrm,
            form,
            immediates.get(0),
            immediates.get(1),
            columns[5].equals("-") ? "" : columns[5],
            tested,
            modified,
            undefined,
            ids[0],
            ids[1],
            ids[2],
            ids[3]);
  }

  /** The semantics column with the name of the class in full. */
  private String meaning(String semantics) {
    String[] words = semantics.split(" ");
    for (int n = 0; n < words.length; n++) {
      String word = words[n].replaceFirst("^[=-]", "");
      if (word.contains(".")) {
        words[n] = words[n].replace(word, qualified(word));
      }
    }
    return String.join(" ", words);
  }

  private String flags(String column, String which) {
    String bits = "";
    for (String group : column.split(" ")) {
      if (group.startsWith(which)) {
        bits = group.substring(2);
      }
    }
    int mask = 0;
    for (char flag : bits.toCharArray()) {
      int at = "C.P.A.ZSTIDO".indexOf(flag);
      if (at < 0) {
        throw bad("no flag " + flag);
      }
      mask |= 1 << at;
    }
    return "0x%X".formatted(mask);
  }

  /** Handler numbers for (register, 32), (memory, 32), (register, 16), (memory, 16). */
  private int[] handlers(String semantics, List<Operand> operands, boolean modrm, String form) {
    int[] ids = new int[4];
    for (int variant = 0; variant < 4; variant++) {
      boolean memory = (variant & 1) != 0;
      int size = variant < 2 ? 32 : 16;
      ids[variant] =
          handlerIds.computeIfAbsent(
              body(semantics, operands, memory || form.equals("MEMORY"), size),
              k -> handlerIds.size());
    }
    return ids;
  }

  private static int bits(Operand o, int size) {
    if (o.letter().equals("J")) {
      return size;
    }
    return switch (o.size()) {
      case "b" -> 8;
      case "w" -> 16;
      case "d" -> 32;
      default -> o.letter().isEmpty() || o.size().matches("[vzs]") ? size : 32;
    };
  }

  private static int bitsOfFixed(Operand o, int size) {
    return switch (o.text()) {
      case "AL", "CL" -> 8;
      case "AX", "DX" -> 16;
      default -> size;
    };
  }

  private static int width(Operand o, int size) {
    return o.letter().isEmpty() ? bitsOfFixed(o, size) : bits(o, size);
  }

  private String qualified(String name) {
    String type = name.substring(0, name.indexOf('.'));
    String in = packages.get(type);
    if (in == null) {
      throw bad("no class " + type);
    }
    return in + "." + name;
  }

  private String body(String semantics, List<Operand> operands, boolean memory, int size) {
    if (semantics.startsWith("! ")) {
      return qualified(semantics.substring(2)) + "(c, i);";
    }
    boolean store = semantics.startsWith("=");
    boolean discard = semantics.startsWith("-");
    String rest = store || discard ? semantics.substring(1).trim() : semantics;
    boolean stateful = rest.startsWith("c ");
    if (stateful) {
      rest = rest.substring(2);
    }
    String[] words = rest.isEmpty() ? new String[] {""} : rest.split(" ");
    String name = words[0];
    String kind = words.length > 1 && !words[1].equals("v") ? words[1] : null;
    String constant = null;
    if (name.contains("#")) {
      constant = name.substring(name.indexOf('#') + 1);
      name = name.substring(0, name.indexOf('#'));
    }
    StringBuilder code = new StringBuilder();
    List<String> arguments = new ArrayList<>();
    if (stateful) {
      arguments.add("c");
    }
    if (constant != null) {
      arguments.add(constant);
    }
    List<String> values = new ArrayList<>();
    boolean offset = false;
    for (int n = 0; n < operands.size(); n++) {
      Operand o = operands.get(n);
      boolean inMemory = memory && o.letter().equals("E") || o.letter().equals("O");
      if (inMemory && !offset) {
        code.append("int o = c.effectiveAddress(i); ");
        offset = true;
      }
      if (!o.read() || o.text().matches("[CDEFGS]S")) {
        continue;
      }
      code.append("int v").append(n).append(" = ").append(load(o, inMemory, size)).append("; ");
      values.add("v" + n);
    }
    arguments.addAll(values);
    int width = operands.isEmpty() ? size : width(operands.get(0), size);
    String result;
    if (name.isEmpty()) {
      result = values.get(values.size() - 1);
    } else {
      String suffix = stateful ? Integer.toString(width) : "";
      result = qualified(name + suffix) + "(" + String.join(", ", arguments) + ")";
    }
    if (!store && !discard) {
      return code + result + ";";
    }
    code.append("int x = ").append(result).append("; ");
    if (store) {
      Operand target = operands.get(0);
      if (!target.written()) {
        throw bad("the first operand is not written");
      }
      boolean inMemory = memory && target.letter().equals("E") || target.letter().equals("O");
      code.append(store(target, inMemory, size)).append("; ");
    }
    if (kind != null) {
      String extended = width == 8 ? "(byte) x" : width == 16 ? "(short) x" : "x";
      code.append(
          "c.flags(troupe.processor.semantics.Flags.%s%d, %s, %s, %s);"
              .formatted(kind, width, values.get(0), values.get(1), extended));
    }
    return code.toString().trim();
  }

  private String load(Operand o, boolean inMemory, int size) {
    int bits = width(o, size);
    if (inMemory) {
      String method = o.written() ? "readModify" : "read";
      return "c." + method + bits + "(i.segment, o)";
    }
    return switch (o.letter()) {
      case "E" -> register("i.rm", bits);
      case "G", "Z" -> register("i.reg", bits);
      case "R" -> "c.r[i.rm]";
      case "I", "J" -> "i.immediate";
      case "M" -> "c.effectiveAddress(i)";
      case "" ->
          switch (o.text()) {
            case "AL" -> "c.r[0] & 0xFF";
            case "CL" -> "c.r[1] & 0xFF";
            case "AX" -> "c.r[0] & 0xFFFF";
            case "DX" -> "c.r[2] & 0xFFFF";
            case "eAX" -> register("0", size);
            case "1" -> "1";
            default -> throw bad("operand " + o.text() + " has no value");
          };
      default -> throw bad("operand " + o.text() + " is for raw rows");
    };
  }

  private static String register(String number, int bits) {
    return switch (bits) {
      case 8 -> "c.get8(" + number + ")";
      case 16 -> "c.r[" + number + "] & 0xFFFF";
      default -> "c.r[" + number + "]";
    };
  }

  private String store(Operand o, boolean inMemory, int size) {
    int bits = width(o, size);
    if (inMemory) {
      return "c.write" + bits + "(i.segment, o, x)";
    }
    String number =
        switch (o.letter()) {
          case "E" -> "i.rm";
          case "G", "Z" -> "i.reg";
          case "" -> "0";
          default -> throw bad("operand " + o.text() + " cannot be stored");
        };
    return bits == 32 ? "c.r[" + number + "] = x" : "c.set" + bits + "(" + number + ", x)";
  }

  private void writeRows(List<String> rows, Path folder) throws IOException {
    StringBuilder out =
        new StringBuilder(
            "package troupe.processor.decode;\n\n/** The instruction table, from src/main/table. */\nfinal class GeneratedRows {\n  private GeneratedRows() {}\n\n  static Row[] rows() {\n    Row[] rows = new Row["
                + rows.size()
                + "];\n");
    int methods = (rows.size() + ROWS_A_METHOD - 1) / ROWS_A_METHOD;
    for (int m = 0; m < methods; m++) {
      out.append("    rows").append(m).append("(rows);\n");
    }
    out.append("    return rows;\n  }\n");
    for (int m = 0; m < methods; m++) {
      out.append("\n  private static void rows").append(m).append("(Row[] rows) {\n");
      for (int n = m * ROWS_A_METHOD; n < Math.min(rows.size(), (m + 1) * ROWS_A_METHOD); n++) {
        out.append("    rows[").append(n).append("] = ").append(rows.get(n)).append(";\n");
      }
      out.append("  }\n");
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("GeneratedRows.java"), out.append("}\n"));
  }

  private void writeHandlers(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> bodies = new ArrayList<>(handlerIds.keySet());
    int files = (bodies.size() + HANDLERS_A_FILE - 1) / HANDLERS_A_FILE;
    String imports =
        "package troupe.processor.interpreter;\n\nimport troupe.processor.Processor;\nimport troupe.processor.decode.Insn;\n\n";
    for (int f = 0; f < files; f++) {
      StringBuilder out = new StringBuilder(imports + "final class Handlers" + f + " {\n");
      StringBuilder create = new StringBuilder("  static void make(Handler[] made) {\n");
      for (int n = f * HANDLERS_A_FILE;
          n < Math.min(bodies.size(), (f + 1) * HANDLERS_A_FILE);
          n++) {
        out.append(
            "  static final class H%d extends Handler {\n    @Override\n    public void run(Processor c, Insn i) {\n      %s\n    }\n  }\n\n"
                .formatted(n, bodies.get(n)));
        create.append("    made[%d] = new H%d();\n".formatted(n, n));
      }
      create.append("  }\n}\n");
      Files.writeString(folder.resolve("Handlers" + f + ".java"), out.append(create));
    }
    StringBuilder out =
        new StringBuilder(
            "package troupe.processor.interpreter;\n\n/** The handlers, all made at once: they are then beside each other in memory. */\npublic final class GeneratedHandlers {\n  private static final Handler[] MADE = new Handler["
                + bodies.size()
                + "];\n\n  static {\n");
    for (int f = 0; f < files; f++) {
      out.append("    Handlers%d.make(MADE);\n".formatted(f));
    }
    out.append(
        "  }\n\n  private GeneratedHandlers() {}\n\n  public static Handler get(int id) {\n    return MADE[id];\n  }\n}\n");
    Files.writeString(folder.resolve("GeneratedHandlers.java"), out);
  }
}
