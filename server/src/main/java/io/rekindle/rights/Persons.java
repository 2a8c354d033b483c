package io.rekindle.rights;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.Mentions;
import io.rekindle.platform.Person;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Puts together who somebody is: every id they ever had, of merged customers too, and their identifiers in clear. */
@Component
class Persons {
    private static final Set<String> IDENTIFYING =
            Set.of(PersonalFields.USER_ID, PersonalFields.EMAIL, PersonalFields.PHONE);

    private static final Set<String> NAMES =
            Set.of(PersonalFields.FIRST_NAME, PersonalFields.LAST_NAME, PersonalFields.NAME);
    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]+");
    private static final int SHORTEST_NAME = 2;

    private static final int MOST_REMEMBERED = 100_000;

    private final Identities identities;
    private final Profiles profiles;
    private final Identifiers identifiers;

    Persons(Identities identities, Profiles profiles, Identifiers identifiers) {
        this.identifiers = identifiers;
        this.identities = identities;
        this.profiles = profiles;
    }

    /** @param asked ids of one person, as given out at any time */
    Person of(Collection<CustomerId> asked) {
        var ids = new HashSet<>(asked);
        var canonical = Set.copyOf(identities.canonical(asked).values());
        for (var customer : canonical) {
            ids.add(customer);
            for (var known : identities.identifiersOf(customer))
                ids.add(known.identifier().id());
        }
        var texts = profiles.personal(canonical, IDENTIFYING).values().stream()
                .flatMap(fields -> fields.values().values().stream())
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.toSet());
        var values = ids.stream().map(CustomerId::value).collect(Collectors.toSet());
        return new Person(List.copyOf(canonical).getFirst(), ids, texts, words(values));
    }

    /** What names people of whom nothing but their ids is left. */
    Mentions mentions(Map<Long, Long> ids) {
        return new Mentions(ids, words(Set.copyOf(ids.keySet())));
    }

    private Predicate<String> words(Set<Long> ids) {
        var known = new HashMap<String, Boolean>();
        return word -> {
            if (known.size() >= MOST_REMEMBERED) known.clear();
            return known.computeIfAbsent(word, w -> standsFor(ids, w));
        };
    }

    /** Whether a text has a word of the person's name in it. */
    boolean isCalledIn(Person person, String text) {
        var names = profiles.personal(person.ids(), NAMES).values().stream()
                .flatMap(fields -> fields.values().values().stream())
                .flatMap(Persons::words)
                .collect(Collectors.toSet());
        return words(text).anyMatch(names::contains)
                // Where no blanks are written a name is no word of its own.
                || names.stream()
                        .filter(name -> Character.isIdeographic(name.codePointAt(0)))
                        .anyMatch(text::contains);
    }

    private static Stream<String> words(String text) {
        return NO_LETTERS.splitAsStream(text.toLowerCase(Locale.ROOT)).filter(word -> word.length() >= SHORTEST_NAME);
    }

    private boolean standsFor(Set<Long> ids, String word) {
        for (var type : Identifier.Type.values())
            if (identifiers
                    .unblocked(type, word)
                    .filter(i -> ids.contains(i.id().value()))
                    .isPresent()) return true;
        return false;
    }
}
