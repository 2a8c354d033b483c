package io.rekindle.collect.intake;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Copies JSON from a parser to text, token by token, and puts personal fields aside on the way, by their path. What it
 * writes every reader of JSON takes: lone surrogates become U+FFFD, numbers beyond a double become strings.
 */
final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final int LONGEST_PLAIN_NUMBER = 18;

    private final StringBuilder out = new StringBuilder(1024);
    private final StringBuilder path = new StringBuilder(64);
    private final PersonalFields fields;
    private @Nullable Map<String, String> personal;

    JsonText(PersonalFields fields) {
        this.fields = fields;
    }

    /** What to call for a member of the object that is copied, after its value was. */
    interface Member {
        void copied(String name, int from, int to);
    }

    private static final Member NONE = (name, from, to) -> {};

    /** Begins a new item: nothing put aside yet. */
    void begin() {
        personal = null;
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
        copyObject(in, isTraits, true, member);
        return out.toString();
    }

    String written(int from, int to) {
        return out.substring(from, to);
    }

    /** Copies an object, the opening brace being the current token; true when a member was written. */
    private void copyObject(JsonParser in, boolean isTraits, boolean siftPersonal, Member member) {
        out.append('{');
        int atStart = out.length();
        int pathLength = path.length();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            var name = in.currentName();
            in.nextToken();
            path.append('.').append(name);
            int before = out.length();
            if (siftPersonal && fields.contains(name, isTraits) && isWorthKeeping(in.currentToken())) {
                putAsideCurrent(in);
            } else {
                if (before > atStart) out.append(',');
                string(name);
                out.append(':');
                int from = out.length();
                boolean kept = copyValue(in, siftPersonal, isTraitsObject(name, pathLength));
                if (kept) member.copied(name, from, out.length());
                else out.setLength(before);
            }
            path.setLength(pathLength);
        }
        out.append('}');
    }

    /** {@code context.traits} are the person's traits too. */
    private boolean isTraitsObject(String name, int pathLength) {
        return pathLength == "context".length() && name.equals("traits");
    }

    private static boolean isWorthKeeping(JsonToken token) {
        return token != JsonToken.VALUE_NULL && token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE;
    }

    private void putAsideCurrent(JsonParser in) {
        var at = path.toString();
        if (!in.currentToken().isStructStart()) {
            putAside(at, in.getString());
            return;
        }
        int mark = out.length();
        copyValue(in, false, false);
        putAside(at, out.substring(mark));
        out.setLength(mark);
    }

    /** Copies one value; false when it was put aside instead. */
    private boolean copyValue(JsonParser in, boolean siftPersonal, boolean isTraits) {
        switch (in.currentToken()) {
            case START_OBJECT -> copyObject(in, isTraits, siftPersonal, NONE);
            case START_ARRAY -> copyArray(in, siftPersonal);
            case VALUE_STRING -> {
                int mark = out.length();
                if (string(in) && siftPersonal && looksLikeMail(mark)) {
                    putAside(path.toString(), in.getString());
                    return false;
                }
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in);
            case VALUE_TRUE -> out.append("true");
            case VALUE_FALSE -> out.append("false");
            default -> out.append("null");
        }
        return true;
    }

    private void copyArray(JsonParser in, boolean siftPersonal) {
        out.append('[');
        int pathLength = path.length();
        int index = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (index > 0) out.append(',');
            path.append('[').append(index++).append(']');
            // A place in an array is kept even when its value is put aside: the others must not move up.
            int mark = out.length();
            if (!copyValue(in, siftPersonal, false)) {
                out.setLength(mark);
                out.append("null");
            }
            path.setLength(pathLength);
        }
        out.append(']');
    }

    private void number(JsonParser in) {
        var text = in.getString();
        if ((text.length() > LONGEST_PLAIN_NUMBER && Double.isInfinite(in.getDoubleValue())) || hasHugeExponent(text))
            out.append('"').append(text).append('"');
        else out.append(text);
    }

    private static boolean hasHugeExponent(String text) {
        int e = Math.max(text.indexOf('e'), text.indexOf('E'));
        return e >= 0 && text.length() - e > 4;
    }

    /** A copied string of three parts: something, @, something with a dot; no spaces. */
    private boolean looksLikeMail(int from) {
        int at = out.indexOf("@", from);
        return at > from + 1
                && out.indexOf(".", at) > at + 1
                && out.indexOf(" ", from) < 0
                && out.indexOf("/", from) < 0
                && out.length() - from < 260;
    }

    /** Writes the parser's string; whether it has an @ in it. */
    private boolean string(JsonParser in) {
        return string(in.getStringCharacters(), in.getStringOffset(), in.getStringLength());
    }

    private void string(String text) {
        string(text.toCharArray(), 0, text.length());
    }

    private boolean string(char[] chars, int from, int length) {
        boolean at = false;
        out.append('"');
        int end = from + length;
        int done = from;
        for (int i = from; i < end; i++) {
            char c = chars[i];
            if (c == '@') at = true;
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) continue;
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
                    if (c < ' ') out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
                    else out.append('\ufffd');
                }
            }
        }
        out.append(chars, done, end - done).append('"');
        return at;
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
