package io.rekindle.consent;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.CommittedView;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Addresses nobody may write to, by their keyed hashes: the list itself tells nobody's address. */
@Component
public class Suppressions {
    /** What notes are sealed for. */
    static final String NOTE = "suppression-note";

    private static final int LONGEST_NOTE = 500;

    private final JdbcClient jdbc;
    private final ConsentStore store;
    private final BusinessClock clock;
    private final Identifiers identifiers;
    private final Vault vault;
    private final Topics topics;

    Suppressions(
            JdbcClient jdbc,
            ConsentStore store,
            BusinessClock clock,
            Identifiers identifiers,
            Vault vault,
            Topics topics) {
        this.jdbc = jdbc;
        this.store = store;
        this.clock = clock;
        this.identifiers = identifiers;
        this.vault = vault;
        this.topics = topics;
    }

    /** The channels that have addresses. */
    public static final List<String> CHANNELS = List.of(Permissions.EMAIL, Permissions.SMS);

    /** The hash of an address of a channel ({@code email} or {@code sms}), also of one that is blocked as an identifier. */
    public long addressHash(String channel, String address) {
        var type = switch (channel) {
            case Permissions.EMAIL -> Identifier.Type.EMAIL;
            case Permissions.SMS -> Identifier.Type.PHONE;
            default ->
                throw Problem.invalid("suppression_channel_invalid", "'{channel}' is no channel; it is email or sms")
                        .with("channel", channel);
        };
        return identifiers
                .unblocked(type, address)
                .map(identifier -> identifier.id().value())
                .orElseThrow(
                        () -> Problem.invalid("address_invalid", "this is no address one could write to by {channel}")
                                .with("channel", channel));
    }

    /**
     * Puts an address on the list of a reason, in force when the caller's transaction commits; the first entry for it stays.
     *
     * @param topic only messages about it are not sent any more; null: none is
     */
    @Transactional
    public void suppress(
            String channel,
            long addressHash,
            Suppression.Reason reason,
            @Nullable String topic,
            String source,
            Instant at) {
        store.suppress(List.of(new Suppression(channel, addressHash, reason, source, at, topic, null)));
    }

    /** Puts an address on the list of a reason. */
    @Transactional
    public Suppression add(
            String channel,
            String address,
            Suppression.Reason reason,
            @Nullable String topic,
            @Nullable String note,
            String source) {
        long hash = addressHash(channel, address);
        requireShort(note);
        if (topic != null) topics.requireKnown(topic);
        store.suppress(List.of(new Suppression(channel, hash, reason, source, clock.instant(), topic, note)));
        return find(channel, hash).stream()
                .filter(s -> s.reason() == reason && Objects.equals(s.topic(), topic))
                .findFirst()
                .orElseThrow();
    }

    /**
     * What became of an import.
     *
     * @param added new entries
     * @param faults rows that hold no address, from 1
     */
    public record Imported(int rows, int added, List<Integer> faults) {}

    /** Puts many addresses on the list of a reason; rows that hold none are left out and told, at most 1,000 of them. */
    @Transactional
    public Imported add(
            String channel,
            List<String> addresses,
            Suppression.Reason reason,
            @Nullable String topic,
            @Nullable String note,
            String source) {
        var now = clock.instant();
        if (topic != null) topics.requireKnown(topic);
        requireShort(note);
        var found = new ArrayList<Suppression>();
        var faults = new ArrayList<Integer>();
        for (int row = 0; row < addresses.size(); row++) {
            try {
                found.add(new Suppression(
                        channel, addressHash(channel, addresses.get(row)), reason, source, now, topic, note));
            } catch (Problem notAnAddress) {
                if (!notAnAddress.code().equals("address_invalid")) throw notAnAddress;
                if (faults.size() < 1_000) faults.add(row + 1);
            }
        }
        int added = 0;
        for (int from = 0; from < found.size(); from += 10_000)
            added += store.suppress(found.subList(from, Math.min(found.size(), from + 10_000)));
        return new Imported(addresses.size(), added, faults);
    }

