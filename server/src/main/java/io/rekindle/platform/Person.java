package io.rekindle.platform;

import io.rekindle.common.CustomerId;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The person an archive is made of or who is erased. In memory only.
 *
 * @param id the customer they are today
 * @param ids every id they ever had, of each of their identifiers, merged ones too
 * @param identifiers values in clear that stand for this person alone: user ids, addresses, numbers; those still known
 * @param names whether a word stands for the person: known by its keyed hash, in whatever spelling, also when no value is
 */
public record Person(CustomerId id, Set<CustomerId> ids, Set<String> identifiers, Predicate<String> names) {
    /** A scalar of a JSON text. */
    private static final Pattern SCALAR = Pattern.compile("\"((?:[^\"\\\\]|\\\\.){1,500})\"");
    /** What stands between blanks, without the brackets and stops around it. */
    private static final Pattern WORD = Pattern.compile("[^\\s<>()\\[\\]{}\"',;:=]{3,500}");

    /** What is shorter may stand in any text by chance. */
    private static final int SHORTEST = 5;

    public Person {
        ids = Set.copyOf(ids);
        identifiers = Set.copyOf(identifiers);
    }

    public Long[] idValues() {
        return ids.stream().map(CustomerId::value).toArray(Long[]::new);
    }

    /** Identifiers long enough to be looked for in a text, in lower case. */
    private List<String> searched() {
        return identifiers.stream()
                .filter(i -> i.length() >= SHORTEST)
                .map(i -> i.toLowerCase(Locale.ROOT))
                .toList();
    }

    /** Whether a text, plain or JSON, has one of the person's identifiers in it. */
    public boolean isIn(String text) {
        var lower = text.toLowerCase(Locale.ROOT);
        return searched().stream().anyMatch(lower::contains) || hasWord(text, names);
    }

    /** Whether something in a text, plain or JSON, that stands by itself is such a word. */
    public static boolean hasWord(String text, Predicate<String> wanted) {
        return SCALAR.matcher(text).results().anyMatch(found -> wanted.test(found.group(1)))
                || WORD.matcher(text).results().anyMatch(found -> wanted.test(found.group()));
    }

    @Override
    public String toString() {
        return "Person[" + ids.size() + " ids]";
    }
}
