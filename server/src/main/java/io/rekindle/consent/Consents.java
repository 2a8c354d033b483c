package io.rekindle.consent;

import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What customers said about being written to. Its history is the warehouse's {@code consent_changes}. */
@Component
public class Consents {
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    private final JdbcClient jdbc;
    private final ConsentStore store;
    private final ConsentRelay relay;
    private final Identities identities;
    private final BusinessClock clock;

    Consents(JdbcClient jdbc, ConsentStore store, ConsentRelay relay, Identities identities, BusinessClock clock) {
        this.jdbc = jdbc;
        this.store = store;
        this.relay = relay;
        this.identities = identities;
        this.clock = clock;
    }

    /** Everything one customer said last, by purpose and channel. */
    public List<Consent> of(CustomerId customer) {
        return jdbc.sql("""
                        select purpose, channel, granted, source, set_at from consents
                        where customer_id = :customer order by purpose, channel
                        """)
                .param("customer", identities.canonical(customer).value())
                .query((row, n) -> new Consent(
                        row.getString("purpose"),
                        row.getString("channel"),
                        row.getBoolean("granted"),
                        row.getString("source"),
                        ConsentStore.instant(row, "set_at")))
                .list();
    }

    /** Sets one permission by hand; in force when the caller's transaction commits. */
    @Transactional
    public void set(CustomerId customer, String purpose, String channel, boolean granted, String source) {
        set(customer, purpose, channel, granted, source, clock.instant());
    }

    /**
     * Takes marketing permission back, e.g. from an unsubscribe link; in force when the caller's transaction commits, and
     * the same again when it is repeated. It comes after everything known, even when it says to be of the same instant.
     */
    @Transactional
    public void withdraw(CustomerId customer, String channel, String source, Instant at) {
        set(customer, Permissions.MARKETING, channel, false, source, at);
    }

    private void set(CustomerId customer, String purpose, String channel, boolean granted, String source, Instant at) {
        var about = new ConsentStore.About(
                identities.canonical(customer), word("purpose", purpose), word("channel", channel));
        var turns = store.apply(
                List.of(new ConsentStore.Change(about, customer, granted, source, at, 0, ConsentStore.Manner.NOW)));
        store.remember(turns);
        relay.wakeAfterCommit();
    }

    static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    static String word(String what, String text) {
        if (isWord(text)) return text;
        throw what.equals("purpose")
                ? Problem.invalid(
                                "purpose_invalid",
                                "'{given}' is no purpose: small letters, digits and _, beginning with a letter, at most 40")
                        .with("given", text)
                : Problem.invalid(
                                "channel_invalid",
                                "'{given}' is no channel: small letters, digits and _, beginning with a letter, at most 40")
                        .with("given", text);
    }
}
