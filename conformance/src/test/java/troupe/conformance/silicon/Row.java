package troupe.conformance.silicon;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * One row of the processor's instruction table ({@code processor/src/main/table/README.md}), as far
 * as an encoder and a judge of results need it.
 *
 * @param text the row as written, for messages
 * @param prefix mandatory prefix 66h, F2h or F3h, or 0
 * @param anyPrefix the row has no mandatory prefix and none is excluded, so 66h is the operand size
 * @param opcode the fixed bytes
 * @param registerInOpcode the last fixed byte takes a register number
 * @param modRm a ModRM byte follows
 * @param digit ModRM.reg where it is part of the opcode, or -1
 * @param memoryForm the ModRM byte may name memory
 * @param registerForm the ModRM byte may name a register
 * @param undefined the arithmetic flags that are undefined afterwards, as bits of EFLAGS
 */
record Row(
    String text,
    int prefix,
    boolean anyPrefix,
    byte[] opcode,
    boolean registerInOpcode,
    boolean modRm,
    int digit,
    boolean memoryForm,
    boolean registerForm,
    String mnemonic,
    List<String> operands,
    int undefined,
    Set<String> attributes,
    boolean sized) {

  /** Reads all tables of {@code folder}, in the order of their names. */
  static List<Row> readAll(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder, "*.txt")) {
      tables.forEach(files::add);
    }
    Collections.sort(files);
    List<Row> rows = new ArrayList<>();
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(parse(line));
        }
      }
    }
    return rows;
  }

  static Row parse(String line) {
    String[] cells = line.split("\\|", -1);
    if (cells.length != 6) {
      throw new IllegalArgumentException("not a row of six cells: " + line);
    }
    int prefix = 0;
    boolean anyPrefix = true;
    boolean registerInOpcode = false;
    int digit = -1;
    boolean memoryForm = true;
    boolean registerForm = true;
    boolean modRm = false;
    List<Byte> bytes = new ArrayList<>();
    for (String word : cells[0].trim().split("\\s+")) {
      if (bytes.isEmpty() && word.equals("NP")) {
        anyPrefix = false;
      } else if (word.equals("/r")) {
        modRm = true;
      } else if (word.startsWith("/")) {
        digit = word.charAt(1) - '0';
        modRm = true;
      } else if (word.equals("m")) {
        registerForm = false;
        modRm = true;
      } else if (word.equals("r")) {
        memoryForm = false;
        modRm = true;
      } else {
        if (word.endsWith("+r")) {
          registerInOpcode = true;
          word = word.substring(0, word.length() - 2);
        }
        bytes.add((byte) Integer.parseInt(word, 16));
      }
    }
    // A first byte that is a prefix is a mandatory one, unless the instruction is that byte alone.
    int first = bytes.getFirst() & 0xFF;
    if (bytes.size() > 1 && (first == 0x66 || first == 0xF2 || first == 0xF3)) {
      prefix = first;
      anyPrefix = false;
      bytes.removeFirst();
    }
    byte[] opcode = new byte[bytes.size()];
    for (int i = 0; i < opcode.length; i++) {
      opcode[i] = bytes.get(i);
    }
    List<String> operands = new ArrayList<>();
    boolean sized = cells[3].trim().endsWith(" v");
    for (String operand : cells[2].trim().split(",")) {
      String name = operand.split(":")[0].trim();
      if (name.equals("-")) {
        continue;
      }
      operands.add(name);
      char letter = name.charAt(0);
      modRm |= name.length() == 2 && "EGMPQVWRSCD".indexOf(letter) >= 0 && isSize(name.charAt(1));
      modRm |= name.length() == 3 && "MVW".indexOf(letter) >= 0;
      modRm |= name.equals("M");
      sized |= name.startsWith("eA") || name.length() == 2 && "vzp".indexOf(name.charAt(1)) >= 0;
      if (name.charAt(0) == 'R') {
        memoryForm = false;
      }
    }
    Set<String> attributes = Set.of(cells[5].trim().split("\\s+"));
    return new Row(
        line.strip(),
        prefix,
        anyPrefix,
        opcode,
        registerInOpcode,
        modRm,
        digit,
        memoryForm,
        registerForm,
        cells[1].trim(),
        operands,
        undefinedFlags(cells[4].trim()),
        attributes,
        sized && anyPrefix);
  }

  private static boolean isSize(char c) {
    return "bwdvzqspt".indexOf(c) >= 0;
  }

  private static int undefinedFlags(String cell) {
    int flags = 0;
    for (String part : cell.split("\\s+")) {
      if (part.startsWith("u:")) {
        for (char flag : part.substring(2).toCharArray()) {
          flags |=
              switch (flag) {
                case 'O' -> 1 << 11;
                case 'S' -> 1 << 7;
                case 'Z' -> 1 << 6;
                case 'A' -> 1 << 4;
                case 'P' -> 1 << 2;
                case 'C' -> 1;
                default -> throw new IllegalArgumentException("flag " + flag + " in " + cell);
              };
        }
      }
    }
    return flags;
  }

  boolean is(String... mnemonics) {
    return List.of(mnemonics).contains(mnemonic);
  }

  boolean has(String attribute) {
    return attributes.contains(attribute);
  }

  /** The first operand whose name begins with {@code letter}, or null. */
  String operand(char letter) {
    for (String operand : operands) {
      if (operand.charAt(0) == letter && !operand.startsWith("ST")) {
        return operand;
      }
    }
    return null;
  }
}
