package io.rekindle.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.consent.Ask;
import io.rekindle.decide.Broadcasts.Step;
import io.rekindle.plan.Audiences;
import io.rekindle.plan.Campaigns;
import io.rekindle.plan.Templates;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Seeds;
import io.rekindle.platform.WriteGate;
import io.rekindle.testing.RekindleTest;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Launches on the real stores; who is a member and who may be written to is made up by numbers. */
@RekindleTest
class BroadcastsTest {
    private static final int MEMBERS = 3_000;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transaction;

    @Autowired
    private Warehouse warehouse;

    @Autowired
    private WriteGate gate;

    @Autowired
    private BusinessClock clock;

    @Autowired
    private Campaigns campaigns;

    @Autowired
    private Templates templates;

    @Autowired
    private Runs runs;

    private final List<Long> heard = new ArrayList<>();

    @BeforeEach
    void anOutboxOfItsOwn() {
        jdbc.sql("""
                        create table if not exists test_outbox (
                            message_id bigint primary key, decision_id bigint, run_id bigint, customer_id bigint)
                        """).update();
        jdbc.sql("create table if not exists test_reserved (message_id bigint primary key, run_id bigint)")
                .update();
    }

    @Test
    void everyMemberStandsInTheLedgerOnceWithAReasonOrAnArm() {
        long campaign = approvedCampaign();
        broadcasts(step -> {}, 3).launch(campaign);
        var run = runs.ofCampaign(campaign).orElseThrow();
        assertThat(run.planned()).isTrue();
        assertThat(heard).containsExactly(run.id());
        assertThat(count("select count(*) as n from decisions where run_id = ?", run))
                .isEqualTo(MEMBERS);
        assertThat(count("select count(distinct customer_id) as n from decisions where run_id = ?", run))
                .isEqualTo(MEMBERS);
        // Every tenth member has no permission, and says so.
        assertThat(count(
                        "select count(*) as n from decisions where run_id = ? and not eligible and reason = 'no_consent' and arm is null",
                        run))
                .isEqualTo(MEMBERS / 10);
        long held = count(
                "select count(*) as n from decisions where run_id = ? and arm = 'holdout' and action = 'skip' and action_reason = 'held_out' and probability = 0.2",
                run);
        long sent = count(
                "select count(*) as n from decisions where run_id = ? and arm = 'treatment' and action = 'send' and probability = 0.8",
                run);
        assertThat(held + sent).isEqualTo(MEMBERS - MEMBERS / 10);
        // 2,700 draws at 0.2: 540, four standard deviations are 83.
        assertThat(held).isBetween(457L, 623L);
        assertThat(outbox(run)).hasSize((int) sent);
        assertThat(reserved(run)).isEqualTo(messages(run));
        // The published formula finds the very same arms.
        assertThat(count("""
                        select count(*) as n from decisions where run_id = ? and eligible and (arm = 'holdout') <>
                            (cast('0x' || substr(sha256(salt || ':' || customer_id), 1, 13) as bigint) / 4503599627370496.0 < 0.2)
                        """, run)).isZero();
        assertThat(campaigns.get(campaign).runId()).isEqualTo(run.id());
    }

    /** With the same seed a launch that is interrupted after any step ends as one that is not. */
    @ParameterizedTest
    @EnumSource(Step.class)
    void aCrashAfterAnyStepLeavesLedgerAndOutboxAsWithoutIt(Step crash) {
        long campaign = approvedCampaign();
        var left = EnumSet.of(crash);
        Consumer<Step> crashOnce = step -> {
            if (left.remove(step)) throw new IllegalStateException("crashed after " + step);
        };
        var crashing = broadcasts(crashOnce, 5);
        assertThatThrownBy(() -> crashing.launch(campaign)).hasMessageContaining("crashed");
        var interrupted = runs.ofCampaign(campaign).orElseThrow();
        assertThat(interrupted.planned()).isEqualTo(crash == Step.PLANNED);
        var ledgerBefore = ledger(interrupted);
        if (crash == Step.LEDGER_WRITTEN || crash == Step.OUTBOX_FILLED) {
            assertThat(ledgerBefore).hasSize(MEMBERS);
            assertThat(outbox(interrupted)).isEmpty();
        }

        broadcasts(step -> {}, 99).resume();
        broadcasts(step -> {}, 99).launch(campaign);

        var run = runs.ofCampaign(campaign).orElseThrow();
        assertThat(run.planned()).isTrue();
        assertThat(run.salt()).isEqualTo(interrupted.salt());
        if (!ledgerBefore.isEmpty()) assertThat(ledger(run)).isEqualTo(ledgerBefore);

        long undisturbed = approvedCampaign();
        broadcasts(step -> {}, 5).launch(undisturbed);
        var other = runs.ofCampaign(undisturbed).orElseThrow();
        assertThat(ledger(run)).isEqualTo(ledger(other));
        assertThat(outbox(run)).isEqualTo(outbox(other)).doesNotHaveDuplicates().isNotEmpty();
        assertThat(reserved(run)).isEqualTo(messages(run));
        assertThat(heard).containsExactlyInAnyOrder(run.id(), other.id());
    }

    @Test
    void aCampaignCancelledWhileItsLaunchWasInterruptedSendsNothing() {
        long campaign = approvedCampaign();
        assertThatThrownBy(() -> broadcasts(
                                step -> {
                                    if (step == Step.LEDGER_WRITTEN) throw new IllegalStateException("crashed");
                                },
                                5)
                        .launch(campaign))
                .hasMessageContaining("crashed");
        campaigns.cancel(campaign);
        broadcasts(step -> {}, 5).resume();
        var run = runs.ofCampaign(campaign).orElseThrow();
        assertThat(run.planned()).isTrue();
        assertThat(outbox(run)).isEmpty();
        assertThat(reserved(run)).isEmpty();
    }

