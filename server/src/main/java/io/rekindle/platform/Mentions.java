package io.rekindle.platform;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes out of what others said or what is said of them whatever names somebody erased: their ids, in the place of which the
 * ids of nobody stand then, and words that stand for them, which become {@code [erased]}. All else stays to the letter.
 *
 * <p>User ids may be any words: to take each {@code 42} or {@code black} out of everybody's orders because somebody was called
 * that in the shop would falsify them. So a word that may well be another thing's (of less than five characters, of letters
 * only, of digits only) counts only where it is all that a field says which is called after a person: {@code referredBy},
 * {@code invited_by}, {@code userId}. Long ones count everywhere.
 */
public final class Mentions {
    /** What stands in the place of a word. */
    public static final String ERASED = "[erased]";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LONGEST = 500;
    private static final int SHORTEST = 5;
    private static final int LONG_NUMBER = 11;
    private static final int LONG_WORD = 12;

    /** What stands between blanks and JSON's signs, as {@link Person} takes a text apart. */
    private static final Pattern WORD = Pattern.compile("[^\\s<>()\\[\\]{}\"',;:=\\\\]+");
    /** Part of an address of a page, or one of several words with a stroke between. */
    private static final Pattern PART = Pattern.compile("[^/?&#|]+");

    private static final Pattern SEVERAL = Pattern.compile("[/?&#|]");

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,19}");
    private static final Pattern NUMBER_IN_A_TEXT = Pattern.compile("(?<![\\w-])-?\\d{1,19}(?!\\d)");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d(T.*)?");

    private static final Pattern HUMP = Pattern.compile("(?<=[\\p{Ll}\\d])(?=\\p{Lu})|[^\\p{L}\\d]+");
    private static final Set<String> KIND_OF_ID = Set.of("id", "number", "no", "nr", "code", "key");
    private static final Set<String> PERSONS = Set.of(
            "by",
            "von",
            "par",
            "por",
            "user",
            "userid",
            "customer",
            "customerid",
            "client",
            "clientid",
            "member",
            "memberid",
            "account",
            "accountid",
            "buyer",
            "owner",
            "friend",
            "referrer",
            "referrerid",
            "referee",
            "referral",
            "inviter",
            "invitee",
            "sponsor",
            "partner",
            "spouse",
            "parent",
            "recipient",
            "kunde",
            "nutzer",
            "mitglied",
            "freund",
            "werber",
            "parrain",
            "filleul",
            "ami",
            "membre",
            "usuario",
            "cliente",
            "miembro",
            "amigo",
            "padrino");
    private static final Pattern CHINESE_PERSON = Pattern.compile(".*(人|者|好友|朋友|会员|用户|客户|顾客)(号|编号|号码)?(?i:id)?");

    private final Map<Long, Long> ids;
    private final Predicate<String> names;

    /**
     * @param ids of the erased, and what stands in their places from now on
     * @param names whether a word stands for one of them
     */
    public Mentions(Map<Long, Long> ids, Predicate<String> names) {
        this.ids = Map.copyOf(ids);
        this.names = names;
    }

    /** Of nobody. */
    public static Mentions none() {
        return new Mentions(Map.of(), word -> false);
    }

    public Map<Long, Long> ids() {
        return ids;
    }

    /** A text of our own with other ids in the places of theirs, where numbers stand by themselves. */
    public String renamed(String text) {
        return NUMBER_IN_A_TEXT.matcher(text).replaceAll(found -> {
            var other = other(found.group());
            return other == null ? found.group() : other;
        });
    }

    /**
     * A JSON text, or a piece of one, without them.
     *
     * @param field what the value is called; empty where the text itself says
     */
    public String without(String field, String json) {
        return new Scan(field, json).run();
    }

    /** Goes over the signs of a JSON text: read and written again, numbers would not stay as they were written. */
    private final class Scan {
        private final String text;
        private final StringBuilder out;
        /** Fields of the objects around. */
        private final ArrayDeque<String> around = new ArrayDeque<>();

        private String field;
        private int at;

        Scan(String field, String text) {
            this.field = field;
            this.text = text;
            this.out = new StringBuilder(text.length());
        }

        String run() {
            while (at < text.length()) {
                char sign = text.charAt(at);
                if (sign == '"') string();
                else if (isBare(sign)) bare();
                else {
                    if (sign == '{') around.push(field);
                    else if (sign == '}' && !around.isEmpty()) field = around.pop();
                    out.append(sign);
                    at++;
                }
            }
            return out.toString();
        }

        private void string() {
            int end = at + 1;
            while (end < text.length() && text.charAt(end) != '"') end += text.charAt(end) == '\\' ? 2 : 1;
            end = Math.min(end, text.length());
            var inside = text.substring(at + 1, end);
            int next = end + 1;
            while (next < text.length() && Character.isWhitespace(text.charAt(next))) next++;
            boolean isName = next < text.length() && text.charAt(next) == ':';
            if (isName) field = inside;
            out.append('"').append(reworded(inside, !isName && isOfAPerson(field)));
            if (end < text.length()) out.append('"');
            at = end + 1;
        }

        private void bare() {
            int end = at;
            while (end < text.length() && isBare(text.charAt(end))) end++;
            var value = text.substring(at, end);
            var other = instead(value, isOfAPerson(field));
            out.append(ERASED.equals(other) ? '"' + ERASED + '"' : other == null ? value : other);
            at = end;
        }

        private static boolean isBare(char sign) {
            return !Character.isWhitespace(sign) && "\"{}[],:".indexOf(sign) < 0;
        }
    }

    /** What is between the quotes of a JSON text. */
    private String reworded(String inside, boolean ofAPerson) {
        var whole = instead(unescaped(inside), ofAPerson);
        if (whole != null) return whole;
        return WORD.matcher(inside).replaceAll(found -> Matcher.quoteReplacement(word(found.group())));
    }

    private String word(String word) {
        var other = instead(word, false);
        if (other != null) return other;
        if (!SEVERAL.matcher(word).find()) return word;
        return PART.matcher(word).replaceAll(found -> {
            var part = instead(found.group(), false);
            return Matcher.quoteReplacement(part == null ? found.group() : part);
        });
    }

    private static String unescaped(String inside) {
        if (inside.indexOf('\\') < 0) return inside;
        try {
            return JSON.readValue('"' + inside + '"', String.class);
        } catch (JacksonException notAString) {
            return inside;
        }
    }

    /** What stands in a word's place; null where it stays. */
    private @Nullable String instead(String word, boolean ofAPerson) {
        if (word.isBlank() || word.length() > LONGEST) return null;
        var other = other(word);
        if (other != null) return other;
        return (ofAPerson || isTelling(word)) && names.test(word) ? ERASED : null;
    }

    private @Nullable String other(String number) {
        if (ids.isEmpty() || !NUMBER.matcher(number).matches()) return null;
        try {
            var other = ids.get(Long.parseLong(number));
            return other == null ? null : Long.toString(other);
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }

    /** Whether a word can hardly be anything but somebody's. */
    private static boolean isTelling(String word) {
        if (word.length() < SHORTEST) return false;
        boolean letters = false;
        boolean digits = false;
        for (int i = 0; i < word.length(); i++) {
            letters |= Character.isLetter(word.charAt(i));
            digits |= Character.isDigit(word.charAt(i));
        }
        if (letters && digits) return !TIME.matcher(word).matches();
        return (letters && word.length() >= LONG_WORD) || (digits && word.length() >= LONG_NUMBER);
    }

    /** Whether a field is called so that it holds who somebody is. */
    static boolean isOfAPerson(String field) {
        if (field.isEmpty()) return false;
        if (CHINESE_PERSON.matcher(field).matches()) return true;
        var words = HUMP.split(field);
        int last = words.length - 1;
        while (last > 0 && KIND_OF_ID.contains(words[last].toLowerCase(Locale.ROOT))) last--;
        return last >= 0 && PERSONS.contains(words[last].toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return "Mentions[" + ids.size() + " ids]";
    }
}
