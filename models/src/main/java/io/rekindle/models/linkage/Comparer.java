package io.rekindle.models.linkage;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares two values of one kind: says how alike they are, by levels from "same" down to "different". The levels carry no
 * weight of their own; what each is worth is learnt from the data.
 */
abstract sealed class Comparer<V extends Value> {
    private final List<String> levels;

    Comparer(String... levels) {
        this.levels = List.of(levels);
    }

    /** The levels' names, from the same to different. */
    final List<String> levels() {
        return levels;
    }

    /** The value of a text that is not blank; null where it tells nothing. */
    abstract @Nullable V read(String text);

    /** The level of two values that are not the same: 1 to the last. */
    abstract int level(V one, V other);

    /** What two records may be found by: parts of the value, always the same ones in the same order; null for no part. */
    abstract @Nullable String[] keys(V value);

    /** What the parts of {@link #keys} are called. */
    abstract List<String> keyNames();

    /**
     * @param region of phones, the country whose numbers stand without one; null where the values are to tell
     */
    static Comparer<?> of(Kind kind, List<String> values, @Nullable String region) {
        return switch (kind) {
            case GIVEN_NAME, SURNAME -> new Names();
            case FULL_NAME -> new FullNames();
            case DATE -> Days.of(values);
            case PHONE -> new Phones(region == null ? PhoneNumbers.region(values) : region);
            case EMAIL -> new Emails();
            case WORDS -> new Words();
            case CODE -> new Codes();
            case CATEGORY -> new Categories();
        };
    }

