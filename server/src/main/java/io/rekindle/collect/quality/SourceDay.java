package io.rekindle.collect.quality;

import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** What one source sent on one day. */
record SourceDay(
        LocalDate day,
        Map<EventKind, Long> events,
        Map<Field, FieldDay> fields,
        long duplicates,
        long rejected,
        long setAside,
        long late) {
    /** @param path {@code properties.total}, {@code identifiers.email} */
    record Field(EventKind kind, String path) {
        static final Comparator<Field> ORDER =
                Comparator.comparing(Field::kind, EventKind.ORDER).thenComparing(Field::path);

        boolean isIdentifier() {
            return path.startsWith(DayStatements.IDENTIFIERS);
        }

        /** What it stands in, if that is a field too. */
        String parent() {
            int dot = path.endsWith("\"") ? path.lastIndexOf(".\"") : path.lastIndexOf('.');
            return path.substring(0, Math.max(0, dot));
        }
    }

    static SourceDay empty(LocalDate day) {
        return new SourceDay(day, new HashMap<>(), new HashMap<>(), 0, 0, 0, 0);
    }

    long eventsOfAll() {
        return events.values().stream().mapToLong(Long::longValue).sum();
    }

    /** A field's day, even if nobody filled it: then with as many chances as there were. */
    FieldDay field(Field field) {
        var there = fields.get(field);
        if (there != null) return there;
        var parent = field.parent();
        if (parent.equals(DayStatements.ROOT) || field.isIdentifier())
            return FieldDay.absent(events.getOrDefault(field.kind(), 0L));
        var around = fields.get(new Field(field.kind(), parent));
        return FieldDay.absent(around == null ? 0 : around.of("object"));
    }
}