    private Broadcasts broadcasts(Consumer<Step> afterStep, long seed) {
        return new Broadcasts(
                transaction,
                warehouse,
                gate,
                clock,
                new Seeds(seed),
                campaigns,
                templates,
                new ThreeThousand(),
                new EveryTenthWithout(),
                runs,
                new TableOutbox(),
                List.of(run -> heard.add(run.id())),
                afterStep);
    }

    /** Keeps what is reserved in a table, as it must: in transactions of its own or in the caller's. */
    private final class EveryTenthWithout implements Judge {
        @Override
        public @Nullable String[] reasons(long[] customerIds, Ask ask, Instant at) {
            var reasons = new @Nullable String[customerIds.length];
            for (int i = 0; i < reasons.length; i++) if (customerIds[i] % 10 == 0) reasons[i] = "no_consent";
            return reasons;
        }

        @Override
        public @Nullable String[] reserve(long runId, List<OutgoingMessage> messages, Ask ask, Instant at) {
            var reasons = reasons(
                    messages.stream()
                            .mapToLong(message -> message.customer().value())
                            .toArray(),
                    ask,
                    at);
            for (int i = 0; i < reasons.length; i++)
                if (reasons[i] == null)
                    jdbc.sql("insert into test_reserved values (:message, :run)")
                            .param("message", messages.get(i).messageId())
                            .param("run", runId)
                            .update();
            return reasons;
        }

        @Override
        public void keepReserved(long runId, List<OutgoingMessage> messages) {
            jdbc.sql("delete from test_reserved where run_id = :run and message_id <> all(:messages)")
                    .param("run", runId)
                    .param(
                            "messages",
                            messages.stream().map(OutgoingMessage::messageId).toArray(Long[]::new))
                    .update();
        }

        @Override
        public void releaseReserved(long runId) {
            jdbc.sql("delete from test_reserved where run_id = :run")
                    .param("run", runId)
                    .update();
        }
    }

    private List<Long> reserved(Run run) {
        return jdbc.sql("select message_id from test_reserved where run_id = :run order by 1")
                .param("run", run.id())
                .query((r, n) -> r.getLong("message_id"))
                .list();
    }

    private List<Long> messages(Run run) {
        return jdbc.sql("select message_id from test_outbox where run_id = :run order by 1")
                .param("run", run.id())
                .query((r, n) -> r.getLong("message_id"))
                .list();
    }

    private record ThreeThousand() implements Audiences {
        @Override
        public int version(long segmentId) {
            return 1;
        }

        @Override
        public Sql members(long segmentId, @Nullable Integer version, Instant asOf) {
            return Sql.of("select cast(range as bigint) as customer_id from range(cast(? as bigint))", (long) MEMBERS);
        }
    }

    /** Writes in the caller's transaction, as an outbox must. */
    private final class TableOutbox implements Outbox {
        @Override
        public void enqueue(OutgoingRun run, Stream<OutgoingMessage> messages) {
            messages.forEach(
                    message -> jdbc.sql("insert into test_outbox values (:message, :decision, :run, :customer)")
                            .param("message", message.messageId())
                            .param("decision", message.decisionId())
                            .param("run", run.runId())
                            .param("customer", message.customer().value())
                            .update());
        }

        @Override
        public void withdraw(long runId) {
            jdbc.sql("delete from test_outbox where run_id = :run")
                    .param("run", runId)
                    .update();
        }
    }

    private List<String> ledger(Run run) {
        return warehouse.query(Sql.of("""
                        select concat_ws('|', customer_id, eligible, reason, arm, probability, salt, action, action_reason) as line
                        from decisions where run_id = ? order by customer_id
                        """, run.id()), row -> row.text("line"));
    }

    private List<Long> outbox(Run run) {
        return jdbc.sql("select customer_id from test_outbox where run_id = :run order by customer_id")
                .param("run", run.id())
                .query((r, n) -> r.getLong("customer_id"))
                .list();
    }

    private long count(String sql, Run run) {
        return warehouse.first(Sql.of(sql, run.id()), row -> row.longValue("n")).orElseThrow();
    }

    private long approvedCampaign() {
        return jdbc.sql("""
                        with o as (
                            insert into objectives (kind, name, metric, unit, window_days, baseline, baseline_customers,
                                measured_at, target, deadline, created_at, created_by)
                            values ('retain', 'o', 'repurchase_rate', 'points', 30, 0.1, 100, '2026-03-01', 0.02,
                                '2026-12-31', '2026-03-01', 'test') returning id),
                        t as (insert into templates (version, created_at) values (1, '2026-03-01') returning id),
                        v as (
                            insert into template_versions (template_id, version, name, channel, subject, html, body_text, saved_at, saved_by)
                            select id, 1, 't', 'email', 's', 'h', 'b', '2026-03-01', 'test' from t)
                        insert into campaigns (name, objective_id, segment_id, segment_version, template_id,
                            template_version, holdout_share, send_from, send_to, attribution_days, message_cost, state,
                            author, created_at)
                        select 'c', o.id, 1, 1, t.id, 1, 0.2, '00:00', '23:59', 14, 0.01, 'approved', 'test', '2026-03-01'
                        from o, t returning id
                        """).query(Long.class).single();
    }
}