    /** Lower case, full-width forms as plain ones, one blank between words. */
    static String plain(String text) {
        String form = isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFKC);
        return form.toLowerCase(Locale.ROOT).strip();
    }

    /** Without accents. */
    static String unaccented(String text) {
        if (isAscii(text)) return text;
        String apart = Normalizer.normalize(text, Normalizer.Form.NFD);
        StringBuilder out = new StringBuilder(apart.length());
        for (int i = 0; i < apart.length(); i++) {
            char c = apart.charAt(i);
            switch (c) {
                case 'ß' -> out.append("ss");
                case 'ø' -> out.append('o');
                case 'ł' -> out.append('l');
                case 'æ' -> out.append("ae");
                case 'œ' -> out.append("oe");
                case 'đ' -> out.append('d');
                default -> {
                    if (Character.getType(c) != Character.NON_SPACING_MARK) out.append(c);
                }
            }
        }
        return out.toString();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) >= 128) return false;
        return true;
    }

    private static String lettersAndDigits(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().filter(Character::isLetterOrDigit).forEach(out::appendCodePoint);
        return out.toString();
    }

    private static @Nullable String start(String text, int length) {
        return text.length() < length ? null : text.substring(0, length);
    }

    private static @Nullable String end(String text, int length) {
        return text.length() < length ? null : text.substring(text.length() - length);
    }

    /** The first letter and the consonants behind it, each run of one kind once: what misspellings mostly leave. */
    static String skeleton(String spoken) {
        StringBuilder out = new StringBuilder(5);
        char last = 0;
        for (int i = 0; i < spoken.length() && out.length() < 4; i++) {
            char letter = spoken.charAt(i);
            char sound = switch (letter) {
                case 'a', 'e', 'i', 'o', 'u', 'y', 'h', 'w' -> i == 0 ? 'a' : 0;
                case 'b', 'p', 'f', 'v' -> 'b';
                case 'c', 'g', 'j', 'k', 'q', 's', 'x', 'z' -> 's';
                case 'd', 't' -> 'd';
                case 'm', 'n' -> 'm';
                default -> letter;
            };
            if (i == 0) out.append(letter);
            else if (sound != 0 && sound != last) out.append(sound);
            last = sound;
        }
        return out.toString();
    }

    /** A given name or a surname. */
    static final class Names extends Comparer<Value.Name> {
        Names() {
            super("same", "one letter off or sounding the same", "alike", "loosely alike", "different");
        }

        @Override
        Value.@Nullable Name read(String text) {
            return name(lettersAndDigits(plain(text)));
        }

        static Value.@Nullable Name name(String text) {
            if (text.isEmpty()) return null;
            boolean chinese = Pinyin.isChinese(text);
            String spoken = chinese ? Pinyin.of(text) : unaccented(text);
            return new Value.Name(text, spoken, Similarity.letters(spoken), chinese);
        }

        @Override
        int level(Value.Name one, Value.Name other) {
            String a = one.spoken();
            String b = other.spoken();
            if (a.equals(b)) return 1;
            int shorter = Math.min(a.length(), b.length());
            int longer = Math.max(a.length(), b.length());
            boolean near = longer >= 4
                    && Similarity.mayBeWithin(1, one.letters(), other.letters())
                    && Similarity.damerauLevenshtein(a, b, 1) == 1;
            // One letter of a name is little; one letter of a syllable is another character.
            if (one.chinese() && other.chinese()) return near ? 2 : sharesCharacters(one.text(), other.text()) ? 3 : 4;
            if (near) return 1;
            if (shorter >= 3 && (a.startsWith(b) || b.startsWith(a))) return 2;
            if (shorter == 1) return a.charAt(0) == b.charAt(0) ? 3 : 4;
            double alike =
                    Similarity.mayBeAlike(.8, a, b, one.letters(), other.letters()) ? Similarity.jaroWinkler(a, b) : 0;
            if (alike >= .9) return 2;
            if (longer >= 6
                    && Similarity.mayBeWithin(2, one.letters(), other.letters())
                    && Similarity.damerauLevenshtein(a, b, 2) == 2) return 2;
            return alike >= .8 ? 3 : 4;
        }

        private static boolean sharesCharacters(String a, String b) {
            if (Math.min(a.length(), b.length()) < 2) return false;
            int shared = 0;
            for (int i = 0; i < a.length(); i++) if (b.indexOf(a.charAt(i)) >= 0) shared++;
            return shared * 3 >= Math.max(a.length(), b.length()) * 2;
        }

        @Override
        @Nullable
        String[] keys(Value.Name name) {
            return new String[] {name.spoken(), start(name.spoken(), 3), skeleton(name.spoken())};
        }

        @Override
        List<String> keyNames() {
            return List.of("", "first letters", "sound");
        }
    }

    /** Given name and surname in one, in either order. */
    static final class FullNames extends Comparer<Value.FullName> {
        private final Names names = new Names();

        FullNames() {
            super(
                    "same",
                    "same in another order or sounding the same",
                    "one letter off",
                    "alike",
                    "a word in common",
                    "different");
        }

        @Override
        Value.@Nullable FullName read(String text) {
            List<Value.Name> words = new ArrayList<>();
            for (String word : plain(text).split("[^\\p{L}\\p{Nd}]+", -1)) {
                Value.Name name = Names.name(word);
                if (name != null) words.add(name);
            }
            if (words.isEmpty()) return null;
            StringBuilder written = new StringBuilder();
            for (Value.Name word : words)
                written.append(written.isEmpty() ? "" : " ").append(word.text());
            // Spoken syllables of a Chinese name count as words, so that 张伟 meets Wei Zhang.
            List<String> spoken = new ArrayList<>();
            for (Value.Name word : words) {
                if (!word.chinese()) spoken.add(word.spoken());
                else if (word.text().length() == 1) spoken.add(word.spoken());
                else {
                    int surname = Pinyin.surnameLength(word.text());
                    spoken.add(Pinyin.of(word.text().substring(0, surname)));
                    spoken.add(Pinyin.ofGiven(word.text().substring(surname)));
                }
            }
            spoken.sort(String::compareTo);
            String all = String.join("", spoken);
            boolean chinese = words.getFirst().chinese();
            words.sort((a, b) -> a.text().compareTo(b.text()));
            return new Value.FullName(
                    written.toString(),
                    new Value.Name(written.toString(), all, Similarity.letters(all), chinese),
                    List.copyOf(words));
        }

        @Override
        int level(Value.FullName one, Value.FullName other) {
            if (one.whole().spoken().equals(other.whole().spoken())) return 1;
            int whole = names.level(one.whole(), other.whole());
            if (one.whole().chinese() && other.whole().chinese()) return whole + 1;
            if (whole == 1) return 2;
            int same = 0;
            int near = 0;
            boolean oneIsShorter = one.words().size() <= other.words().size();
            List<Value.Name> few = oneIsShorter ? one.words() : other.words();
            List<Value.Name> many = oneIsShorter ? other.words() : one.words();
            boolean[] taken = new boolean[many.size()];
            for (Value.Name word : few) {
                int best = 4;
                int place = -1;
                for (int j = 0; j < taken.length; j++) {
                    if (taken[j]) continue;
                    int level = word.text().equals(many.get(j).text()) ? 0 : names.level(word, many.get(j));
                    if (level < best) {
                        best = level;
                        place = j;
                    }
                }
                if (place >= 0) taken[place] = true;
                if (best <= 1) same++;
                else if (best <= 3) near++;
            }
            if (few.size() > 1 && same == few.size()) return 2;
            if (few.size() > 1 && same + near == few.size()) return 3;
            return same > 0 ? 4 : whole == 2 ? 3 : 5;
        }

        @Override
        @Nullable
        String[] keys(Value.FullName name) {
            String spoken = name.whole().spoken();
            Value.Name first = name.words().getFirst();
            Value.Name last = name.words().getLast();
            return new String[] {
                spoken,
                first.spoken(),
                name.words().size() < 2 ? null : last.spoken(),
                start(spoken, 4),
                skeleton(spoken)
            };
        }

        @Override
        List<String> keyNames() {
            return List.of("", "one word", "other word", "first letters", "sound");
        }
    }

    /** A day, in the order of its column. */
    static final class Days extends Comparer<Value.Day> {
        private final boolean monthFirst;

        Days(boolean monthFirst) {
            super(
                    "same",
                    "one digit off, or day and month swapped",
                    "two of year, month and day the same",
                    "two digits off",
                    "about a year apart or less",
                    "different");
            this.monthFirst = monthFirst;
        }

        /** Whether 03/04/1980 is in March or April is told by days beyond the 12th. */
        static Days of(List<String> values) {
            int first = 0;
            int second = 0;
            for (String value : values) {
                int[] parts = numbers(value);
                if (parts.length == 3 && parts[2] > 99) {
                    if (parts[0] > 12) first++;
                    if (parts[1] > 12) second++;
                }
            }
            return new Days(second > first);
        }

        boolean isMonthFirst() {
            return monthFirst;
        }

        /** The numbers in a text, three at most; eight digits are a year, a month and a day. */
        static int[] numbers(String text) {
            int[] parts = new int[3];
            int count = 0;
            int digits = 0;
            int value = 0;
            for (int i = 0; i <= text.length() && count < 3; i++) {
                int digit = i < text.length() ? Character.digit(text.charAt(i), 10) : -1;
                if (digit >= 0) {
                    if (++digits > 8) return new int[0];
                    value = value * 10 + digit;
                } else if (digits > 0) {
                    if (digits == 8 && count == 0) return new int[] {value / 10_000, value / 100 % 100, value % 100};
                    parts[count++] = value;
                    digits = 0;
                    value = 0;
                }
            }
            return Arrays.copyOf(parts, count);
        }

        @Override
        Value.@Nullable Day read(String text) {
            int[] parts = numbers(text);
            if (parts.length != 3) return null;
            int year = parts[0] > 99 ? parts[0] : parts[2];
            int month = parts[0] > 99 || !monthFirst ? parts[1] : parts[0];
            int day = parts[0] > 99 ? parts[2] : monthFirst ? parts[1] : parts[0];
            if (year > 9999 || month > 99 || day > 99) return null;
            return new Value.Day(
                    new String(new char[] {
                        digit(year / 1000),
                        digit(year / 100),
                        digit(year / 10),
                        digit(year),
                        digit(month / 10),
                        digit(month),
                        digit(day / 10),
                        digit(day)
                    }),
                    year,
                    month,
                    day);
        }

        /** Digits that differ, neighbours that changed places as one; three stand for more. */
        private static int digitsOff(String a, String b) {
            int off = 0;
            for (int i = 0; i < a.length() && off < 3; i++) {
                if (a.charAt(i) == b.charAt(i)) continue;
                off++;
                if (i + 1 < a.length() && a.charAt(i) == b.charAt(i + 1) && a.charAt(i + 1) == b.charAt(i)) i++;
            }
            return off;
        }

        private static char digit(int number) {
            return (char) ('0' + number % 10);
        }

        @Override
        int level(Value.Day one, Value.Day other) {
            boolean year = one.year() == other.year();
            boolean month = one.month() == other.month();
            boolean day = one.day() == other.day();
            int edits = digitsOff(one.text(), other.text());
            if (edits == 1 || (year && one.month() == other.day() && one.day() == other.month())) return 1;
            if ((year && month) || (year && day) || (month && day)) return 2;
            if (edits == 2) return 3;
            int days = (one.year() - other.year()) * 365 + (one.month() - other.month()) * 30 + one.day() - other.day();
            return Math.abs(days) <= 400 ? 4 : 5;
        }

        @Override
        @Nullable
        String[] keys(Value.Day day) {
            return new String[] {
                day.text(),
                day.text().substring(0, 6),
                day.text().substring(4),
                day.text().substring(0, 4)
            };
        }

        @Override
        List<String> keyNames() {
            return List.of("", "year and month", "month and day", "year");
        }
    }

    /** A number or code. */
    static final class Codes extends Comparer<Value.Code> {
        Codes() {
            super("same", "one character off", "two characters off", "different");
        }

        @Override
        Value.@Nullable Code read(String text) {
            String code = lettersAndDigits(plain(text));
            return code.isEmpty() ? null : new Value.Code(code, Similarity.letters(code));
        }

        @Override
        int level(Value.Code one, Value.Code other) {
            int longer = Math.max(one.text().length(), other.text().length());
            int most = longer >= 6 ? 2 : longer >= 2 ? 1 : 0;
            if (!Similarity.mayBeWithin(most, one.letters(), other.letters())) return 3;
            return Math.min(
                    3,
                    Similarity.damerauLevenshtein(one.text(), other.text(), most) > most
                            ? 3
                            : Similarity.damerauLevenshtein(one.text(), other.text(), most));
        }

        @Override
        @Nullable
        String[] keys(Value.Code code) {
            int half = (code.text().length() + 1) / 2;
            boolean divided = code.text().length() >= 6;
            return new String[] {
                code.text(), divided ? start(code.text(), half) : null, divided ? end(code.text(), half) : null
            };
        }

        @Override
        List<String> keyNames() {
            return List.of("", "first half", "last half");
        }
    }

    /** A telephone number, however it is written. */
    static final class Phones extends Comparer<Value.Phone> {
        private static final int LOCAL = 7;

        private final @Nullable String region;

        /**
         * @param region whose numbers stand without their country; null where that is not known
         */
        Phones(@Nullable String region) {
            super("same", "same but for the prefix", "one digit off", "same last digits", "different");
            this.region = region;
        }

        @Nullable
        String region() {
            return region;
        }

        @Override
        Value.@Nullable Phone read(String text) {
            return PhoneNumbers.read(text, region);
        }

        @Override
        int level(Value.Phone one, Value.Phone other) {
            String a = one.national();
            String b = other.national();
            if (a.equals(b)) return 1;
            int shorter = Math.min(a.length(), b.length());
            if (shorter >= LOCAL && (a.endsWith(b) || b.endsWith(a))) return 1;
            if (Similarity.mayBeWithin(1, one.digits(), other.digits()) && Similarity.damerauLevenshtein(a, b, 1) == 1)
                return 2;
            return shorter >= LOCAL && a.regionMatches(a.length() - LOCAL, b, b.length() - LOCAL, LOCAL) ? 3 : 4;
        }

        @Override
        @Nullable
        String[] keys(Value.Phone phone) {
            String national = phone.national();
            return new String[] {national, end(national, LOCAL), end(national, 4), start(national, LOCAL)};
        }

        @Override
        List<String> keyNames() {
            return List.of("", "last seven digits", "last four digits", "first seven digits");
        }
    }

    /** An e-mail address. */
    static final class Emails extends Comparer<Value.Email> {
        Emails() {
            super("same", "one or two letters off", "same before the @", "alike before the @", "different");
        }

        @Override
        Value.@Nullable Email read(String text) {
            String plain = plain(text).replaceAll("\\s+", "");
            if (plain.isEmpty()) return null;
            int at = plain.lastIndexOf('@');
            String user = at < 0 ? plain : plain.substring(0, at);
            return new Value.Email(
                    plain,
                    Similarity.letters(plain),
                    user,
                    Similarity.letters(user),
                    at < 0 ? null : plain.substring(at + 1));
        }

        @Override
        int level(Value.Email one, Value.Email other) {
            boolean near = Similarity.mayBeWithin(2, one.letters(), other.letters());
            if (near && Similarity.damerauLevenshtein(one.text(), other.text(), 2) <= 2) return 1;
            if (one.user().equals(other.user())) return 2;
            int longer = Math.max(one.user().length(), other.user().length());
            if (longer >= 4
                    && Similarity.mayBeWithin(2, one.userLetters(), other.userLetters())
                    && (Similarity.damerauLevenshtein(one.user(), other.user(), longer >= 7 ? 2 : 1)
                                    <= (longer >= 7 ? 2 : 1)
                            || Similarity.jaroWinkler(one.user(), other.user()) >= .92)) return 3;
            return 4;
        }

        @Override
        @Nullable
        String[] keys(Value.Email email) {
            return new String[] {email.text(), email.user(), start(email.user(), 4), email.domain()};
        }

        @Override
        List<String> keyNames() {
            return List.of("", "before the @", "first letters", "behind the @");
        }
    }

    /** A street, a place, any words. */
    static final class Words extends Comparer<Value.Words> {
        /** Words of addresses that are written short. */
        private static final Map<String, String> SHORT = Map.ofEntries(
                Map.entry("street", "st"),
                Map.entry("road", "rd"),
                Map.entry("avenue", "ave"),
                Map.entry("av", "ave"),
                Map.entry("place", "pl"),
                Map.entry("crescent", "cres"),
                Map.entry("drive", "dr"),
                Map.entry("court", "ct"),
                Map.entry("close", "cl"),
                Map.entry("lane", "ln"),
                Map.entry("boulevard", "blvd"),
                Map.entry("square", "sq"),
                Map.entry("highway", "hwy"),
                Map.entry("apartment", "apt"),
                Map.entry("saint", "st"),
                Map.entry("straße", "str"),
                Map.entry("strasse", "str"));

        Words() {
            super("same", "one letter or blank off", "alike", "loosely alike", "different");
        }

        @Override
        Value.@Nullable Words read(String text) {
            List<String> words = new ArrayList<>();
            for (String word : unaccented(plain(text)).split("[^\\p{L}\\p{Nd}]+", -1))
                if (!word.isEmpty()) words.add(SHORT.getOrDefault(word, word));
            if (words.isEmpty()) return null;
            String written = String.join(" ", words);
            String together = String.join("", words);
            words.sort(String::compareTo);
            return new Value.Words(written, together, Similarity.letters(together), List.copyOf(words));
        }

        @Override
        int level(Value.Words one, Value.Words other) {
            String a = one.together();
            String b = other.together();
            if (a.equals(b)) return 1;
            int shorter = Math.min(a.length(), b.length());
            int longer = Math.max(a.length(), b.length());
            if (longer >= 4 && Similarity.mayBeWithin(2, one.letters(), other.letters())) {
                int edits = Similarity.damerauLevenshtein(a, b, longer >= 8 ? 2 : 1);
                if (edits == 1) return 1;
                if (edits == 2 && longer >= 8) return 2;
            }
            int shared = shared(one.words(), other.words());
            int few = Math.min(one.words().size(), other.words().size());
            if (shared == few && (few > 1 || shorter >= 5)) return 2;
            if (Similarity.mayBeAlike(.85, a, b, one.letters(), other.letters())) {
                double alike = Similarity.jaroWinkler(a, b);
                if (alike >= .92) return 2;
                if (alike >= .85) return 3;
            }
            return few > 1 && shared * 2 > few ? 3 : 4;
        }

        private static int shared(List<String> a, List<String> b) {
            int shared = 0;
            for (int i = 0, j = 0; i < a.size() && j < b.size(); ) {
                int order = a.get(i).compareTo(b.get(j));
                if (order == 0) {
                    shared++;
                    i++;
                    j++;
                } else if (order < 0) i++;
                else j++;
            }
            return shared;
        }

        @Override
        @Nullable
        String[] keys(Value.Words words) {
            return new String[] {words.together(), start(words.together(), 4), end(words.together(), 5)};
        }

        @Override
        List<String> keyNames() {
            return List.of("", "first letters", "last letters");
        }
    }

    /** One of a few values. */
    static final class Categories extends Comparer<Value.Code> {
        Categories() {
            super("same", "one letter off", "different");
        }

        @Override
        Value.@Nullable Code read(String text) {
            String code = lettersAndDigits(plain(text));
            return code.isEmpty() ? null : new Value.Code(code, Similarity.letters(code));
        }

        @Override
        int level(Value.Code one, Value.Code other) {
            return Math.max(one.text().length(), other.text().length()) >= 3
                            && Similarity.mayBeWithin(1, one.letters(), other.letters())
                            && Similarity.damerauLevenshtein(one.text(), other.text(), 1) == 1
                    ? 1
                    : 2;
        }

        @Override
        @Nullable
        String[] keys(Value.Code code) {
            return new String[] {code.text()};
        }

        @Override
        List<String> keyNames() {
            return List.of("");
        }
    }
}
