package io.rekindle.collect.quality;

import io.rekindle.collect.Sources;
import io.rekindle.collect.quality.DayStatements.Internal;
import io.rekindle.collect.quality.Judge.Excused;
import io.rekindle.collect.quality.SourceDay.Field;
import io.rekindle.platform.AlertListener;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import io.rekindle.warehouse.WarehouseException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Measures whole days of the company's zone, by when events were received, so that a day once over stays as it was. Imported
 * events are not among them: their files are judged when they are read.
 */
@Component
public class Quality {
    /** How many days a day is held against. */
    static final int REFERENCE_DAYS = 28;
    /** What was not as usual for so long is the usual from then on. */
    static final int USUAL_AFTER_DAYS = 14;

    /** How an alert ended that a person closed. */
    private static final String CLOSED = "closed";

    private static final Logger LOG = LoggerFactory.getLogger(Quality.class);
    /** So many days back an installation that has never measured begins. */
    private static final int FIRST_DAYS = 62;

    private static final int KEPT_DAYS = 400;
    private static final int MOST_FIELDS = 150;
    private static final int MOST_EVENTS = 200;

    private final Warehouse warehouse;
    private final QualityStore store;
    private final QualitySettings settings;
    private final BusinessClock clock;
    private final TransactionTemplate transaction;
    private final ObjectProvider<AlertListener> listeners;
    private final Sources sources;
    private final Internal internal;

    Quality(
            Warehouse warehouse,
            QualityStore store,
            QualitySettings settings,
            BusinessClock clock,
            Sources sources,
            TransactionTemplate transaction,
            ObjectProvider<AlertListener> listeners) {
        this.warehouse = warehouse;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
        this.transaction = transaction;
        this.listeners = listeners;
        this.sources = sources;
        this.internal = new Internal(
                sources.named(Sources.OWN).id(), sources.named(Sources.IMPORT).id());
    }

    /**
     * Measures every day that is over and was not measured yet, oldest first; how many they were. An installation that never
     * did begins 62 days ago at the earliest. A day that cannot be measured holds up no other: what was wrong is told, and it
     * is tried again the next time.
     */
    public synchronized int measure() {
        var today = clock.today();
        var earliest = today.minusDays(FIRST_DAYS);
        int measured = 0;
        for (var day : store.failed(today.minusDays(REFERENCE_DAYS))) if (tryTo(day)) measured++;
        var from = store.lastMeasured().map(day -> day.plusDays(1)).or(this::firstDay);
        if (from.isEmpty()) return measured;
        for (var day = from.get().isBefore(earliest) ? earliest : from.get();
                day.isBefore(today);
                day = day.plusDays(1)) if (tryTo(day)) measured++;
        if (measured > 0) {
            store.forgetBins(today.minusDays(REFERENCE_DAYS + 7));
            store.forget(today.minusDays(KEPT_DAYS));
        }
        return measured;
    }

    private boolean tryTo(LocalDate day) {
        try {
            measure(day);
            return true;
        } catch (WarehouseException | DataAccessException | IllegalArgumentException fails) {
            LOG.error("data quality of {} cannot be measured", day, fails);
            store.measured(day, clock.instant(), firstLine(fails));
            return false;
        }
    }

    private static String firstLine(RuntimeException fails) {
        return String.valueOf(fails.getMessage()).lines().findFirst().orElse("");
    }

    private Optional<LocalDate> firstDay() {
        return warehouse
                .first(
                        Sql.of(
                                "select min(received_at) as at from events where import_id is null and source_id not in (?, ?)",
                                internal.own(),
                                internal.imports()),
                        row -> Optional.ofNullable(row.nullableInstant("at")))
                .flatMap(at -> at)
                .map(at -> LocalDate.ofInstant(at, clock.zone()));
    }

    /** Measures one day, again if it was before. */
    void measure(LocalDate day) {
        var measured = read(day);
        var sources = new HashSet<>(measured.keySet());
        sources.addAll(store.sources(day.minusDays(REFERENCE_DAYS), day));
        transaction.executeWithoutResult(status -> {
            var at = clock.instant();
            for (var source : store.known(sources))
                judge(source, measured.getOrDefault(source, SourceDay.empty(day)), at);
            store.measured(day, at, null);
        });
    }

    /** Ends an alert by hand: what was found is the usual from now on. */
    public void close(long alert) {
        transaction.executeWithoutResult(status -> {
            if (!store.end(alert, clock.today(), CLOSED))
                throw Problem.notFound("alert_not_open", "there is no open alert {id}")
                        .with("id", alert);
            tellEnd(alert, CLOSED);
        });
    }

