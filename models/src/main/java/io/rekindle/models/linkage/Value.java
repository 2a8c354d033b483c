package io.rekindle.models.linkage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value made ready to be compared; equal texts are the same value. */
sealed interface Value {
    String text();

    /**
     * A name.
     *
     * @param spoken its letters without accents; for Chinese characters their pinyin
     * @param letters of spoken
     * @param chinese whether it is written in Chinese characters
     */
    record Name(String text, String spoken, long letters, boolean chinese) implements Value {}

    /**
     * A name of several words.
     *
     * @param whole the name as one, its words in order of the alphabet
     * @param words in order of the alphabet
     */
    record FullName(String text, Name whole, List<Name> words) implements Value {}

    /** Year, month and day as written; they need not be a day of the calendar. */
    record Day(String text, int year, int month, int day) implements Value {}

    /**
     * A code.
     *
     * @param letters of text
     */
    record Code(String text, long letters) implements Value {}

    /**
     * A telephone number.
     *
     * @param text with its country, as +8613812345678; where the country is not known, the digits without leading noughts
     * @param national its digits within the country, without leading noughts
     * @param digits of national
     */
    record Phone(String text, String national, long digits) implements Value {}

    /**
     * @param user before the @
     * @param domain behind it; null where there is no @
     */
    record Email(
            String text,
            long letters,
            String user,
            long userLetters,
            @Nullable String domain) implements Value {}

    /**
     * Several words.
     *
     * @param text the words as they stand, with one blank between
     * @param together the same without blanks
     * @param letters of together
     * @param words in order of the alphabet
     */
    record Words(String text, String together, long letters, List<String> words) implements Value {}
}
