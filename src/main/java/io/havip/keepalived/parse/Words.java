package io.havip.keepalived.parse;

import java.util.ArrayList;
import java.util.List;

/** The two ways in which keepalived splits a line into words. */
final class Words {
  private Words() {}

  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** Words of most lines: double quotes around a word keep its white space. */
  static List<Word> of(Line line) {
    List<Word> words = new ArrayList<>();
    String text = line.text();
    int at = 0;
    while (at < text.length()) {
      if (isSpace(text.charAt(at))) {
        at++;
      } else if (text.charAt(at) == '"') {
        int close = text.indexOf('"', at + 1);
        int end = close < 0 ? text.length() : close;
        int next = close < 0 ? end : close + 1;
        words.add(line.word(at, next, text.substring(at + 1, end)));
        at = next;
      } else {
        int start = at;
        while (at < text.length() && text.charAt(at) != '"' && !isSpace(text.charAt(at))) {
          at++;
        }
        words.add(line.word(start, at, text.substring(start, at)));
      }
    }
    return words;
  }

  /** Words of a script's command: quotes of both kinds anywhere in a word, and backslashes. */
  static List<String> ofShell(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        at = escaped(text, at + 1, word);
        inWord = true;
        continue;
      }
      if (quote != 0 ? c == quote : (c == '"' || c == '\'')) {
        quote = quote == 0 ? c : 0;
        inWord = true;
      } else if (quote == 0 && isSpace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
      at++;
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /** Appends what stands behind a backslash, and tells where it ends. */
  private static int escaped(String text, int start, StringBuilder word) {
    char c = text.charAt(start);
    int at = start + 1;
    if (c == 'x' && at < text.length() && Character.digit(text.charAt(at), 16) >= 0) {
      int value = 0;
      for (; at < text.length() && Character.digit(text.charAt(at), 16) >= 0; at++) {
        value = ((value & 0xff) << 4) + Character.digit(text.charAt(at), 16);
      }
      word.append((char) (value & 0xff));
    } else if (c == 'c' && at < text.length()) {
      word.append((char) (text.charAt(at++) & 0x1f));
    } else if (c >= '0' && c <= '7') {
      int value = c - '0';
      for (int digits = 1; digits < 3 && at < text.length(); digits++, at++) {
        char next = text.charAt(at);
        if (next < '0' || next > '7') {
          break;
        }
        value = value * 8 + (next - '0');
      }
      word.append((char) (value & 0xff));
    } else {
      word.append(
          switch (c) {
            case 'a' -> (char) 7;
            case 'b' -> '\b';
            case 'E' -> (char) 27;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> (char) 11;
            default -> c;
          });
    }
    return at;
  }
}
