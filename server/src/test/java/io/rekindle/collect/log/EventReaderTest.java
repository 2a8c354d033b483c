package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Identifier;
import io.rekindle.collect.LoggedEvent;
import io.rekindle.collect.Tail.Interest;
import io.rekindle.platform.Vault;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.WarehouseSettings;
import io.rekindle.warehouse.duckdb.DuckDbWarehouse;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.json.JsonMapper;

class EventReaderTest {
    private static final int EVENTS = 3_000;
    private static final List<EventType> TYPES = List.of(EventType.values());
    private static final List<String> NAMES = List.of("Order Completed", "Product Viewed", "Unsubscribed");
    private static final List<String> ALIASES = List.of(
            "email",
            "user_id",
            "anonymous_id",
            "user_id email:-42 anonymous_id:7",
            "user_id anonymous_id:-42",
            "wechat_unionid wechat_openid:5",
            "user_id phone:9 email:42",
            "email anonymous_id:12");

    @TempDir
    private Path folder;

    @Test
    void aReaderFarBehindGetsExactlyWhatItLooksAtAndANearOneEverything() {
        try (var warehouse = new DuckDbWarehouse(folder.resolve("w.duckdb"), new WarehouseSettings(1, "512MB"))) {
            var random = new Random(5);
            warehouse.append("events", "all", Rows.written(rows -> {
                for (long seq = 1; seq <= EVENTS; seq++) {
                    var type = TYPES.get(random.nextInt(TYPES.size()));
                    // A page may have the name of an event and is none.
                    var name = random.nextInt(10) == 0 ? null : NAMES.get(random.nextInt(NAMES.size()));
                    rows.value(seq)
                            .value(Instant.EPOCH)
                            .value(Instant.EPOCH)
                            .value(1)
                            .missing()
                            .value(type.code())
                            .value(name)
                            .value(seq)
                            .value(ALIASES.get(random.nextInt(ALIASES.size())))
                            .value("m" + seq)
                            .value((BigDecimal) null)
                            .value("{\"seq\":" + seq + "}")
                            .missing()
                            .end();
                }
            }));
            // No personal field is asked for, so PostgreSQL is never spoken to.
            var reader = new EventReader(
                    warehouse,
                    JdbcClient.create(new DriverManagerDataSource()),
                    new Vault(new byte[32]),
                    JsonMapper.builder().build());
            long far = EVENTS + RecentEvents.MOST_KEPT + 1;
            var everything = reader.read(1, EVENTS, EVENTS, Interest.EVERYTHING, null);
            assertThat(everything).hasSize(EVENTS);
            for (var interest : List.of(
                    Interest.EVERYTHING,
                    new Interest(Set.of(), Set.of("Order Completed")),
                    new Interest(Set.of(EventType.IDENTIFY), Set.of("Unsubscribed", "Order Completed")),
                    new Interest(EnumSet.of(EventType.PAGE, EventType.TRACK), Set.of()),
                    new Interest(Set.of(), Set.of(), Set.of(Identifier.Type.EMAIL)),
                    new Interest(
                            Set.of(EventType.IDENTIFY),
                            Set.of("Unsubscribed"),
                            Set.of(Identifier.Type.EMAIL, Identifier.Type.WECHAT_OPENID)),
                    new Interest(Set.of(), Set.of("' or true --")))) {
                assertThat(reader.read(100, 2_500, far, interest, null))
                        .isEqualTo(everything.stream()
                                .filter(event -> event.seq() >= 100 && event.seq() <= 2_500)
                                .filter(event -> matters(event, interest))
                                .toList());
                assertThat(reader.read(100, 2_500, EVENTS, interest, null).stream()
                                .mapToLong(LoggedEvent::seq))
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(100, 2_500).boxed().toList());
            }
        }
    }

    private static boolean matters(LoggedEvent event, Interest interest) {
        return event.identifiers().stream().map(Identifier::type).anyMatch(interest.identifiedBy()::contains)
                || interest.types().contains(event.type())
                || (event.type() == EventType.TRACK
                        && event.name() != null
                        && interest.tracked().contains(event.name()));
    }
}
