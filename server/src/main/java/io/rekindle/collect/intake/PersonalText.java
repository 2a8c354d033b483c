package io.rekindle.collect.intake;

/**
 * Finds what stands for a person in a text, whatever the field: e-mail addresses, phone numbers, IP and hardware
 * addresses, Chinese identity numbers, payment cards. One pass by hand, for intake asks it of every text that could hold one; most
 * cannot, which {@link JsonText} tells by the characters it copies anyway.
 *
 * <p>An e-mail address is read generously (anything with an @ between, also {@code %40} and the full-width one), for one
 * that is malformed is somebody's too. A phone number without a plus is read narrowly, and not at all where
 * {@link Kind#IDENTIFIER} says that the field holds the shop's own numbers: an order whose number was taken for a phone's
 * would be lost. A number for a card is 13 to 19 digits, in groups or not, whose last is right by Luhn's formula (ISO/IEC
 * 7812-1); one in ten numbers of that length is so by chance, so within a longer text it must also begin as cards do.
 */
public final class PersonalText {
    private static final int[] IDENTITY_WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String IDENTITY_CHECKS = "10X98765432";
    private static final String INSTEAD = "[personal]";

    private PersonalText() {}

    /** What a field's name says of its texts. */
    public enum Kind {
        /** Anything. */
        FREE(true, true),
        /** Things of the shop by their numbers: no card, but perhaps a telephone's number. */
        REFERENCE(true, false),
        /** Some number, of a card perhaps. */
        NUMBER(false, true),
        /** Numbers and codes of the shop: only what cannot be one of these is looked for. */
        IDENTIFIER(false, false),
        /** Versions, which look like IP addresses. */
        VERSION(false, false);

        private final boolean phones;
        private final boolean cards;

        Kind(boolean phones, boolean cards) {
            this.phones = phones;
            this.cards = cards;
        }

        boolean mayBePhones() {
            return phones;
        }

        boolean mayBeCards() {
            return cards;
        }
    }

    static final int SHORTEST_CARD = 13;
    static final int LONGEST_CARD = 19;

    public static boolean isIn(String text, Kind kind) {
        var chars = text.toCharArray();
        return find(chars, 0, chars.length, kind) >= 0;
    }

    /** The text with something neutral in the place of what stands for a person; the text itself when nothing does. */
    public static String redacted(String text, Kind kind) {
        var chars = text.toCharArray();
        long found = find(chars, 0, chars.length, kind);
        if (found < 0) return text;
        var out = new StringBuilder(text.length());
        int done = 0;
        while (found >= 0) {
            out.append(chars, done, start(found) - done).append(INSTEAD);
            done = end(found);
            found = find(chars, done, chars.length, kind);
        }
        return out.append(chars, done, chars.length - done).toString();
    }

    private static int start(long span) {
        return (int) (span >>> 32);
    }

    private static int end(long span) {
        return (int) span;
    }

    private static long span(int from, int to) {
        return ((long) from << 32) | to;
    }

    /** The first place from {@code from} on: its beginning in the high half, its end in the low one; -1 when none. */
    static long find(char[] t, int from, int to, Kind kind) {
        for (int i = from; i < to; i++) {
            char c = t[i];
            long found = -1;
            if (c == '@' || c == '\uff20') found = mail(t, from, i, i + 1, to);
            else if (c == '%' && i + 2 < to && t[i + 1] == '4' && t[i + 2] == '0') found = mail(t, from, i, i + 3, to);
            else if (c == '+' && !(i > from && isWord(t[i - 1]))) found = international(t, i, i + 1, to);
            else if (c == '%' && i + 2 < to && t[i + 1] == '2' && (t[i + 2] | 32) == 'b')
                found = international(t, i, i + 3, to);
            else if (c == ':') found = colons(t, from, i, to);
            else if (isDigit(c) && (i == from || !isWord(t[i - 1]))) {
                found = digits(t, from, i, to, kind);
                if (found < 0) while (i + 1 < to && isWord(t[i + 1]) && t[i + 1] != ':') i++;
            }
            if (found >= 0) return found;
        }
        return -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return (c | 32) >= 'a' && (c | 32) <= 'z';
    }

    /** Of the Latin words and codes that run into a number; a Chinese character beside it does not. */
    private static boolean isWord(char c) {
        return isDigit(c) || isLetter(c) || c == '_';
    }

    private static boolean endsAddress(char c) {
        return c <= ' ' || "<>()[]{},;:\"'|=&?/\\\u3000\uff1a\uff0c\u3002".indexOf(c) >= 0;
    }

    private static long mail(char[] t, int from, int at, int after, int to) {
        int start = at;
        while (start > from && !endsAddress(t[start - 1]) && t[start - 1] != '@') start--;
        int end = after;
        boolean letter = false;
        for (; end < to && !endsAddress(t[end]); end++) letter |= isLetter(t[end]) || t[end] > 127;
        return start < at && letter ? span(start, end) : -1;
    }

