package io.rekindle.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps stores apart that do not belong together. A server on one installation's history and another's PostgreSQL would
 * drop personal data that waits there, put the other's messages in doubt and count its customers as its own; so it does
 * not start.
 */
@Component
public class Installations {
    private final JdbcClient jdbc;
    private final Vault vault;
    private final PlatformSettings platform;
    private final DatabaseSettings database;
    private final WriteGate gate;
    private final List<Backed> checked = new ArrayList<>();

    Installations(JdbcClient jdbc, Vault vault, PlatformSettings platform, DatabaseSettings database, WriteGate gate) {
        this.jdbc = jdbc;
        this.vault = vault;
        this.platform = platform;
        this.database = database;
        this.gate = gate;
    }

    /**
     * Compares a store with PostgreSQL and the key file, before anything is written into either; a {@link Problem}
     * {@code stores_mismatch} or {@code key_mismatch} says which are at odds.
     */
    public void check(Backed store) {
        var state = installation();
        var other = store.installation();
        if (state.isPresent() && other.isPresent()) {
            if (!state.get().id().equals(other.get().id()))
                throw mismatch("%s belongs to installation %s, but %s to installation %s"
                        .formatted(
                                store.place(),
                                other.get().id(),
                                statePlace(),
                                state.get().id()));
        } else if (state.isPresent()) {
            // The history is always marked first, so this one is new or is another's.
            throw mismatch("%s belongs to installation %s, but %s %s"
                    .formatted(
                            statePlace(),
                            state.get().id(),
                            store.place(),
                            store.isEmpty() ? "is new" : "was never used with it"));
        } else if ((other.isPresent() || !store.isEmpty()) && !isStateUsed() && !isUnfinished(store)) {
            throw mismatch("%s %s, but %s is new"
                    .formatted(
                            store.place(),
                            other.map(it -> "belongs to installation " + it.id())
                                    .orElse("holds a history"),
                            statePlace()));
        }
        state.or(() -> other).ifPresent(it -> checkKey(it.keyFingerprint()));
        checked.add(store);
    }

    /** Marks what was checked and has no mark yet: all of it at the first start, nothing later. */
    public void mark() {
        gate.write(() -> {
            for (var store : checked) {
                var installation = store.installation()
                        .or(this::installation)
                        .orElseGet(() -> Installation.newOf(vault.fingerprint()));
                if (store.installation().isEmpty()) store.belongTo(installation);
                jdbc.sql("""
                                insert into installation (id, key_fingerprint) values (:id, :key)
                                on conflict do nothing
                                """)
                        .param("id", installation.id())
                        .param("key", installation.keyFingerprint())
                        .update();
            }
        });
    }

    /** The first start ended between the two marks; the embedded PostgreSQL in the same folder can be no other's. */
    private boolean isUnfinished(Backed store) {
        return store.isEmpty() && database.place().isEmpty();
    }

    /** The installation this server's state is of; there is one from the end of the first start on. */
    public Optional<Installation> installation() {
        return jdbc.sql("select id, key_fingerprint from installation")
                .query((row, n) -> new Installation(row.getString("id"), row.getString("key_fingerprint")))
                .optional();
    }

    private boolean isStateUsed() {
        return jdbc.sql(StateTables.IN_USE).query(Boolean.class).single();
    }

    private void checkKey(String sealedWith) {
        if (sealedWith.equals(vault.fingerprint())) return;
        throw Problem.conflict(
                "key_mismatch",
                "the key file %s (fingerprint %s) is not the one the personal data of %s is sealed with (fingerprint %s); put that key file back, or name it with REKINDLE_KEY_FILE"
                        .formatted(platform.keyFilePath(), vault.fingerprint(), platform.data(), sealedWith));
    }

    private static Problem mismatch(String words) {
        return Problem.conflict(
                "stores_mismatch",
                words
                        + "; start with the --data and the REKINDLE_DATABASE_URL that belong together, or with an empty folder and an empty database");
    }

    private String statePlace() {
        return database.place()
                .map(place -> "the PostgreSQL at " + place)
                .orElse("the PostgreSQL in " + platform.data());
    }
}
