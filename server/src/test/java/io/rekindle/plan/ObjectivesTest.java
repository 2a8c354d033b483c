package io.rekindle.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.access.AuditTrail;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.SystemClock;
import io.rekindle.segment.Segments;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Warehouse;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Objectives over time: on the real stores, under a clock of the test's own. */
@RekindleTest
class ObjectivesTest {
    private static final long FIRST = 890_000_000L;
    private static final LocalDate DEADLINE = LocalDate.parse("2019-06-30");
    /** The end of the deadline's day in Shanghai. */
    private static final Instant CLOSING = Instant.parse("2019-06-30T16:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2019-05-01T00:00:00Z"));
    private final BusinessClock clock = new BusinessClock(
            new SystemClock(new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now.get();
                }
            }),
            ZoneId.of("Asia/Shanghai"));
    private final Warehouse warehouse;
    private final Objectives objectives;
    private final TransactionTemplate transaction;
    private final Segments segments;
    private final JsonMapper json = JsonMapper.builder().build();

    ObjectivesTest(
            @Autowired JdbcClient jdbc,
            @Autowired Warehouse warehouse,
            @Autowired AuditTrail audit,
            @Autowired Audiences audiences,
            @Autowired Commitments commitments,
            @Autowired Segments segments,
            @Autowired TransactionTemplate transaction) {
        this.segments = segments;
        this.warehouse = warehouse;
        this.transaction = transaction;
        objectives = new Objectives(
                jdbc,
                warehouse,
                audit,
                clock,
                audiences,
                commitments,
                new PlanSettings(false, "http://127.0.0.1/", Duration.ofHours(24)));
    }

    /**
     * Ten customers of 2018, none of whom ordered in the 30 days before the objective was made. In the last 30 days to the
     * deadline three come back, the third a minute before midnight in Shanghai; a fourth a minute after. A month later
     * nobody does: today's value would be 0 (the fourth aside), the deadline's stays 3 of 10.
     */
    @Test
    void anObjectiveIsHeldAgainstTheValueAtItsDeadlineForGood() {
        warehouse.append("trait_changes", "objectives-test", Rows.written(rows -> {
            for (int i = 0; i < 10; i++)
                rows.value(FIRST + i)
                        .value("objectives_test")
                        .value("true")
                        .value(Instant.parse("2018-01-01T09:00:00Z"))
                        .value(1L)
                        .missing()
                        .end();
        }));
        long ten = segments.create(
                        "objectives test",
                        json.readTree("{\"trait\":\"objectives_test\",\"is\":\"equals\",\"value\":true}"))
                .id();
        for (int i = 0; i < 10; i++) order(i, "2018-01-0%dT09:00:00Z".formatted(1 + i % 9));
        var made = transaction.execute(status -> objectives.create(new Objectives.Draft(
                Objective.Kind.ACTIVATE,
                "Back by June",
                ObjectiveMetric.REPURCHASE_RATE,
                Objective.Unit.POINTS,
                ten,
                30,
                0.25,
                DEADLINE)));
        assertThat(made.baseline()).isZero();
        order(0, "2019-06-02T09:00:00Z");
        order(1, "2019-06-20T09:00:00Z");
        now.set(CLOSING.minus(Duration.ofHours(1)));
        var before = objectives.standing(made);
        assertThat(before)
                .isEqualTo(new Objectives.Standing("active", Objectives.Measuring.TODAY, now.get(), 0.2, 0.8));
        order(2, CLOSING.minusSeconds(60).toString());
        order(3, CLOSING.plusSeconds(60).toString());

        now.set(CLOSING.plus(Duration.ofHours(23)));
        objectives.recordClosed();
        var provisional = objectives.standing(made);
        assertThat(provisional.measured()).isEqualTo(Objectives.Measuring.AT_DEADLINE);
        assertThat(provisional.measuredTo()).isEqualTo(CLOSING);
        assertThat(provisional.current()).isEqualTo(0.3);
        assertThat(provisional.state()).isEqualTo("reached");
        // Reported within the grace: it counts.
        order(4, "2019-06-29T09:00:00Z");
        assertThat(objectives.standing(made).current()).isEqualTo(0.4);

        now.set(CLOSING.plus(Duration.ofHours(24)));
        objectives.recordClosed();
        // Reported after it: too late.
        order(5, "2019-06-29T09:00:00Z");
        objectives.recordClosed();
        var recorded = new Objectives.Standing("reached", Objectives.Measuring.RECORDED, CLOSING, 0.4, 0.4 / 0.25);
        assertThat(objectives.standing(made)).isEqualTo(recorded);
        now.set(CLOSING.plus(Duration.ofDays(90)));
        objectives.recordClosed();
        assertThat(objectives.standing(made)).isEqualTo(recorded);
    }

    private int orders;

    private void order(int customer, String at) {
        var id = "objectives-test-" + ++orders;
        warehouse.append(
                "orders",
                id,
                Rows.written(rows -> rows.value(id)
                        .value(FIRST + customer)
                        .value(Instant.parse(at))
                        .value("EUR")
                        .value(new BigDecimal("20"))
                        .value(BigDecimal.ZERO)
                        .missing()
                        .value(1)
                        .missing()
                        .value(1L)
                        .end()));
    }
}
