package io.rekindle.collect.intake;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Copies JSON from a parser to text, token by token, and puts personal fields aside on the way, by their path. What it
 * writes every reader of JSON takes: lone surrogates and NUL become U+FFFD, numbers beyond a double become strings.
 *
 * <p>While a text is copied its characters are classed, and only one with an @, a %, or as many digits as an address or a
 * number for a telephone needs is looked into. Of an address of a page only the personal parameters are left out.
 */
final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final int LONGEST_PLAIN_NUMBER = 18;
    private static final int LONGEST_NUMBER = 1_000;
    private static final int DEEPEST = 100;
    private static final String BIRTH_YEAR = "birth_year";
    private static final Pattern YEAR = Pattern.compile("(?<!\\d)((?:19|20)\\d\\d)(?=\\d{4}(?!\\d)|(?!\\d))");

    private static final int ESCAPED = 1;
    private static final int AT = 1 << 1;
    private static final int PLUS = 1 << 2;
    private static final int DOT = 1 << 3;
    private static final int COLON = 1 << 4;
    private static final int PERCENT = 1 << 5;
    private static final int QUESTION = 1 << 6;
    private static final int EQUALS = 1 << 7;
    private static final int HASH = 1 << 8;
    private static final int DIGIT_BIT = 9;
    private static final int[] CLASSES = classes();
    private static final int FEWEST_IN_A_PHONE_NUMBER = 8;
    private static final int FEWEST_IN_AN_IP_ADDRESS = 4;
    /** Of a Chinese mobile number, which clients send as an integer. */
    private static final int LENGTH_OF_A_PHONE_NUMBER = 11;

    private final StringBuilder out = new StringBuilder(1024);
    private final StringBuilder path = new StringBuilder(64);
    private final PersonalFields fields;
    private @Nullable Map<String, String> personal;
    /** Of the text copied last: which classes its characters are of, and how many are digits. */
    private int mask;

    private int digits;
    private int depth;
    private @Nullable Fault fault;

    JsonText(PersonalFields fields) {
        this.fields = fields;
    }

    /** Whom the members of an object tell of. */
    private enum Of {
        NOBODY,
        /** A person: these are her traits. */
        TRAITS,
        A_PERSON,
        A_DEVICE,
        /** What shows that somebody agreed is in somebody's words. */
        A_CONSENT
    }

    /** What to call for a member of the object that is copied, after its value was. */
    interface Member {
        void copied(String name, int from, int to);
    }

    private static final Member NONE = (name, from, to) -> {};

    /** Begins a new item: nothing put aside yet. */
    void begin() {
        personal = null;
        fault = null;
    }

    /** Why what was read since {@link #begin} cannot be used; null when it can. */
    @Nullable
    Fault fault() {
        return fault;
    }

    /** What others who read JSON would not take, or not come to an end with. */
    enum Fault {
        TOO_DEEP("too_deep", "objects and lists stand in each other more than %d deep".formatted(DEEPEST)),
        NUMBER_TOO_LONG("number_too_long", "a number has more than %d characters".formatted(LONGEST_NUMBER));

        private final String reason;
        private final String words;

        Fault(String reason, String words) {
            this.reason = reason;
            this.words = words;
        }

        String reason() {
            return reason;
        }

        String words() {
            return words;
        }
    }

    /** What was put aside since {@link #begin}, by path; null when nothing was. */
    @Nullable
    Map<String, String> personal() {
        return personal;
    }

    void putAside(String at, String value) {
        if (personal == null) personal = new LinkedHashMap<>();
        personal.put(at, value);
    }

    /** Copies the object the parser stands at; {@code name} begins the path of what is put aside. */
    String object(JsonParser in, String name, boolean isTraits) {
        return object(in, name, isTraits, NONE);
    }

    String object(JsonParser in, String name, boolean isTraits, Member member) {
        out.setLength(0);
        path.setLength(0);
        path.append(name);
        depth = 1;
        copyObject(in, isTraits ? Of.TRAITS : Of.NOBODY, true, member);
        return out.toString();
    }

    String written(int from, int to) {
        return out.substring(from, to);
    }

    /** Copies an object, the opening brace being the current token; true when a member was written. */
    private void copyObject(JsonParser in, Of of, boolean siftPersonal, Member member) {
        out.append('{');
        int atStart = out.length();
        int pathLength = path.length();
        int birthYear = 0;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            var name = in.currentName();
            in.nextToken();
            var judged = fields.judge(name);
            int before = out.length();
            if (siftPersonal && judged == PersonalFields.Judgement.NAMES_SOMEBODY) {
                // The path stands in clear beside what is sealed: the name goes where the value goes.
                path.append(".[").append(personal == null ? 0 : personal.size()).append(']');
                putAside(path.toString(), name + "=" + current(in));
                path.setLength(pathLength);
                continue;
            }
            path.append('.').append(name);
            // What is said of a channel is no address, though the channel be called email.
            boolean aboutAChannel = of == Of.A_CONSENT && in.currentToken() == JsonToken.START_OBJECT;
            if (siftPersonal && !aboutAChannel && isPersonal(judged, of, name) && isWorthKeeping(in.currentToken())) {
                if (!keptAsUrl(in, name, before > atStart)) {
                    var given = current(in);
                    putAside(path.toString(), given);
                    if (judged == PersonalFields.Judgement.BIRTHDAY && birthYear == 0) birthYear = yearIn(given);
                }
            } else {

                if (before > atStart) out.append(',');
                string(name);
                out.append(':');
                int from = out.length();
                boolean kept = copyValue(in, siftPersonal, ofWhom(judged, of, name, pathLength), judged.kind());
                if (kept) {
                    member.copied(name, from, out.length());
                    if (judged == PersonalFields.Judgement.BIRTH_YEAR) birthYear = -1;
                } else {
                    out.setLength(before);
                }
            }
            path.setLength(pathLength);
        }
        if (birthYear > 0) {
            if (out.length() > atStart) out.append(',');
            string(BIRTH_YEAR);
            out.append(':').append(birthYear);
        }
        out.append('}');
    }

    private static boolean isPersonal(PersonalFields.Judgement judged, Of of, String name) {
        if (of == Of.A_CONSENT && name.equals("proof")) return true;
        return switch (judged) {
            case PERSONAL, BIRTHDAY -> true;
            case AMONG_TRAITS -> of == Of.TRAITS;
            case OF_A_PERSON ->
                of == Of.TRAITS || of == Of.A_PERSON || (of == Of.A_DEVICE && PersonalFields.namesADevice(name));
            default -> of == Of.A_DEVICE && PersonalFields.namesADevice(name);
        };
    }

    /** Whose the members of an object of this name are. */
    private static Of ofWhom(PersonalFields.Judgement judged, Of of, String name, int pathLength) {
        if (of == Of.A_CONSENT || (of == Of.TRAITS && name.equals("consent"))) return Of.A_CONSENT;
        return switch (judged) {
            case HOLDS_A_PERSON -> Of.A_PERSON;
            case HOLDS_A_DEVICE -> Of.A_DEVICE;
            // {@code context.traits} are the person's traits too.
            default -> pathLength == "context".length() && name.equals("traits") ? Of.TRAITS : Of.NOBODY;
        };
    }

    /** A year of somebody's life, written as four digits in front of, behind or without a day and month; 0 when there is none. */
    private static int yearIn(String given) {
        var year = YEAR.matcher(given);
        return year.find() ? Integer.parseInt(year.group(1)) : 0;
    }

    private static boolean isWorthKeeping(JsonToken token) {
        return token != JsonToken.VALUE_NULL && token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE;
    }

    /** The value the parser stands at as text; nothing of it is written. */
    private String current(JsonParser in) {
        if (!in.currentToken().isStructStart()) return in.getString();
        int mark = out.length();
        copyValue(in, false, Of.NOBODY, PersonalText.Kind.FREE);
        var text = out.substring(mark);
        out.setLength(mark);
        return text;
    }

    /** A page's {@code search} is the query of its address: what of it is nobody's stays. */
    private boolean keptAsUrl(JsonParser in, String name, boolean follows) {
        if (in.currentToken() != JsonToken.VALUE_STRING || !name.equals("search")) return false;
        var given = in.getString();
        if (!given.startsWith("?") || !Urls.mayHaveParameters(given)) return false;
        var kept = Urls.withoutPersonalParameters(given, fields);
        if (PersonalText.isIn(kept, PersonalText.Kind.FREE)) return false;
        if (!kept.equals(given)) putAside(path.toString(), given);
        if (follows) out.append(',');
        string(name);
        out.append(':');
        string(kept);
        return true;
    }

    /** Copies one value; false when it was put aside instead. */
    private boolean copyValue(JsonParser in, boolean siftPersonal, Of of, PersonalText.Kind kind) {
        switch (in.currentToken()) {
            case START_OBJECT, START_ARRAY -> {
                if (depth == DEEPEST) {
                    fault = Fault.TOO_DEEP;
                    in.skipChildren();
                    out.append("null");
                    return true;
                }
                depth++;
                if (in.currentToken() == JsonToken.START_OBJECT) copyObject(in, of, siftPersonal, NONE);
                else copyArray(in, siftPersonal, of == Of.A_PERSON ? of : Of.NOBODY, kind);
                depth--;
            }
            case VALUE_STRING -> {
                int before = out.length();
                string(in);
                return !siftPersonal || !isWorthALook(kind) || keptAfterALook(in, before, kind);
            }
            case VALUE_NUMBER_INT -> {
                if (siftPersonal && isWorthALook(in.getStringLength(), kind)) {
                    int from = in.getStringOffset();
                    if (PersonalText.find(in.getStringCharacters(), from, from + in.getStringLength(), kind) >= 0) {
                        putAside(path.toString(), in.getString());
                        return false;
                    }
                }
                number(in);
            }
            case VALUE_NUMBER_FLOAT -> number(in);
            case VALUE_TRUE -> out.append("true");
            case VALUE_FALSE -> out.append("false");
            default -> out.append("null");
        }
        return true;
    }

    private boolean isWorthALook(PersonalText.Kind kind) {
        if ((mask & (AT | PERCENT)) != 0) return true;
        if ((mask & (QUESTION | HASH)) != 0 && (mask & EQUALS) != 0) return true;
        if (digits < FEWEST_IN_AN_IP_ADDRESS) return (mask & COLON) != 0 && digits > 0;
        return (mask & (DOT | COLON)) != 0
                || (digits >= FEWEST_IN_A_PHONE_NUMBER && ((mask & PLUS) != 0 || kind.mayBePhones()))
                || (digits >= PersonalText.SHORTEST_CARD && kind.mayBeCards())
                || digits >= 17;
    }

    /** Whether an integer of so many digits may be somebody's. */
    private static boolean isWorthALook(int length, PersonalText.Kind kind) {
        if (length == LENGTH_OF_A_PHONE_NUMBER) return kind.mayBePhones();
        return length >= PersonalText.SHORTEST_CARD && length <= PersonalText.LONGEST_CARD && kind.mayBeCards();
    }

    private boolean keptAfterALook(JsonParser in, int before, PersonalText.Kind kind) {
        int from = in.getStringOffset();
        boolean found = PersonalText.find(in.getStringCharacters(), from, from + in.getStringLength(), kind) >= 0;
        boolean hasParameters = (mask & (QUESTION | HASH)) != 0 && (mask & EQUALS) != 0;
        if (!found && !hasParameters) return true;
        var given = in.getString();
        if (hasParameters && Urls.mayHaveParameters(given)) {
            var kept = Urls.withoutPersonalParameters(given, fields);
            if (kept.equals(given)) {
                if (!found) return true;
            } else if (!PersonalText.isIn(kept, kind)) {
                putAside(path.toString(), given);
                out.setLength(before);
                string(kept);
                return true;
            }
        } else if (!found) {
            return true;
        }
        putAside(path.toString(), given);
        return false;
    }

    private void copyArray(JsonParser in, boolean siftPersonal, Of of, PersonalText.Kind kind) {
        out.append('[');
        int pathLength = path.length();
        int index = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (index > 0) out.append(',');
            path.append('[').append(index++).append(']');
            // A place in an array is kept even when its value is put aside: the others must not move up.
            int mark = out.length();
            if (!copyValue(in, siftPersonal, of, kind)) {
                out.setLength(mark);
                out.append("null");
            }
            path.setLength(pathLength);
        }
        out.append(']');
    }

    private void number(JsonParser in) {
        var text = in.getString();
        if (text.length() > LONGEST_NUMBER) {
            fault = Fault.NUMBER_TOO_LONG;
            out.append("null");
            return;
        }
        int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
        boolean mayBeBeyond = exponent >= 0 || text.length() > LONGEST_PLAIN_NUMBER;
        // What a double does not hold stays as it was written.
        if (isLong(text, exponent) || (mayBeBeyond && Double.isInfinite(in.getDoubleValue())))
            out.append('"').append(text).append('"');
        else out.append(text);
    }

    private static boolean isLong(String text, int exponent) {
        return exponent >= 0 && text.length() - exponent > 4;
    }

    private void string(JsonParser in) {
        string(in.getStringCharacters(), in.getStringOffset(), in.getStringLength());
    }

    private void string(String text) {
        string(text.toCharArray(), 0, text.length());
    }

    private static int[] classes() {
        var classes = new int[128];
        for (int c = 0; c < ' '; c++) classes[c] = ESCAPED;
        classes['"'] = ESCAPED;
        classes['\\'] = ESCAPED;
        classes['@'] = AT;
        classes['+'] = PLUS;
        classes['.'] = DOT;
        classes[':'] = COLON;
        classes['%'] = PERCENT;
        classes['?'] = QUESTION;
        classes['='] = EQUALS;
        classes['#'] = HASH;
        for (int c = '0'; c <= '9'; c++) classes[c] = 1 << DIGIT_BIT;
        return classes;
    }

    private void string(char[] chars, int from, int length) {
        int seen = 0;
        int numerals = 0;
        out.append('"');
        int end = from + length;
        int done = from;
        for (int i = from; i < end; i++) {
            char c = chars[i];
            if (c < 128) {
                int its = CLASSES[c];
                seen |= its;
                numerals += its >>> DIGIT_BIT;
                if (its != ESCAPED) continue;
            } else if (!Character.isSurrogate(c)) {
                if (c == '\uff20') seen |= AT;
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(chars[i + 1])) {
                i++;
                continue;
            }
            out.append(chars, done, i - done);
            done = i + 1;
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Readers of JSON take a NUL, PostgreSQL does not.
                    if (c < ' ' && c > 0)
                        out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
                    else out.append('\ufffd');
                }
            }
        }
        out.append(chars, done, end - done).append('"');
        mask = seen;
        digits = numerals;
    }

    /** The fields put aside as one JSON object of strings. */
    static String ofStrings(Map<String, String> values) {
        var text = new JsonText(NO_FIELDS);
        text.out.append('{');
        for (var entry : values.entrySet()) {
            if (text.out.length() > 1) text.out.append(',');
            text.string(entry.getKey());
            text.out.append(':');
            text.string(entry.getValue());
        }
        return text.out.append('}').toString();
    }

    private static final PersonalFields NO_FIELDS = new PersonalFields(java.util.List.of());
}
