package io.rekindle.decide;

import io.rekindle.common.CustomerId;
import io.rekindle.consent.Ask;
import io.rekindle.plan.Audiences;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The members of a segment as of an instant, each judged: what a forecast counts and a run writes down. Columns rather
 * than objects, because an audience may be millions.
 */
final class Audience {
    private final long[] customers;
    private final @Nullable String[] reasons;
    private final double[] expectedValues;
    private final List<@Nullable String> modelVersions;

    private Audience(
            long[] customers,
            @Nullable String[] reasons,
            double[] expectedValues,
            List<@Nullable String> modelVersions) {
        this.customers = customers;
        this.reasons = reasons;
        this.expectedValues = expectedValues;
        this.modelVersions = modelVersions;
    }

    /**
     * Members and their expected value in one statement of the warehouse, judged in one of PostgreSQL.
     *
     * @param asOf whose members they are
     * @param sentAt when they would be written to: the contact budget is that of then
     */
    static Audience read(
            Warehouse warehouse,
            Audiences segments,
            Judge judge,
            long segmentId,
            @Nullable Integer segmentVersion,
            Ask ask,
            Instant asOf,
            Instant sentAt) {
        var sql = Sql.of("with members as")
                .then(segments.members(segmentId, segmentVersion, asOf).inParentheses())
                .then("""
                        , scored as (
                            select coalesce(i.customer_id, s.customer_id) as customer_id, s.value, s.model_version
                            from score_changes s left join identity_now i on i.alias_id = s.customer_id
                            where s.score = 'expected_value' and s.valid_from <= ?
                            qualify row_number() over (
                                partition by coalesce(i.customer_id, s.customer_id) order by s.valid_from desc) = 1)
                        select m.customer_id, s.value, s.model_version
                        from members m left join scored s on s.customer_id = m.customer_id order by m.customer_id
                        """, asOf);
        var ids = new Longs();
        var values = new ArrayList<Double>();
        var versions = new ArrayList<@Nullable String>();
        warehouse.stream(sql, row -> {
            ids.add(row.longValue("customer_id"));
            var value = row.nullableDouble("value");
            values.add(value == null ? Double.NaN : value);
            var version = row.nullableText("model_version");
            versions.add(version == null ? null : version.intern());
        });
        var customers = ids.toArray();
        return new Audience(
                customers,
                customers.length == 0 ? new String[0] : judge.reasons(customers, ask, sentAt),
                values.stream().mapToDouble(Double::doubleValue).toArray(),
                versions);
    }

    /** The same with contact budget reserved for every eligible member, whatever arm it will be drawn for. */
    Audience reserving(Judge judge, Run run) {
        var sha256 = Assignment.sha256();
        var places = IntStream.range(0, customers.length)
                .filter(place -> reasons[place] == null)
                .toArray();
        var messages = Arrays.stream(places)
                .mapToObj(place -> {
                    long decision = Assignment.decisionId(sha256, run.id(), customers[place]);
                    return new OutgoingMessage(
                            Assignment.messageId(sha256, decision), decision, new CustomerId(customers[place]));
                })
                .toList();
        var refused = judge.reserve(run.id(), messages, run.ask(), run.plannedAt());
        var now = reasons.clone();
        for (int i = 0; i < places.length; i++) now[places[i]] = refused[i];
        return new Audience(customers, now, expectedValues, modelVersions);
    }

    int size() {
        return customers.length;
    }

    long customer(int place) {
        return customers[place];
    }

    /** Why the member is not eligible; null when it is. */
    @Nullable
    String reason(int place) {
        return reasons[place];
    }

    /** Null when there is no such score of the member. */
    @Nullable
    Double expectedValue(int place) {
        return Double.isNaN(expectedValues[place]) ? null : expectedValues[place];
    }

    @Nullable
    String modelVersion(int place) {
        return modelVersions.get(place);
    }

    long eligible() {
        return Arrays.stream(reasons).filter(reason -> reason == null).count();
    }

    /** A list of longs that grows. */
    private static final class Longs {
        private long[] values = new long[1_024];
        private int size;

        void add(long value) {
            if (size == values.length) values = Arrays.copyOf(values, size * 2);
            values[size++] = value;
        }

        long[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