    private void judge(int source, SourceDay day, Instant at) {
        var told = store.told(source, day.day().minusDays(REFERENCE_DAYS)).stream()
                .filter(t -> t.firstDay().isBefore(day.day()))
                .toList();
        var before = store.days(source, day.day().minusDays(REFERENCE_DAYS), day.day());
        var verdict = Judge.of(day, before, excused(told));
        store.write(source, day, verdict);
        var open = told.stream().filter(QualityStore.Told::isOpen).toList();
        var seen = new HashMap<Long, Judge.Finding>();
        for (var finding : verdict.findings()) {
            var earlier = open.stream().filter(t -> isOf(t, finding)).findFirst();
            earlier.ifPresent(t -> seen.put(t.id(), finding));
            if (!finding.departs()) continue;
            long id = store.open(source, finding, day.day(), at);
            if (earlier.isEmpty()) {
                tell("quality.alert.opened", 2 * id, about(id, source, finding, day.day()));
                LOG.warn(
                        "data quality of source {}: {} {} {} {}: {} where {} is usual",
                        source,
                        finding.rule().code(),
                        finding.kind().type(),
                        finding.kind().name(),
                        finding.field(),
                        finding.found(),
                        finding.usual());
            }
        }
        for (var one : open) {
            var finding = seen.get(one.id());
            if (one.isOfTheWholeSource() && day.eventsOfAll() == 0)
                // However long it lasts: no calls are never the usual. A person may say that they are, by closing it.
                store.goesOn(one.id(), day.day());
            else if (one.isOfTheWholeSource() && finding == null) end(one.id(), day.day(), "fine");
            else if (finding != null && !finding.departs()) end(one.id(), day.day(), "fine");
            else if (finding != null && !one.firstDay().isAfter(day.day().minusDays(USUAL_AFTER_DAYS)))
                end(one.id(), day.day(), "usual");
            else if (finding == null && one.lastDay().isBefore(day.day().minusDays(REFERENCE_DAYS)))
                end(one.id(), day.day(), "gone");
        }
    }

    private void end(long alert, LocalDate on, String how) {
        if (store.end(alert, on, how)) tellEnd(alert, how);
    }

    private void tellEnd(long alert, String how) {
        tell("quality.alert.ended", 2 * alert + 1, Map.of("alert", alert, "ended", how));
    }

    private void tell(String type, long number, Map<String, Object> data) {
        var alert = new AlertListener.Alert(type, number, clock.instant(), data);
        listeners.orderedStream().forEach(listener -> listener.told(alert));
    }

    private Map<String, Object> about(long id, int source, Judge.Finding finding, LocalDate day) {
        var data = new HashMap<String, Object>();
        data.put("alert", id);
        data.put("source", sources.get(source).name());
        data.put("type", finding.kind().type());
        data.put("name", finding.kind().name());
        data.put("field", finding.field());
        data.put("rule", finding.rule().code());
        data.put("barrier", finding.rule().barrier().code());
        data.put("usual", finding.usual());
        data.put("found", finding.found());
        data.put("day", day.toString());
        return data;
    }

    private static boolean isOf(QualityStore.Told told, Judge.Finding finding) {
        return told.kind().equals(finding.kind())
                && told.field().equals(finding.field())
                && told.rule().equals(finding.rule().code());
    }

    private record About(EventKind kind, String field, String rule) {}

    private static Excused excused(List<QualityStore.Told> told) {
        var by = told.stream().collect(Collectors.groupingBy(t -> new About(t.kind(), t.field(), t.rule())));
        return (day, kind, field, rule) -> {
            for (var one : by.getOrDefault(new About(kind, field, rule.code()), List.of())) {
                // What became the usual, or was said to be: what was before it no longer is.
                if ("usual".equals(one.ended()) || CLOSED.equals(one.ended())) {
                    if (day.isBefore(one.firstDay())) return true;
                } else if (!day.isBefore(one.firstDay()) && !day.isAfter(one.lastDay())) {
                    return true;
                }
            }
            return false;
        };
    }

