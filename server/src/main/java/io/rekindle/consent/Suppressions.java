package io.rekindle.consent;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Addresses nobody may write to, by their keyed hashes: the list itself tells nobody's address. */
@Component
public class Suppressions {
    private final JdbcClient jdbc;
    private final ConsentStore store;
    private final BusinessClock clock;
    private final Identifiers identifiers;

    Suppressions(JdbcClient jdbc, ConsentStore store, BusinessClock clock, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.store = store;
        this.clock = clock;
        this.identifiers = identifiers;
    }

    /** The channels that have addresses. */
    public static final List<String> CHANNELS = List.of(Permissions.EMAIL, "sms");

    /** The hash of an address of a channel ({@code email} or {@code sms}). */
    public long addressHash(String channel, String address) {
        var type = switch (channel) {
            case "email" -> Identifier.Type.EMAIL;
            case "sms" -> Identifier.Type.PHONE;
            default ->
                throw Problem.invalid("suppression_channel_invalid", "'{channel}' is no channel; it is email or sms")
                        .with("channel", channel);
        };
        return identifiers
                .of(type, address)
                .map(identifier -> identifier.id().value())
                .orElseThrow(
                        () -> Problem.invalid("address_invalid", "this is no address one could write to by {channel}")
                                .with("channel", channel));
    }

    /** Puts an address on the list, in force when the caller's transaction commits; the first entry for it stays. */
    @Transactional
    public void suppress(String channel, long addressHash, Suppression.Reason reason, String source, Instant at) {
        store.suppress(List.of(new Suppression(channel, addressHash, reason, source, at)));
    }

    /** Puts an address on the list by hand. */
    @Transactional
    public Suppression add(String channel, String address, String source) {
        long hash = addressHash(channel, address);
        suppress(channel, hash, Suppression.Reason.MANUAL, source, clock.instant());
        return find(channel, hash).orElseThrow();
    }

    /** Takes an address off the list; whether it was there. */
    @Transactional
    public boolean remove(String channel, long addressHash) {
        return jdbc.sql("delete from suppressions where channel = :channel and address_hash = :hash")
                        .param("channel", channel)
                        .param("hash", addressHash)
                        .update()
                > 0;
    }

    public Optional<Suppression> find(String channel, long addressHash) {
        return jdbc.sql("select * from suppressions where channel = :channel and address_hash = :hash")
                .param("channel", channel)
                .param("hash", addressHash)
                .query(Suppressions::map)
                .optional();
    }

    /** The list of one channel in the order of the hashes; the cursor is the last hash of the page before. */
    public Page<Suppression> page(String channel, long after, int limit) {
        var rows = jdbc.sql("""
                        select * from suppressions where channel = :channel and address_hash > :after
                        order by address_hash limit :limit
                        """)
                .param("channel", channel)
                .param("after", after)
                .param("limit", limit + 1)
                .query(Suppressions::map)
                .list();
        return Page.of(rows, limit, s -> Long.toString(s.addressHash()));
    }

    private static Suppression map(ResultSet row, int number) throws SQLException {
        return new Suppression(
                row.getString("channel"),
                row.getLong("address_hash"),
                Suppression.Reason.valueOf(row.getString("reason").toUpperCase(Locale.ROOT)),
                row.getString("source"),
                ConsentStore.instant(row, "suppressed_at"));
    }
}
