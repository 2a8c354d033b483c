package io.rekindle.deliver;

import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Person;
import io.rekindle.platform.PersonalData;
import io.rekindle.platform.PersonalHistory;
import io.rekindle.platform.PersonalTable;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Messages: no text of one is ever stored. What stands of them counts in results and stays, of nobody; what mail servers
 * said may name an address and goes, and so does an address a link was made for.
 */
@Component
class DeliverPersonalData implements PersonalData {
    private static final String LINK = "message-link";

    private final JdbcClient jdbc;
    private final Vault vault;
    private final BusinessClock clock;

    DeliverPersonalData(JdbcClient jdbc, Vault vault, BusinessClock clock) {
        this.jdbc = jdbc;
        this.vault = vault;
        this.clock = clock;
    }

    @Override
    public String module() {
        return "deliver";
    }

    @Override
    public List<PersonalTable> tables() {
        return List.of(
                PersonalTable.nameless("messages", "customer_id", "detail", "address_hash"),
                PersonalTable.searched("message_changes").inClear(),
                PersonalTable.searched("message_links").sealing("url", LINK));
    }

    @Override
    public List<PersonalHistory> history() {
        return List.of(PersonalHistory.replacing("messages", Map.of("detail", "null")));
    }

    @Override
    public void erase(Person person, Consumer<byte[]> sealed) {
        var ids = new SqlArrayValue("bigint", (Object[]) person.idValues());
        jdbc.sql("""
                        with unsent as (
                            update messages set state = 'skipped', reason = 'erased', detail = null, changed_at = :at
                            where customer_id = any (:ids) and state in ('ready', 'deferred')
                            returning message_id, state, reason, changed_at)
                        insert into message_changes (message_id, state, reason, changed_at)
                        select message_id, state, reason, changed_at from unsent
                        """)
                .param("ids", ids)
                .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
        jdbc.sql("""
                        update message_changes set detail = null
                        where detail is not null
                            and message_id in (select message_id from messages where customer_id = any (:ids))
                        """).param("ids", ids).update();
        @SuppressWarnings("ArrayRecordComponent") // sealed bytes, never compared
        record Link(long id, byte[] url) {}
        var links = jdbc
                .sql("select link_id, url from message_links")
                .query((row, n) -> new Link(row.getLong("link_id"), row.getBytes("url")))
                .list()
                .stream()
                .filter(link -> !vault.isDestroyed(link.url()))
                .filter(link -> person.isIn(new String(vault.open(LINK, link.url()), StandardCharsets.UTF_8)))
                .toList();
        for (var link : links) {
            sealed.accept(link.url());
            jdbc.sql("delete from message_links where link_id = :id")
                    .param("id", link.id())
                    .update();
        }
    }
}
