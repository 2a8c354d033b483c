package io.rekindle.collect.quality;

import io.rekindle.collect.quality.ControlChart.Bad;
import io.rekindle.collect.quality.SourceDay.Field;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds a source's day against its weeks before and scores it.
 *
 * <p>The score is 100 times the geometric mean of what there was to tell by, so that one bad side is not outweighed by good
 * ones:
 *
 * <ul>
 *   <li>completeness: the filled share of fields usually filled in half of the cases or more, times the part of the usual
 *       calls that came where a source fell silent;
 *   <li>validity: items taken of all that came, times values of their field's usual shape of all;
 *   <li>uniqueness: events of events and repetitions, times different values of all in fields that are keys;
 *   <li>timeliness: events that were not late;
 *   <li>stability: fields that did not drift of those that could have been seen to.
 * </ul>
 */
@SuppressWarnings("LongDoubleConversion") // counts, far below what a double holds exactly
final class Judge {
    /** A field has a usual shape when so much of it has. */
    private static final double USUAL_SHAPE = 0.95;
    /** A field is a key when so many of its values differ. */
    private static final double KEY = 0.99;

    private static final double USUALLY_FILLED = 0.5;
    /** Of a source too young for a chart: so many days on end, this one among them, without a call are told of. */
    static final int QUIET_DAYS = 3;

    /** So much refused is told of whatever was usual. */
    static final double MUCH_REFUSED = 0.2;

    private final SourceDay day;
    private final List<SourceDay> before;
    private final Excused excused;
    private final List<Finding> findings = new ArrayList<>();

    private Judge(SourceDay day, List<SourceDay> before, Excused excused) {
        this.day = day;
        this.before = before;
        this.excused = excused;
    }

    /** Which of the days before are not to be held as usual for what was found: they were told of. */
    interface Excused {
        boolean isExcused(LocalDate day, EventKind kind, String field, Rule rule);
    }

    /**
     * What was looked at.
     *
     * @param departs whether it is not as usual
     */
    record Finding(EventKind kind, String field, Rule rule, double usual, double found, boolean departs) {}

    /** What is kept of a field beside its counts. */
    record FieldVerdict(
            @Nullable String usualShape,
            @Nullable Double usualFilled,
            @Nullable Double drift,
            @Nullable Double driftBound) {}

    /** Shares are 0 to 1, null where there was nothing to tell by; the score 0 to 100, null when nothing came. */
    record Scores(
            @Nullable Double completeness,
            @Nullable Double validity,
            @Nullable Double uniqueness,
            @Nullable Double timeliness,
            @Nullable Double stability,
            @Nullable Double score) {}

    record Verdict(
            Scores scores, Map<Field, FieldDay> fields, Map<Field, FieldVerdict> verdicts, List<Finding> findings) {}

    static Verdict of(SourceDay day, List<SourceDay> before, Excused excused) {
        return new Judge(day, before, excused).verdict();
    }

    private static final class Mean {
        private double sum;
        private double weight;

        void add(double value, double of) {
            sum += value;
            weight += of;
        }

        @Nullable
        Double value() {
            return weight == 0 ? null : sum / weight;
        }
    }

    private Verdict verdict() {
        boolean fell = number(EventKind.ALL, SourceDay::eventsOfAll);
        if (!fell) endedYoung().ifPresent(findings::add);
        // Where nothing came there is nothing to be said of each event.
        if (!fell && day.eventsOfAll() > 0) {
            var kinds = new TreeSet<EventKind>(EventKind.ORDER);
            kinds.addAll(day.events().keySet());
            before.forEach(d -> kinds.addAll(d.events().keySet()));
            for (var kind : kinds) number(kind, d -> d.events().getOrDefault(kind, 0L));
        }
        share(Rule.DUPLICATES, Bad.RISE, SourceDay::duplicates, d -> d.eventsOfAll() + d.duplicates());
        share(Rule.LATE, Bad.RISE, SourceDay::late, SourceDay::eventsOfAll);
        refused();

        var filled = new Mean();
        var valid = new Mean();
        var different = new Mean();
        var stable = new Mean();
        var fields = new TreeMap<Field, FieldDay>(Field.ORDER);
        var verdicts = new HashMap<Field, FieldVerdict>();
        for (var field : fieldsToLookAt()) {
            var now = day.field(field);
            fields.put(field, now);
            verdicts.put(field, look(field, now, filled, valid, different, stable));
        }
        return new Verdict(scores(filled, valid, different, stable), fields, verdicts, List.copyOf(findings));
    }

    private Set<Field> fieldsToLookAt() {
        var all = new TreeSet<Field>(Field.ORDER);
        all.addAll(day.fields().keySet());
        before.forEach(d -> all.addAll(d.fields().keySet()));
        return all;
    }

