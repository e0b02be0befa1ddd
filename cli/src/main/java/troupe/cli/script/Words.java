package troupe.cli.script;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into words. A word in quotes may contain blanks and the escapes \n \r \t \b \e \\
 * \" and \xHH. A # outside quotes begins a comment.
 */
final class Words {
  private final String line;
  private int at;

  private Words(String line) {
    this.line = line;
  }

  /**
   * @throws IllegalArgumentException says what is wrong
   */
  static List<String> of(String line) {
    return new Words(line).split();
  }

  private List<String> split() {
    List<String> words = new ArrayList<>();
    while (true) {
      while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
        at++;
      }
      if (at == line.length() || line.charAt(at) == '#') {
        return words;
      }
      words.add(line.charAt(at) == '"' ? quoted() : bare());
    }
  }

  private String bare() {
    int start = at;
    while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
      at++;
    }
    return line.substring(start, at);
  }

  private String quoted() {
    StringBuilder word = new StringBuilder();
    at++;
    while (true) {
      char c = next();
      if (c == '"') {
        if (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
          throw new IllegalArgumentException("a blank must follow the closing quote");
        }
        return word.toString();
      }
      word.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    char c = next();
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'e' -> '\u001b';
      case '\\', '"' -> c;
      case 'x' -> (char) (hexDigit() << 4 | hexDigit());
      // A guest's prompt such as "A:\>" is written as it is seen.
      default -> {
        at--;
        yield '\\';
      }
    };
  }

  private int hexDigit() {
    int digit = Character.digit(next(), 16);
    if (digit < 0) {
      throw new IllegalArgumentException("two hexadecimal digits must follow \\x");
    }
    return digit;
  }

  private char next() {
    if (at == line.length()) {
      throw new IllegalArgumentException("the closing quote is missing");
    }
    return line.charAt(at++);
  }
}