    /** Takes an address off the list, of one reason and topic or of all; what was on it. */
    @Transactional
    public List<Suppression> remove(
            String channel, long addressHash, Suppression.@Nullable Reason reason, @Nullable String topic) {
        var notes = new ArrayList<byte[]>();
        var removed = jdbc.sql("""
                        delete from suppressions where channel = :channel and address_hash = :hash
                            and (cast(:reason as text) is null or reason = :reason)
                            and (cast(:topic as text) is null or topic = :topic) returning *
                        """)
                .param("channel", channel)
                .param("hash", addressHash)
                .param("reason", reason == null ? null : reason.code(), Types.VARCHAR)
                .param("topic", topic, Types.VARCHAR)
                .query((row, n) -> {
                    var note = row.getBytes("sealed_note");
                    if (note != null) notes.add(note);
                    return map(row, n);
                })
                .list();
        var gone = ConsentStore.heldByNobody(jdbc, notes);
        if (!gone.isEmpty()) CommittedView.afterCommit(() -> vault.destroy(gone));
        return removed;
    }

    /** Every entry of an address. */
    public List<Suppression> find(String channel, long addressHash) {
        return jdbc.sql("""
                        select * from suppressions where channel = :channel and address_hash = :hash
                        order by suppressed_at, reason, topic
                        """)
                .param("channel", channel)
                .param("hash", addressHash)
                .query(this::map)
                .list();
    }

    /** How many entries each reason has. */
    public record Count(Suppression.Reason reason, long entries) {}

    /** How long the lists of a channel are, by reason. */
    public List<Count> counts(String channel) {
        return jdbc.sql("select reason, count(*) as n from suppressions where channel = :channel group by 1 order by 1")
                .param("channel", channel)
                .query((row, n) -> new Count(reason(row), row.getLong("n")))
                .list();
    }

    /**
     * The list of one channel in the order of the hashes.
     *
     * @param reason null: of every reason
     * @param topic null: of every topic and of none
     * @param after the hash, topic and reason of the last entry of the page before, as its cursor tells
     */
    public Page<Suppression> page(
            String channel,
            Suppression.@Nullable Reason reason,
            @Nullable String topic,
            @Nullable String after,
            int limit) {
        var place = Place.of(after);
        var rows = jdbc.sql("""
                        select * from suppressions where channel = :channel
                            and (cast(:reason as text) is null or reason = :reason)
                            and (cast(:topic as text) is null or topic = :topic)
                            and (address_hash, topic, reason) > (:hash, :afterTopic, :afterReason)
                        order by address_hash, topic, reason limit :limit
                        """)
                .param("channel", channel)
                .param("reason", reason == null ? null : reason.code(), Types.VARCHAR)
                .param("topic", topic, Types.VARCHAR)
                .param("hash", place.hash())
                .param("afterTopic", place.topic())
                .param("afterReason", place.reason())
                .param("limit", limit + 1)
                .query(this::map)
                .list();
        return Page.of(
                rows,
                limit,
                s -> "%d.%s.%s"
                        .formatted(
                                s.addressHash(),
                                Objects.requireNonNullElse(s.topic(), ""),
                                s.reason().code()));
    }

    private record Place(long hash, String topic, String reason) {
        static Place of(@Nullable String cursor) {
            if (cursor == null) return new Place(Long.MIN_VALUE, "", "");
            var parts = cursor.split("\\.", -1);
            try {
                if (parts.length == 3) return new Place(Long.parseLong(parts[0]), parts[1], parts[2]);
            } catch (NumberFormatException notOurs) {
                // Told below.
            }
            throw Problem.invalid("cursor_invalid", "'{given}' is no cursor of this list")
                    .with("given", cursor);
        }
    }

    private static void requireShort(@Nullable String note) {
        if (note != null && note.length() > LONGEST_NOTE)
            throw Problem.invalid("suppression_note_too_long", "a note has at most {most} characters")
                    .with("most", LONGEST_NOTE);
    }

    private static Suppression.Reason reason(ResultSet row) throws SQLException {
        return Suppression.Reason.valueOf(row.getString("reason").toUpperCase(Locale.ROOT));
    }

    private Suppression map(ResultSet row, int number) throws SQLException {
        var topic = row.getString("topic");
        var note = row.getBytes("sealed_note");
        return new Suppression(
                row.getString("channel"),
                row.getLong("address_hash"),
                reason(row),
                row.getString("source"),
                ConsentStore.instant(row, "suppressed_at"),
                topic.isEmpty() ? null : topic,
                note == null || vault.isDestroyed(note)
                        ? null
                        : new String(vault.open(NOTE, note), StandardCharsets.UTF_8));
    }
}
