package io.rekindle.collect.tracking;

import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * A pattern of a schema that gives up on a text that takes it too long: some patterns take ages over texts that were made
 * for it, and texts come from anywhere. A text given up on does not match.
 */
final class CarefulPattern implements RegularExpression {
    private static final int MOST_LOOKS = 200_000;

    private final Pattern pattern;

    CarefulPattern(String pattern) {
        this.pattern = Pattern.compile(pattern);
    }

    @Override
    public boolean matches(String text) {
        try {
            return pattern.matcher(new Counted(text, new Looks(), 0, text.length()))
                    .find();
        } catch (TooLong e) {
            return false;
        }
    }

    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLong() {
            super("too long", null, false, false);
        }
    }

    private static final class Looks {
        private int taken;
    }

    private record Counted(String text, Looks looks, int from, int to) implements CharSequence {
        @Override
        public int length() {
            return to - from;
        }

        @Override
        public char charAt(int index) {
            if (++looks.taken > MOST_LOOKS) throw new TooLong();
            return text.charAt(from + index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text, looks, from + start, from + end);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }
}
