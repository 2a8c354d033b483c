package io.rekindle.collect.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.EventType;
import io.rekindle.collect.Sources;
import io.rekindle.collect.Tails;
import io.rekindle.profile.ComputedTraits;
import io.rekindle.profile.TraitForm;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Other tests' events are of this century: what is older than that is this one's. */
@RekindleTest
class BehaviourDetailsTest {
    private static final Instant CENTURY = Instant.parse("2000-01-01T00:00:00Z");
    private static final int OURS = 1;
    private static final int SHOP = 3;
    private static final Set<String> KEPT = Set.of(
            "Points Earned",
            "Points Spent",
            "Points Expired",
            "Ticket Opened",
            "Ticket Created",
            "Ticket Reopened",
            "Ticket Closed",
            "Ticket Solved",
            "Survey Answered",
            "Order Completed",
            "Order Updated",
            "Order Refunded",
            "Order Cancelled",
            "Subscribed",
            "Unsubscribed",
            "Earlier Message Sent",
            "Email Bounced",
            "Email Marked as Spam");

    private final BehaviourDetails details;
    private final CommitLog log;
    private final Tails tails;
    private final Warehouse warehouse;
    private final Sources sources;

    BehaviourDetailsTest(
            @Autowired BehaviourDetails details,
            @Autowired CommitLog log,
            @Autowired Tails tails,
            @Autowired Warehouse warehouse,
            @Autowired Sources sources) {
        this.details = details;
        this.log = log;
        this.tails = tails;
        this.warehouse = warehouse;
        this.sources = sources;
    }

    private record Row(
            long seq,
            Instant at,
            Instant receivedAt,
            int source,
            String type,
            @Nullable String name,
            long customer,
            String messageId,
            @Nullable String properties,
            @Nullable String context) {
        boolean isOld() {
            return at.isBefore(CENTURY)
                    && receivedAt.isBefore(CENTURY)
                    && source != OURS
                    && (type.equals("page") || type.equals("screen") || (type.equals("track") && !KEPT.contains(name)))
                    && (properties != null || context != null);
        }

        Row emptied() {
            return isOld() ? new Row(seq, at, receivedAt, source, type, name, customer, messageId, null, null) : this;
        }
    }

    private List<Row> rows() {
        return warehouse.query(
                Sql.of(
                        "select seq, occurred_at, received_at, source_id, type, name, customer_id, message_id, properties, context from events order by seq"),
                row -> new Row(
                        row.longValue("seq"),
                        row.instant("occurred_at"),
                        row.instant("received_at"),
                        row.intValue("source_id"),
                        row.text("type"),
                        row.nullableText("name"),
                        row.longValue("customer_id"),
                        row.text("message_id"),
                        row.nullableText("properties"),
                        row.nullableText("context")));
    }

    private StagedEvent event(String id, Instant at, EventType type, @Nullable String name, @Nullable String said) {
        return event(SHOP, id, at, type, name, said);
    }

    private StagedEvent event(
            int source, String id, Instant at, EventType type, @Nullable String name, @Nullable String said) {
        return new StagedEvent(
                log.fingerprint(source, id),
                at.isBefore(CENTURY) && !id.endsWith("late") ? at : Instant.parse("2026-02-01T00:00:00Z"),
                at,
                source,
                null,
                type,
                name,
                19_990_077,
                List.of(),
                id,
                null,
                said,
                said,
                null,
                false);
    }

    private String computed() {
        return warehouse
                .first(
                        Sql.of("select value from traits_now where trait = 'computed.behaviour_best'"),
                        row -> row.text("value"))
                .orElse("none");
    }

    @Test
    void whatOldPagesAndEventsSaidGoesAndEverythingElseStays(@Autowired ComputedTraits traits) {
        var events = new ArrayList<StagedEvent>();
        for (var at : List.of(
                Instant.parse("1998-03-01T10:00:00Z"), CENTURY.minusMillis(1), CENTURY, CENTURY.plusSeconds(9))) {
            var id = "behaviour-" + at.toEpochMilli() + "-";
            events.add(
                    event(id + "page", at, EventType.PAGE, "Pricing", "{\"url\":\"https://shop.example/?q=secret\"}"));
            events.add(event(id + "screen", at, EventType.SCREEN, "Home", "{\"tab\":1}"));
            events.add(event(id + "late", at, EventType.PAGE, "Brought in later", "{\"url\":1}"));
            events.add(event(id + "silent", at, EventType.PAGE, "Pricing", null));
            events.add(event(id + "identify", at, EventType.IDENTIFY, null, "{\"vip\":true}"));
            events.add(event(id + "looked", at, EventType.TRACK, "Product Viewed", "{\"product_id\":\"sku-1\"}"));
            events.add(event(id + "quoted", at, EventType.TRACK, "Bob's 'best'", "{\"n\":2}"));
            events.add(event(OURS, id + "ours", at, EventType.TRACK, "Email Opened", "{\"campaign_id\":4}"));
            for (var name : KEPT)
                if (!name.startsWith("Order"))
                    events.add(event(id + name, at, EventType.TRACK, name, "{\"points\":3}"));
        }
        assertThat(sources.named(Sources.OWN).id()).isEqualTo(OURS);
        assertThat(log.append(events, List.of()).accepted()).isEqualTo(events.size());
        tails.awaitAll(log.lastSeq());
        traits.create(new TraitForm("behaviour_best", TraitForm.Measure.SUM, "Bob's 'best'", "n", null));
        assertThat(computed()).isEqualTo("8");
        var before = rows();
        var old = before.stream().filter(Row::isOld).toList();
        assertThat(old).hasSize(8);

        assertThat(details.olderThan(CENTURY).count()).isEqualTo(8);
        assertThat(details.olderThan(CENTURY).oldest()).isEqualTo("1998-03-01T10:00:00Z");
        assertThat(rows()).as("asking changes nothing").isEqualTo(before);

        assertThat(details.remove(CENTURY)).isEqualTo(8);
        assertThat(rows()).startsWith(before.stream().map(Row::emptied).toArray(Row[]::new));
        assertThat(details.olderThan(CENTURY).count()).isZero();
        assertThat(details.remove(CENTURY)).as("once").isZero();

        traits.refresh(false);
        assertThat(computed())
                .as("worked out anew of what is left, though nothing new came")
                .isEqualTo("4");
        traits.delete("behaviour_best");

        // What comes again is known by its id.
        assertThat(log.append(events, List.of()).accepted()).isZero();
        assertThat(log.append(List.of(event("behaviour-after", CENTURY, EventType.PAGE, "After", "{}")), List.of())
                        .accepted())
                .isEqualTo(1);
        tails.awaitAll(log.lastSeq());
    }
}
