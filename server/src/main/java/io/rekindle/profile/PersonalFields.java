package io.rekindle.profile;

import io.rekindle.collect.Identifiers;
import java.lang.Character.UnicodeScript;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Personal fields of one customer in clear, by name ({@code userId}, {@code email}, {@code firstName} …). Memory only. */
public record PersonalFields(Map<String, String> values) {
    /** The names the product itself asks for. */
    public static final String USER_ID = "userId";

    public static final String EMAIL = "email";
    public static final String PHONE = "phone";
    public static final String FIRST_NAME = "firstName";
    public static final String LAST_NAME = "lastName";
    public static final String NAME = "name";

    /** A customer of whom nothing personal is known. */
    public static final PersonalFields NONE = new PersonalFields(Map.of());

    public PersonalFields {
        values = Map.copyOf(values);
    }

    public Optional<String> get(String field) {
        return Optional.ofNullable(values.get(field));
    }

    /** The full name: as given, else first and last name. */
    public Optional<String> fullName() {
        var name = get(NAME);
        if (name.isPresent()) return name;
        var first = get(FIRST_NAME);
        var last = get(LAST_NAME);
        // Chinese, Japanese and Korean names begin with the family's, and are written without a space.
        boolean familyFirst = Stream.of(first, last)
                .allMatch(part -> part.filter(PersonalFields::isEastAsian).isPresent());
        var joined = (familyFirst ? Stream.of(last, first) : Stream.of(first, last))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(familyFirst ? "" : " "));
        return joined.isEmpty() ? Optional.empty() : Optional.of(joined);
    }

    private static boolean isEastAsian(String name) {
        return name.codePoints().allMatch(c -> switch (UnicodeScript.of(c)) {
            case HAN, HANGUL, HIRAGANA, KATAKANA -> true;
            default -> false;
        });
    }

    /** The same fields with every value made unrecognisable, for callers who may not see personal data. */
    PersonalFields masked(Identifiers identifiers) {
        return new PersonalFields(values.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, e -> Mask.of(e.getKey(), e.getValue(), identifiers))));
    }

    @Override
    public String toString() {
        return "PersonalFields" + values.keySet();
    }
}
