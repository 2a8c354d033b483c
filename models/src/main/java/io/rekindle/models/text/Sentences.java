package io.rekindle.models.text;

import java.util.ArrayList;
import java.util.List;

/** A text cut into sentences, as written. A comma ends one too where the writing has no blanks: Chinese chains its clauses. */
final class Sentences {
    private static final String ENDS = ".!?。！？；;\n\r…~";

    private Sentences() {}

    static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            char mark = text.charAt(at);
            boolean comma = mark == '，' || (mark == ',' && at > 0 && text.charAt(at - 1) > '\u2e80');
            if (!comma && ENDS.indexOf(mark) < 0) continue;
            // A point within a number or an abbreviation ends nothing.
            if (mark == '.' && at + 1 < text.length() && Character.isLetterOrDigit(text.charAt(at + 1))) {
                boolean chinese = text.charAt(at + 1) > '\u2e80' || (at > 0 && text.charAt(at - 1) > '\u2e80');
                if (!chinese) continue;
            }
            add(text.substring(from, comma ? at : at + 1), sentences);
            from = at + 1;
        }
        add(text.substring(from), sentences);
        return sentences;
    }

    private static void add(String sentence, List<String> sentences) {
        String bare = sentence.strip();
        if (bare.codePoints().anyMatch(Character::isLetterOrDigit)) sentences.add(bare);
    }
}