    private static long international(char[] t, int start, int i, int to) {
        if (i >= to || ((t[i] < '1' || t[i] > '9') && t[i] != '(')) return -1;
        int end = i;
        int digits = 0;
        for (int j = i; j < to; j++) {
            if (isDigit(t[j])) {
                digits++;
                end = j + 1;
            } else if (!isSeparator(t[j]) || j - end > 1) break;
        }
        return digits >= 8 && digits <= 15 ? span(start, end) : -1;
    }

    private static boolean isSeparator(char c) {
        return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '/' || c == '\u00a0';
    }

    private static long digits(char[] t, int from, int i, int to, Kind kind) {
        long found = kind == Kind.VERSION ? -1 : ipv4(t, from, i, to);
        if (found < 0) found = identity(t, i, to);
        if (found < 0 && kind.phones) found = national(t, from, i, to);
        return found < 0 && kind.cards && to - i >= SHORTEST_CARD ? card(t, from, i, to) : found;
    }

    /** A number that stands by itself, blanks or hyphens between its digits, and passes Luhn's test. */
    private static long card(char[] t, int from, int start, int to) {
        int digits = 0;
        int end = start;
        int j = start;
        for (; j < to && digits <= LONGEST_CARD; j++) {
            if (isDigit(t[j])) {
                digits++;
                end = j + 1;
            } else if ((t[j] != ' ' && t[j] != '-' && t[j] != '\u00a0') || j > end) break;
        }
        if (digits < SHORTEST_CARD || digits > LONGEST_CARD) return -1;
        boolean whole = isBlank(t, from, start) && isBlank(t, end, to);
        if (!whole && (isJoined(t, start - 1, from, to) || isJoined(t, end, from, to))) return -1;
        return isCard(t, start, end, digits) && (whole || beginsAsCardsDo(t, start, digits)) ? span(start, end) : -1;
    }

    private static boolean isBlank(char[] t, int from, int to) {
        for (int i = from; i < to; i++) if (t[i] > ' ') return false;
        return true;
    }

    /** Whether the sign beside a number makes it part of something longer: of a word, an address of a page, a fraction. */
    private static boolean isJoined(char[] t, int i, int from, int to) {
        if (i < from || i >= to) return false;
        if (t[i] == '.' || t[i] == ':')
            return i + 1 < to && t[i + 1] > ' ' && i > from && t[i - 1] > ' ' && isWord(t[i + 1]) && isWord(t[i - 1]);
        return isWord(t[i]) || "/\\-=&?#%+~@".indexOf(t[i]) >= 0;
    }

    /**
     * By Luhn's formula. Not a number of noughts, nor one that begins with a 1 and is as long as today's time in
     * milliseconds, microseconds or nanoseconds: no network issues such cards.
     */
    private static boolean isCard(char[] t, int start, int end, int digits) {
        if (t[start] == '0' || (t[start] == '1' && (digits == 13 || digits == 16 || digits == 19))) return false;
        int sum = 0;
        boolean second = false;
        for (int i = end - 1; i >= start; i--) {
            if (!isDigit(t[i])) continue;
            int digit = t[i] - '0';
            if (second) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
            sum += digit;
            second = !second;
        }
        return sum % 10 == 0;
    }

    /** As the numbers of Visa, Mastercard, American Express, JCB, Diners, Discover, Maestro and UnionPay do. */
    private static boolean beginsAsCardsDo(char[] t, int start, int digits) {
        if (digits == SHORTEST_CARD) return false;
        char second = isDigit(t[start + 1]) ? t[start + 1] : ' ';
        return switch (t[start]) {
            case '2' -> second >= '2' && second <= '7';
            case '3' -> second != '1' && second != '2' && second != '3';
            case '4', '6' -> true;
            case '5' -> second <= '8';
            default -> false;
        };
    }

    private static long ipv4(char[] t, int from, int start, int to) {
        if (start > from && t[start - 1] == '.' && start - 1 > from && isWord(t[start - 2])) return -1;
        int i = start;
        for (int part = 0; part < 4; part++) {
            int value = 0;
            int first = i;
            while (i < to && isDigit(t[i]) && i - first < 4) value = 10 * value + t[i++] - '0';
            if (i == first || i - first > 3 || value > 255) return -1;
            if (part == 3) break;
            if (i >= to || t[i++] != '.') return -1;
        }
        boolean goesOn = i < to && (isWord(t[i]) || (t[i] == '.' && i + 1 < to && isDigit(t[i + 1])));
        return goesOn ? -1 : span(start, i);
    }

