package io.rekindle.collect.log;

import io.rekindle.collect.KeptFiles;
import io.rekindle.collect.Tombstones;
import io.rekindle.common.CustomerId;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalArchive;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What of the intake is about a person: items and rows that could not be used, and what the log says in words. */
@Component
class CollectPersonalData implements PersonalData, Tombstones.Returning {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What the message id of an event of somebody erased begins with; its place in the log follows. */
    static final String ERASED = "erased-";

    private final JdbcClient jdbc;
    private final Vault vault;
    private final CommitLog log;
    private final KeptFiles files;

    CollectPersonalData(JdbcClient jdbc, Vault vault, CommitLog log, KeptFiles files) {
        this.files = files;
        this.jdbc = jdbc;
        this.vault = vault;
        this.log = log;
    }

    @Override
    public String module() {
        return "collect";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.searched("intake_personal").sealing("sealed", "intake"),
                PersonalTable.searched("rejected_items").sealing("sealed", "rejected"),
                PersonalTable.searched("quarantined_items").sealing("sealed", "quarantine"),
                PersonalTable.searched("import_rejects").sealing("sealed", "import-row"),
                PersonalTable.kept("nobodies"),
                PersonalTable.kept("database_connections").sealing("sealed_password", "database-password"));
    }

    /**
     * The numbers of the log stay without gaps: an event of somebody erased is there, and says nothing any more. One of
     * somebody else may name them: by a word, or by the id of an identifier it came with; a request about both by ids.
     */
    @Override
    public List<PersonalHistory> history() {
        return List.of(
                PersonalHistory.replacing(
                                "events",
                                Map.of(
                                        "properties",
                                        "null",
                                        "context",
                                        "null",
                                        "aliases",
                                        "null",
                                        "message_id",
                                        "'%s' || t.seq".formatted(ERASED)))
                        .searching("properties")
                        .searching("context")
                        .naming("aliases"),
                PersonalHistory.replacing("order_lines_repeated", Map.of("aliases", "null"))
                        .naming("aliases"));
    }

    /** @param text null when its key was destroyed: a row of a backup that was restored */
    private record Found(
            long id, long row, String reason, @Nullable String text) {}

    @Override
    public void export(Person person, PersonalArchive into) {
        var rows = new ArrayList<List<@Nullable Object>>();
        for (var found : rejected(person, bytes -> {})) add(found, rows);
        for (var found : quarantined(person, bytes -> {})) add(found, rows);
        for (var found : importRows(person, bytes -> {})) add(found, rows);
        if (!rows.isEmpty()) into.add(module(), "not_used", List.of("reason", "item"), rows);
    }

    private static void add(Found found, List<List<@Nullable Object>> rows) {
        if (found.text() != null) rows.add(List.of(found.reason(), found.text()));
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        var items = rejected(person, sealed);
        jdbc.sql("delete from rejected_items where id = any (:ids)")
                .param("ids", items.stream().map(Found::id).toArray(Long[]::new))
                .update();
        // The row goes too: its message id may be known elsewhere as theirs.
        jdbc.sql("delete from quarantined_items where id = any (:ids)")
                .param(
                        "ids",
                        quarantined(person, sealed).stream().map(Found::id).toArray(Long[]::new))
                .update();
        for (var row : importRows(person, sealed))
            jdbc.sql("delete from import_rejects where import_id = :id and row_number = :row")
                    .param("id", row.id())
                    .param("row", row.row())
                    .update();
    }

    /** They may be in files of watched folders, which are kept for a while: whoever is in them, they go. */
    @Override
    public void finished() {
        files.deleteAll();
    }

    @Override
    public void returned(Set<Long> ids) {
        ids.forEach(id -> log.forgetUser(new CustomerId(id)));
    }

    private List<Found> rejected(Person person, Consumer<byte[]> each) {
        return found(
                person, "select id, 0::bigint as row_number, reason, sealed from rejected_items", "rejected", each);
    }

    private List<Found> quarantined(Person person, Consumer<byte[]> each) {
        return found(
                person,
                "select id, 0::bigint as row_number, 'plan_violation' as reason, sealed from quarantined_items where sealed is not null",
                "quarantine",
                each);
    }

    private List<Found> importRows(Person person, Consumer<byte[]> each) {
        return found(
                person, "select import_id as id, row_number, reason, sealed from import_rejects", "import-row", each);
    }

    /** As it was sent: of an item set aside the call's shared part too. */
    private static String text(String context, byte[] opened) {
        var text = new String(opened, StandardCharsets.UTF_8);
        if (!context.equals("quarantine")) return text;
        var kept = JSON.readTree(text);
        return kept.path("item").asString("") + "\n" + kept.path("context").asString("");
    }

    private List<Found> found(Person person, String sql, String context, Consumer<byte[]> each) {
        var kept = new ArrayList<Found>();
        jdbc.sql(sql).query(row -> {
            var bytes = row.getBytes("sealed");
            var text = vault.isDestroyed(bytes) ? null : text(context, vault.open(context, bytes));
            if (text != null && !person.isIn(text)) return;
            if (text != null) each.accept(bytes);
            kept.add(new Found(row.getLong("id"), row.getLong("row_number"), row.getString("reason"), text));
        });
        return kept;
    }
}