    private FieldVerdict look(Field field, FieldDay now, Mean filled, Mean valid, Mean different, Mean stable) {
        var past = past(field);
        var rule = field.isIdentifier() ? Rule.UNIDENTIFIED : Rule.MISSING;
        boolean isElement = field.path().endsWith("[]");
        Double usualFilled = null;
        if (!isElement) {
            var rates = rates(past, field, rule, FieldDay::filled, FieldDay::parents);
            var was = total(rates);
            usualFilled = was == null ? null : was.share();
            double expected =
                    was == null ? (now.parents() == 0 ? 0 : (double) now.filled() / now.parents()) : was.share();
            if (expected >= USUALLY_FILLED) filled.add(now.filled(), now.parents());
            judge(field, rule, Bad.FALL, rates, now.filled(), now.parents());
        }
        var shape = usualShape(past);
        boolean isMalformed = false;
        if (shape != null && now.filled() > 0) {
            valid.add(now.of(shape), now.filled());
            isMalformed = judge(
                    field,
                    Rule.MALFORMED,
                    Bad.FALL,
                    rates(past, field, Rule.MALFORMED, f -> f.of(shape), FieldDay::filled),
                    now.of(shape),
                    now.filled());
        }
        var keys = rates(
                past,
                field,
                Rule.REPEATED_KEY,
                f -> f.distinct() == null ? 0 : f.distinct(),
                f -> f.distinct() == null ? 0 : f.filled());
        var wasKey = total(keys);
        boolean isKey = wasKey != null && wasKey.of() >= ControlChart.FEWEST && wasKey.share() >= KEY;
        if (isKey && now.distinct() != null && now.filled() > 0) {
            different.add(now.distinct(), now.filled());
            // What is written in the place of a key is the same again and again.
            if (!isMalformed) judge(field, Rule.REPEATED_KEY, Bad.FALL, keys, now.distinct(), now.filled());
        }
        if (isKey || field.isIdentifier()) return new FieldVerdict(shape, usualFilled, null, null);
        var drift = Drift.of(
                past.entrySet().stream()
                        .filter(p -> !excused.isExcused(p.getKey(), field.kind(), field.path(), Rule.DRIFTED))
                        .map(p -> new Drift.Day(p.getKey(), bins(p.getValue(), shape)))
                        .filter(d -> d.size() > 0)
                        .toList(),
                new Drift.Day(day.day(), bins(now, shape)));
        if (!drift.judged()) return new FieldVerdict(shape, usualFilled, null, null);
        stable.add(drift.departs() ? 0 : 1, 1);
        findings.add(
                new Finding(field.kind(), field.path(), Rule.DRIFTED, drift.usual(), drift.found(), drift.departs()));
        return new FieldVerdict(shape, usualFilled, drift.found(), drift.usual());
    }

    /** Of the usual shape alone: others are told of as malformed. */
    private static Map<String, Long> bins(FieldDay field, @Nullable String shape) {
        if (shape != null) return field.bins().getOrDefault(shape, Map.of());
        var all = new TreeMap<String, Long>();
        field.bins().forEach((of, bins) -> {
            if (!of.equals("empty")) bins.forEach((bin, n) -> all.put(of + ' ' + bin, n));
        });
        return all;
    }

    private Map<LocalDate, FieldDay> past(Field field) {
        var past = new TreeMap<LocalDate, FieldDay>();
        for (var one : before) past.put(one.day(), one.field(field));
        return past;
    }

    private List<Rate> rates(
            Map<LocalDate, FieldDay> past,
            Field field,
            Rule rule,
            Function<FieldDay, Long> hits,
            Function<FieldDay, Long> of) {
        return past.entrySet().stream()
                .filter(p -> !excused.isExcused(p.getKey(), field.kind(), field.path(), rule))
                .map(p -> new Rate(p.getKey(), hits.apply(p.getValue()), of.apply(p.getValue())))
                .toList();
    }

    private boolean judge(Field field, Rule rule, Bad bad, List<Rate> rates, long hits, long of) {
        var departure = ControlChart.ofShare(rates, new Rate(day.day(), hits, of), bad);
        if (departure.judged())
            findings.add(new Finding(
                    field.kind(), field.path(), rule, departure.usual(), departure.found(), departure.departs()));
        return departure.departs();
    }

    private static @Nullable Rate total(List<Rate> rates) {
        double hits = 0;
        double of = 0;
        for (var rate : rates) {
            hits += rate.hits();
            of += rate.of();
        }
        return of == 0 ? null : new Rate(LocalDate.EPOCH, hits, of);
    }

    private static @Nullable String usualShape(Map<LocalDate, FieldDay> past) {
        var shapes = new TreeMap<String, Long>();
        long filled = 0;
        for (var one : past.values()) {
            one.shapes().forEach((shape, n) -> {
                if (!shape.equals("empty")) shapes.merge(shape, n, Long::sum);
            });
            filled += one.filled();
        }
        if (filled < ControlChart.FEWEST) return null;
        for (var shape : shapes.entrySet()) if (shape.getValue() >= USUAL_SHAPE * filled) return shape.getKey();
        return null;
    }