    /** Eighteen digits of the form GB 11643 gives, whose last is right. */
    private static long identity(char[] t, int start, int to) {
        if (start + 18 > to || (start + 18 < to && isWord(t[start + 18])) || t[start] == '0') return -1;
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            if (!isDigit(t[start + i])) return -1;
            sum += IDENTITY_WEIGHTS[i] * (t[start + i] - '0');
        }
        int century = 10 * (t[start + 6] - '0') + t[start + 7] - '0';
        int month = 10 * (t[start + 10] - '0') + t[start + 11] - '0';
        int day = 10 * (t[start + 12] - '0') + t[start + 13] - '0';
        if ((century != 19 && century != 20) || month < 1 || month > 12 || day < 1 || day > 31) return -1;
        char last = t[start + 17] == 'x' ? 'X' : t[start + 17];
        return last == IDENTITY_CHECKS.charAt(sum % 11) ? span(start, start + 18) : -1;
    }

    /** Numbers written for a country's own people: told by the groups they are written in. */
    private static long national(char[] t, int from, int start, int to) {
        boolean bracket = start > from && t[start - 1] == '(';
        // Part of something longer, joined by other signs than a number's own.
        if (start > from && "-./:".indexOf(t[start - 1]) >= 0 && start - 1 > from && isWord(t[start - 2])) return -1;
        int end = start;
        int digits = 0;
        int groups = 1;
        long sizes = 0;
        boolean onlyDots = true;
        for (int j = start; j < to; j++) {
            if (isDigit(t[j])) {
                if (j > end) {
                    groups++;
                    sizes = (sizes << 8) | digits;
                    for (int k = end; k < j; k++) onlyDots &= t[k] == '.';
                }
                digits++;
                end = j + 1;
            } else if (!isSeparator(t[j]) || j - end > 1) break;
        }
        if (end < to && (isWord(t[end]) || t[end] == ':')) return -1;
        char first = t[start];
        char second = end > start + 1 ? t[start + 1] : ' ';
        boolean chinese = digits == 11
                && first == '1'
                && second >= '3'
                && second <= '9'
                && (groups == 1 || (groups == 3 && sizes == (3 << 8 | 7)));
        boolean chineseAbroad = digits == 13
                && groups == 1
                && first == '8'
                && second == '6'
                && t[start + 2] == '1'
                && t[start + 3] >= '3';
        boolean abroad = first == '0'
                && second == '0'
                && digits >= 10
                && digits <= 16
                && isDigit(t[start + 2])
                && t[start + 2] != '0'
                && !(groups > 1 && onlyDots && groups < 4);
        boolean longDistance = first == '0'
                && second != '0'
                && digits >= 9
                && digits <= 12
                && groups >= 2
                && !(onlyDots && groups < 4)
                && !isDate(t, start, end);
        boolean american = digits == 10 && groups == 3 && sizes == (3 << 8 | 6) && !onlyDots;
        return chinese || chineseAbroad || abroad || longDistance || american
                ? span(bracket ? start - 1 : start, end)
                : -1;
    }

    /** 05/01/2026 and what may follow it. */
    private static boolean isDate(char[] t, int start, int end) {
        return end - start >= 10
                && isDigit(t[start + 1])
                && !isDigit(t[start + 2])
                && isDigit(t[start + 3])
                && isDigit(t[start + 4])
                && t[start + 5] == t[start + 2]
                && isDigit(t[start + 6])
                && isDigit(t[start + 9])
                && (end - start == 10 || !isDigit(t[start + 10]));
    }

    /** An IPv6 or a hardware address around a colon. */
    private static long colons(char[] t, int from, int colon, int to) {
        int start = colon;
        while (start > from && isHexOrColon(t[start - 1])) start--;
        int end = colon;
        while (end < to && isHexOrColon(t[end])) end++;
        if ((start > from && isWord(t[start - 1])) || (end < to && isWord(t[end]))) return -1;
        int colons = 0;
        int run = 0;
        int longest = 0;
        int groups = 0;
        int pairs = 0;
        boolean gap = false;
        boolean digit = false;
        for (int i = start; i < end; i++) {
            if (t[i] == ':') {
                colons++;
                if (run > 0) groups++;
                if (run == 2) pairs++;
                gap |= i > start && t[i - 1] == ':';
                run = 0;
            } else {
                run++;
                longest = Math.max(longest, run);
                digit |= isDigit(t[i]);
            }
        }
        if (run > 0) groups++;
        if (run == 2) pairs++;
        boolean hardware = colons == 5 && pairs == 6;
        boolean ipv6 =
                longest <= 4 && digit && (gap ? groups >= 2 && groups <= 7 && colons >= 2 : colons == 7 && groups == 8);
        return hardware || ipv6 ? span(start, end) : -1;
    }

    private static boolean isHexOrColon(char c) {
        return c == ':' || isDigit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
    }
}
