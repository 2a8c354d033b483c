package io.rekindle.platform.web;

import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Answers that are kept to be given again may show somebody. */
@Component
class PlatformPersonalData implements PersonalData {
    private final JdbcClient jdbc;
    private final Vault vault;

    PlatformPersonalData(JdbcClient jdbc, Vault vault) {
        this.jdbc = jdbc;
        this.vault = vault;
    }

    @Override
    public String module() {
        return "platform";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(PersonalTable.searched("idempotent_answers").sealing("body", IdempotencyFilter.SEAL));
    }

    /** The answer goes, the key stays: the request is not carried out a second time. */
    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
        record Answer(String caller, String key, byte[] body) {}
        var answers = jdbc
                .sql("select caller, key, body from idempotent_answers where body is not null")
                .query((row, n) -> new Answer(row.getString("caller"), row.getString("key"), row.getBytes("body")))
                .list()
                .stream()
                .filter(answer -> !vault.isDestroyed(answer.body()))
                .filter(answer -> person.isIn(
                        new String(vault.open(IdempotencyFilter.SEAL, answer.body()), StandardCharsets.UTF_8)))
                .toList();
        for (var answer : answers) {
            sealed.accept(answer.body());
            jdbc.sql("update idempotent_answers set body = :gone where caller = :caller and key = :key")
                    .param("gone", vault.seal(IdempotencyFilter.SEAL, "{}".getBytes(StandardCharsets.UTF_8)))
                    .param("caller", answer.caller())
                    .param("key", answer.key())
                    .update();
        }
    }
}