    private Map<Integer, SourceDay> read(LocalDate day) {
        var from = day.atStartOfDay(clock.zone()).toInstant();
        var to = day.plusDays(1).atStartOfDay(clock.zone()).toInstant();
        var events = new TreeMap<Integer, Map<EventKind, Long>>();
        var late = new HashMap<Integer, Long>();
        warehouse.stream(DayStatements.calls(from, to, settings.lateAfter(), internal), row -> {
            events.computeIfAbsent(row.intValue("source_id"), s -> new HashMap<>())
                    .put(new EventKind(row.text("type"), row.text("name")), row.longValue("events"));
            late.merge(row.intValue("source_id"), row.longValue("late"), Long::sum);
        });
        events.replaceAll((source, kinds) -> mostFrequent(kinds));
        var fields = fields(from, to);
        warehouse.stream(DayStatements.identifiers(from, to, internal), row -> {
            var kind = new EventKind(row.text("type"), row.text("name"));
            var source = row.intValue("source_id");
            long chances = events.getOrDefault(source, Map.of()).getOrDefault(kind, 0L);
            fields.computeIfAbsent(source, s -> new HashMap<>())
                    .put(
                            new Field(kind, DayStatements.IDENTIFIERS + row.text("identifier")),
                            new FieldDay(chances, row.longValue("events"), null, Map.of(), Map.of()));
        });
        var intake = store.intake(day);
        var sources = new HashSet<>(events.keySet());
        sources.addAll(intake.keySet());
        var days = new TreeMap<Integer, SourceDay>();
        for (var source : sources) {
            var kinds = events.getOrDefault(source, Map.of());
            var lost = intake.getOrDefault(source, Map.of());
            days.put(
                    source,
                    new SourceDay(
                            day,
                            kinds,
                            keep(fields.getOrDefault(source, Map.of()), kinds.keySet()),
                            lost.getOrDefault("duplicate", 0L),
                            lost.getOrDefault("rejected", 0L),
                            lost.getOrDefault("set_aside", 0L),
                            late.getOrDefault(source, 0L)));
        }
        return days;
    }

    /** Rare names of which there are more stand for all others under none: names made up call by call are no events. */
    private static Map<EventKind, Long> mostFrequent(Map<EventKind, Long> kinds) {
        if (kinds.size() <= MOST_EVENTS) return kinds;
        var kept = new HashMap<EventKind, Long>();
        kinds.entrySet().stream()
                .sorted(Map.Entry.<EventKind, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry::getKey, EventKind.ORDER))
                .forEach(kind -> {
                    if (kept.size() < MOST_EVENTS) kept.put(kind.getKey(), kind.getValue());
                    else kept.merge(new EventKind("", "*"), kind.getValue(), Long::sum);
                });
        return kept;
    }

    /** Of each event's fields those that are filled most. */
    private static Map<Field, FieldDay> keep(Map<Field, FieldDay> fields, Set<EventKind> kinds) {
        var kept = new HashMap<Field, FieldDay>();
        var count = new HashMap<EventKind, Integer>();
        fields.entrySet().stream()
                .filter(f -> kinds.contains(f.getKey().kind()))
                .sorted((a, b) -> {
                    int byFilled =
                            Long.compare(b.getValue().filled(), a.getValue().filled());
                    return byFilled != 0 ? byFilled : Field.ORDER.compare(a.getKey(), b.getKey());
                })
                .forEach(f -> {
                    if (count.merge(f.getKey().kind(), 1, Integer::sum) <= MOST_FIELDS)
                        kept.put(f.getKey(), f.getValue());
                });
        return kept;
    }

    private static final class Gathered {
        private boolean isPart;
        private long distinct;
        private final Map<String, Long> shapes = new HashMap<>();
        private final Map<String, Map<String, Long>> bins = new HashMap<>();
    }

    private Map<Integer, Map<Field, FieldDay>> fields(Instant from, Instant to) {
        var gathered = new HashMap<Integer, Map<Field, Gathered>>();
        warehouse.stream(DayStatements.fields(from, to, internal), row -> {
            var kind = new EventKind(row.text("type"), row.text("name"));
            var path = DayStatements.ROOT + row.text("field").substring(1);
            var one = gathered.computeIfAbsent(row.intValue("source_id"), s -> new HashMap<>())
                    .computeIfAbsent(new Field(kind, path), f -> new Gathered());
            var shape = row.text("shape");
            one.isPart |= row.booleanValue("is_part");
            one.shapes.put(shape, row.longValue("n"));
            if (shape.equals("empty")) return;
            one.distinct += row.longValue("n_distinct");
            var bins = new HashMap<String, Long>();
            for (var bin : row.text("bins").split(" ")) {
                int equals = bin.lastIndexOf('=');
                bins.put(bin.substring(0, equals), Long.parseLong(bin.substring(equals + 1)));
            }
            one.bins.put(shape, bins);
        });
        var fields = new HashMap<Integer, Map<Field, FieldDay>>();
        gathered.forEach((source, of) -> {
            var days = new HashMap<Field, FieldDay>();
            of.forEach((field, one) -> {
                if (field.path().equals(DayStatements.ROOT)) return;
                long filled = one.shapes.entrySet().stream()
                        .filter(s -> !s.getKey().equals("empty"))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
                var around = of.get(new Field(field.kind(), field.parent()));
                long parents = around == null ? 0 : around.shapes.getOrDefault("object", 0L);
                // Elements of an array have no places that stay empty; an object may name a field twice.
                if (parents < filled) parents = filled;
                days.put(field, new FieldDay(parents, filled, one.isPart ? null : one.distinct, one.shapes, one.bins));
            });
            fields.put(source, days);
        });
        return fields;
    }
}
