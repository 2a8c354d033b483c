package io.rekindle.models.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text cut into the units everything else counts: words where words are written apart, single characters where they are
 * not (Chinese, Japanese, Thai), and punctuation marks. Width, case and typographic apostrophes are made one first. A mark that is
 * repeated ({@code !!!}) is one unit.
 */
final class Words {
    /** What a unit is. */
    enum Kind {
        WORD,
        CHARACTER,
        MARK
    }

    /** No script before Thai is written without blanks; most Chinese characters stand in one block. */
    private static final int FIRST_APART = 0x0E00;

    private static final int FIRST_COMMON_HAN = 0x4E00;
    private static final int LAST_COMMON_HAN = 0x9FFF;

    private final List<String> units;
    private final List<Kind> kinds;

    private Words(List<String> units, List<Kind> kinds) {
        this.units = units;
        this.kinds = kinds;
    }

    static Words of(String text) {
        String plain = normal(text);
        List<String> units = new ArrayList<>();
        List<Kind> kinds = new ArrayList<>();
        int at = 0;
        while (at < plain.length()) {
            int character = plain.codePointAt(at);
            int next = at + Character.charCount(character);
            if (isWritten(character)) {
                if (standsAlone(character)) {
                    units.add(plain.substring(at, next));
                    kinds.add(Kind.CHARACTER);
                } else {
                    next = endOfWord(plain, next);
                    units.add(plain.substring(at, next));
                    kinds.add(Kind.WORD);
                }
            } else if (!Character.isWhitespace(character) && !Character.isISOControl(character)) {
                while (next < plain.length() && plain.codePointAt(next) == character)
                    next += Character.charCount(character);
                units.add(plain.substring(at, at + Character.charCount(character)));
                kinds.add(Kind.MARK);
            }
            at = next;
        }
        return new Words(units, kinds);
    }

    /** One spelling for what reads the same. */
    static String normal(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .replace('’', '\'')
                .replace('‘', '\'')
                .replace('`', '\'');
    }

    private static boolean isWritten(int character) {
        return Character.isLetterOrDigit(character);
    }

    private static boolean standsAlone(int character) {
        if (character < FIRST_APART) return false;
        if (character >= FIRST_COMMON_HAN && character <= LAST_COMMON_HAN) return true;
        if (Character.isDigit(character)) return false;
        UnicodeScript script = UnicodeScript.of(character);
        return script == UnicodeScript.HAN
                || script == UnicodeScript.HIRAGANA
                || script == UnicodeScript.KATAKANA
                || script == UnicodeScript.THAI;
    }

    private static int endOfWord(String text, int from) {
        int at = from;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            int next = at + Character.charCount(character);
            boolean inside = (isWritten(character) && !standsAlone(character))
                    || Character.getType(character) == Character.NON_SPACING_MARK;
            if (!inside
                    && (character == '\'' || character == '/')
                    && next < text.length()
                    && isWritten(text.codePointAt(next))
                    && (character == '\'' || Character.isDigit(text.codePointAt(next)))) inside = true;
            if (!inside) break;
            at = next;
        }
        return at;
    }

    int size() {
        return units.size();
    }

    String unit(int i) {
        return units.get(i);
    }

    Kind kind(int i) {
        return kinds.get(i);
    }

    boolean isMark(int i) {
        return kinds.get(i) == Kind.MARK;
    }

    /** The units from one to before another as they are read: blanks between words, none between characters. */
    String joined(int from, int to) {
        if (to == from + 1) return units.get(from);
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            if (i > from && kinds.get(i) == Kind.WORD && kinds.get(i - 1) != Kind.CHARACTER) text.append(' ');
            text.append(units.get(i));
        }
        return text.toString();
    }
}
