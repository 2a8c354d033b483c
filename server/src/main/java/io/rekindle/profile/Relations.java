package io.rekindle.profile;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.collect.Identifier;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Who has to do with whom, by stated rules. Who brought a customer: the trait {@code referredBy} (or {@code referred_by},
 * {@code referrer}) holds the user id of whoever did. A household: customers who came with the same phone, mail address,
 * membership card, device or browser, and are different people; at most eight of them, for what more use is no home's.
 */
@Component
public class Relations {
    private static final List<String> REFERRER = List.of("referredBy", "referred_by", "referrer");
    private static final Pattern WHOLE = Pattern.compile("0|[1-9]\\d{0,17}");
    private static final int MOST = 50;
    private static final int LARGEST_HOUSEHOLD = 8;
    private static final Set<Identifier.Type> OF_A_HOME = Set.of(
            Identifier.Type.PHONE,
            Identifier.Type.EMAIL,
            Identifier.Type.MEMBERSHIP_CARD,
            Identifier.Type.DEVICE_ID,
            Identifier.Type.ANONYMOUS_ID);

    private final JdbcClient jdbc;
    private final Identities identities;
    private final Profiles profiles;

    Relations(JdbcClient jdbc, Identities identities, Profiles profiles) {
        this.jdbc = jdbc;
        this.identities = identities;
        this.profiles = profiles;
    }

    /** What another customer is to this one. */
    public enum Kind {
        /** Who brought this customer. */
        REFERRER,
        /** Whom this customer brought. */
        REFERRED,
        /** Who shares a phone, a card or a device with this customer. */
        HOUSEHOLD;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public record Relation(Kind kind, CustomerId customerId) {}

    /** The relations of a customer, each other customer once a kind; of those brought at most the first fifty. */
    public List<Relation> of(CustomerId id) {
        var customer = identities.canonical(id);
        var found = new ArrayList<Relation>();
        var traits = profiles.traits(Set.of(customer)).get(customer);
        if (traits != null)
            for (var name : REFERRER) {
                var value = traits.get(name);
                if (value != null && (value.isString() || value.isNumber()))
                    identities
                            .find(Identifier.Type.USER_ID, value.asString())
                            .filter(other -> !other.equals(customer))
                            .ifPresent(other -> found.add(new Relation(Kind.REFERRER, other)));
            }
        var userIds = profiles.everyUserId(customer);
        if (!userIds.isEmpty())
            jdbc.sql("""
                            select distinct customer_id from traits
                            where trait in ('referredBy', 'referred_by', 'referrer') and standing
                                and value = any (array(select to_jsonb(said) from unnest(:users) said
                                    union all select cast(said as jsonb) from unnest(:numbers) said))
                            order by customer_id limit :most
                            """)
                    .param("users", userIds.toArray(String[]::new))
                    // Said as a number it is the same id: 4711 is the customer "4711", and "04711" is another.
                    .param(
                            "numbers",
                            userIds.stream()
                                    .filter(userId -> WHOLE.matcher(userId).matches())
                                    .toArray(String[]::new))
                    .param("most", MOST)
                    .query((row, n) -> new CustomerId(row.getLong("customer_id")))
                    .list()
                    .forEach(other -> found.add(new Relation(Kind.REFERRED, other)));
        identities
                .sharers(customer, OF_A_HOME, LARGEST_HOUSEHOLD)
                .forEach(sharer -> found.add(new Relation(Kind.HOUSEHOLD, sharer.customer())));
        return found.stream().distinct().toList();
    }
}