    /** Whether it fell. */
    private boolean number(EventKind kind, Function<SourceDay, Long> number) {
        var numbers = new TreeMap<LocalDate, Long>();
        for (var one : before)
            if (!excused.isExcused(one.day(), kind, "", Rule.SILENT)) numbers.put(one.day(), number.apply(one));
        var departure = ControlChart.ofNumber(numbers, day.day(), number.apply(day));
        if (departure.judged())
            findings.add(new Finding(kind, "", Rule.SILENT, departure.usual(), departure.found(), departure.departs()));
        return departure.departs();
    }

    /**
     * A source that fell silent before it had the fortnight a chart needs: it had calls enough a day, and none for some days
     * on end, longer than a weekend.
     */
    private Optional<Finding> endedYoung() {
        if (day.eventsOfAll() > 0 || before.size() < QUIET_DAYS || before.size() >= Quality.REFERENCE_DAYS)
            return Optional.empty();
        var quiet = before.subList(before.size() - QUIET_DAYS + 1, before.size());
        if (quiet.stream().anyMatch(d -> d.eventsOfAll() > 0)) return Optional.empty();
        var with = before.stream()
                .filter(d -> d.eventsOfAll() > 0)
                .filter(d -> !excused.isExcused(d.day(), EventKind.ALL, "", Rule.SILENT))
                .toList();
        if (with.isEmpty()
                || with.getFirst()
                        .day()
                        .plusDays(ControlChart.FEWEST_DAYS)
                        .isBefore(with.getLast().day().plusDays(1))) return Optional.empty();
        double usual = with.stream().mapToLong(SourceDay::eventsOfAll).average().orElse(0);
        if (usual < ControlChart.FEWEST) return Optional.empty();
        // A chart of so few days, some of them empty, may have found it as usual.
        findings.removeIf(f -> f.rule() == Rule.SILENT && f.kind().equals(EventKind.ALL));
        return Optional.of(new Finding(EventKind.ALL, "", Rule.SILENT, usual, 0, true));
    }

    private void share(Rule rule, Bad bad, Function<SourceDay, Long> hits, Function<SourceDay, Long> of) {
        departureOfShare(rule, bad, hits, of).ifPresent(findings::add);
    }

    private Optional<Finding> departureOfShare(
            Rule rule, Bad bad, Function<SourceDay, Long> hits, Function<SourceDay, Long> of) {
        var rates = before.stream()
                .filter(d -> !excused.isExcused(d.day(), EventKind.ALL, "", rule))
                .map(d -> new Rate(d.day(), hits.apply(d), of.apply(d)))
                .toList();
        var departure = ControlChart.ofShare(rates, new Rate(day.day(), hits.apply(day), of.apply(day)), bad);
        return departure.judged()
                ? Optional.of(
                        new Finding(EventKind.ALL, "", rule, departure.usual(), departure.found(), departure.departs()))
                : Optional.empty();
    }

    private void refused() {
        Function<SourceDay, Long> refused = d -> d.rejected() + d.setAside();
        Function<SourceDay, Long> came = d -> d.eventsOfAll() + d.rejected() + d.setAside();
        var held = departureOfShare(Rule.REFUSED, Bad.RISE, refused, came);
        long of = came.apply(day);
        double share = of == 0 ? 0 : (double) refused.apply(day) / of;
        boolean isMuch = of >= ControlChart.FEWEST && share >= MUCH_REFUSED;
        if (held.isPresent()) {
            var it = held.get();
            findings.add(new Finding(it.kind(), "", Rule.REFUSED, it.usual(), it.found(), it.departs() || isMuch));
        } else if (of >= ControlChart.FEWEST) {
            findings.add(new Finding(EventKind.ALL, "", Rule.REFUSED, 0, share, isMuch));
        }
    }

    private Scores scores(Mean filled, Mean valid, Mean different, Mean stable) {
        double events = day.eventsOfAll();
        double refused = day.rejected() + day.setAside();
        double came = came();
        var fields = filled.value();
        Double completeness = fields == null && came == 1 ? null : (fields == null ? 1 : fields) * came;
        Double validity = events + refused == 0 ? null : events / (events + refused) * orOne(valid.value());
        Double uniqueness = events == 0 ? null : events / (events + day.duplicates()) * orOne(different.value());
        Double timeliness = events == 0 ? null : 1 - day.late() / events;
        var stability = stable.value();
        double logs = 0;
        int parts = 0;
        for (var part : Arrays.asList(completeness, validity, uniqueness, timeliness, stability)) {
            if (part == null) continue;
            logs += Math.log(part);
            parts++;
        }
        return new Scores(
                completeness,
                validity,
                uniqueness,
                timeliness,
                stability,
                parts == 0 || events + refused == 0 ? null : Double.valueOf(100 * Math.exp(logs / parts)));
    }

    /** The part of the usual calls that came, where fewer did than can be by chance. */
    private double came() {
        return findings.stream()
                .filter(f -> f.rule() == Rule.SILENT && f.kind().equals(EventKind.ALL) && f.departs())
                .mapToDouble(f -> f.found() / f.usual())
                .findFirst()
                .orElse(1);
    }

    private static double orOne(@Nullable Double share) {
        return share == null ? 1 : share;
    }
}
