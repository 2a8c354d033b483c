package io.rekindle.profile;

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
        var joined = Stream.of(get(FIRST_NAME), get(LAST_NAME))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
        return joined.isEmpty() ? Optional.empty() : Optional.of(joined);
    }

    /** The same fields with every value made unrecognisable, for callers who may not see personal data. */
    public PersonalFields masked() {
        return new PersonalFields(values.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Mask.of(e.getKey(), e.getValue()))));
    }

    @Override
    public String toString() {
        return "PersonalFields" + values.keySet();
    }
}
