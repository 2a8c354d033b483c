package io.rekindle.models.recommend;

import java.util.ArrayList;
import java.util.List;

/** The words of a short text: runs of letters and digits; of Chinese, every character and every two that follow one another. */
final class Words {
    private Words() {}

    static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        int before = -1;
        for (int at = 0; at < text.length(); ) {
            int letter = text.codePointAt(at);
            at += Character.charCount(letter);
            boolean ideograph = Character.isIdeographic(letter);
            if (ideograph || !Character.isLetterOrDigit(letter)) {
                if (word.length() > 1) words.add(word.toString());
                word.setLength(0);
            }
            if (ideograph) {
                words.add(Character.toString(letter));
                if (before >= 0) words.add(Character.toString(before) + Character.toString(letter));
            } else if (Character.isLetterOrDigit(letter)) word.appendCodePoint(letter);
            before = ideograph ? letter : -1;
        }
        if (word.length() > 1) words.add(word.toString());
        return words;
    }
}
