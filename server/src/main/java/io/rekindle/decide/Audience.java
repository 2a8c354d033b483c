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
    static Audience judged(
            Warehouse warehouse,
            Audiences segments,
            Judge judge,
            long segmentId,
            @Nullable Integer segmentVersion,
            Ask ask,
            Instant asOf,
            Instant sentAt) {
        var members = members(warehouse, segments, segmentId, segmentVersion, asOf);
        return members.size() == 0 ? members : members.with(judge.reasons(members.customers, ask, sentAt));
    }

    /** The same for a run: judged while contact budget is reserved for each, whatever arm it will be drawn for. */
    static Audience reserved(Warehouse warehouse, Audiences segments, Judge judge, Run run) {
        var members = members(warehouse, segments, run.segmentId(), run.segmentVersion(), run.decidedAt());
        var sha256 = Assignment.sha256();
        var messages = Arrays.stream(members.customers)
                .mapToObj(customer -> {
                    long decision = Assignment.decisionId(sha256, run.id(), customer);
                    return new OutgoingMessage(
                            Assignment.messageId(sha256, decision), decision, new CustomerId(customer));
                })
                .toList();
        return members.with(judge.reserve(run.id(), messages, run.ask(), run.plannedAt()));
    }

    private static Audience members(
            Warehouse warehouse, Audiences segments, long segmentId, @Nullable Integer segmentVersion, Instant asOf) {
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
                new @Nullable String[customers.length],
                values.stream().mapToDouble(Double::doubleValue).toArray(),
                versions);
    }

    private Audience with(@Nullable String[] reasons) {
        return new Audience(customers, reasons, expectedValues, modelVersions);
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
