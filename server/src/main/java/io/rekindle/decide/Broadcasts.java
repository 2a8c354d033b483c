package io.rekindle.decide;

import io.rekindle.common.CustomerId;
import io.rekindle.plan.Audiences;
import io.rekindle.plan.CampaignState;
import io.rekindle.plan.Campaigns;
import io.rekindle.plan.Templates;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Seeds;
import io.rekindle.platform.WriteGate;
import io.rekindle.warehouse.RowWriter;
import io.rekindle.warehouse.Rows;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Launches campaigns. Ledger and outbox stand in two stores, so a launch has these steps:
 *
 * <ol>
 *   <li>PostgreSQL: the run's row, {@code planning}, with its salt and its moment;
 *   <li>PostgreSQL: contact budget reserved for every eligible member before arms are drawn, so that both arms are of those
 *       it sufficed for; customer by customer, to be given back and begun anew after a crash;
 *   <li>warehouse: the ledger, one batch under the run's id;
 *   <li>PostgreSQL: the outbox, filled from the ledger, the budget of those held out given back, and {@code planned}.
 * </ol>
 *
 * <p>Each but the second is whole or not at all. A crash between two leaves a run in {@code planning}. {@link #resume} redoes
 * what is missing: a ledger that is
 * there is never decided anew but read back, so outbox and ledger always agree; and neither is ever written twice, the
 * one by its batch id, the other by its transaction.
 */
class Broadcasts {
    private static final Logger LOG = LoggerFactory.getLogger(Broadcasts.class);
    private final TransactionTemplate transaction;
    private final Warehouse warehouse;
    private final WriteGate gate;
    private final BusinessClock clock;
    private final Seeds seeds;
    private final Campaigns campaigns;
    private final Templates templates;
    private final Audiences segments;
    private final Judge judge;
    private final Runs runs;
    private final Outbox outbox;
    private final List<RunPlanned> listeners;
    private final Consumer<Step> afterStep;

    /** The moments a crash can fall between. */
    enum Step {
        RUN_WRITTEN,
        BUDGET_RESERVED,
        LEDGER_WRITTEN,
        OUTBOX_FILLED,
        PLANNED
    }

    /** @param afterStep called after each step; a test throws from it what a crash would do */
    Broadcasts(
            TransactionTemplate transaction,
            Warehouse warehouse,
            WriteGate gate,
            BusinessClock clock,
            Seeds seeds,
            Campaigns campaigns,
            Templates templates,
            Audiences segments,
            Judge judge,
            Runs runs,
            Outbox outbox,
            List<RunPlanned> listeners,
            Consumer<Step> afterStep) {
        this.transaction = transaction;
        this.warehouse = warehouse;
        this.gate = gate;
        this.clock = clock;
        this.seeds = seeds;
        this.campaigns = campaigns;
        this.templates = templates;
        this.segments = segments;
        this.judge = judge;
        this.runs = runs;
        this.outbox = outbox;
        this.listeners = List.copyOf(listeners);
        this.afterStep = afterStep;
    }

    /** Launches a campaign, or goes on with its launch; a campaign that was cancelled meanwhile is left alone. */
    synchronized void launch(long campaignId) {
        var run = transaction.execute(status -> runs.ofCampaign(campaignId).or(() -> begin(campaignId, status)));
        if (run == null || run.isEmpty()) return;
        afterStep.accept(Step.RUN_WRITTEN);
        finish(run.get());
    }

    /** Goes on with every launch that a crash interrupted. */
    synchronized void resume() {
        for (var run : runs.planning()) {
            LOG.info("run {} of campaign {} was interrupted; going on with it", run.id(), run.campaignId());
            finish(run);
        }
    }

    private Optional<Run> begin(long campaignId, TransactionStatus status) {
        var campaign = campaigns.get(campaignId);
        if (campaign.state() != CampaignState.APPROVED) {
            LOG.info(
                    "campaign {} is {} and is not launched",
                    campaignId,
                    campaign.state().code());
            return Optional.empty();
        }
        int templateVersion = campaign.templateVersion() == null
                ? templates.get(campaign.templateId()).version()
                : campaign.templateVersion();
        var now = clock.instant();
        // A launch that comes late, e.g. after the server was down, may find the day's hours over.
        var planned = campaign.sendWindow().next(now, clock.zone());
        long id = runs.insert(campaign, templateVersion, seeds.salt(), now, planned);
        if (!campaigns.launched(campaignId, id)) {
            LOG.info("campaign {} was changed while it was launched, and is not", campaignId);
            status.setRollbackOnly();
            return Optional.empty();
        }
        return runs.find(id);
    }

    private void finish(Run run) {
        if (run.planned()) return;
        var laps = new Laps();
        if (!hasLedger(run)) {
            judge.releaseReserved(run.id());
            var audience = Audience.reserved(warehouse, segments, judge, run);
            afterStep.accept(Step.BUDGET_RESERVED);
            laps.end("audience and budget");
            gate.write(() -> {
                warehouse.append("decisions", batchId(run), Rows.written(rows -> write(run, audience, rows)));
            });
        }
        afterStep.accept(Step.LEDGER_WRITTEN);
        laps.end("ledger");
        transaction.executeWithoutResult(status -> {
            var now = runs.lock(run.id());
            if (now.planned()) return;
            var messages = now.cancelled() ? List.<OutgoingMessage>of() : messages(now);
            outbox.enqueue(outgoing(now), messages.stream());
            laps.end("outbox");
            judge.keepReserved(now.id(), messages);
            laps.end("budget given back");
            campaigns.drawn(now.campaignId(), messages.size());
            afterStep.accept(Step.OUTBOX_FILLED);
            runs.planned(now.id());
            for (var listener : listeners) listener.planned(now);
        });
        afterStep.accept(Step.PLANNED);
        LOG.info("run {} of campaign {} is planned; it took{}", run.id(), run.campaignId(), laps);
    }

    /** How long the steps of a launch took, for the log: the large ones take a while. */
    private static final class Laps {
        private final StringBuilder words = new StringBuilder();
        private long since = System.nanoTime();

        void end(String step) {
            long now = System.nanoTime();
            words.append(" %s %.1f s".formatted(step, (now - since) / 1e9));
            since = now;
        }

        @Override
        public String toString() {
            return words.toString();
        }
    }

    /** The ledger's batch: the same however often the run is repeated. */
    static String batchId(Run run) {
        return "run:" + run.id();
    }

    private boolean hasLedger(Run run) {
        return warehouse
                .first(
                        Sql.of(
                                "select 1 as found from batches where table_name = 'decisions' and batch_id = ?",
                                batchId(run)),
                        row -> true)
                .isPresent();
    }

    private static void write(Run run, Audience audience, RowWriter rows) {
        var assignment = new Assignment(run.salt(), run.holdoutShare());
        var sha256 = Assignment.sha256();
        for (int place = 0; place < audience.size(); place++) {
            long customer = audience.customer(place);
            var reason = audience.reason(place);
            rows.value(Assignment.decisionId(sha256, run.id(), customer))
                    .value(run.id())
                    .value(run.campaignId())
                    .value(customer)
                    .value(reason == null)
                    .value(reason);
            if (reason == null) {
                var arm = assignment.arm(new CustomerId(customer));
                rows.value(arm.code()).value(assignment.probability(arm)).value(run.salt());
                switch (arm) {
                    case TREATMENT -> rows.value("send").missing();
                    case HOLDOUT -> rows.value("skip").value("held_out");
                }
            } else {
                rows.missing().missing().value(run.salt()).value("skip").value("not_eligible");
            }
            var version = audience.modelVersion(place);
            rows.value(run.channel())
                    .value(run.offerId())
                    .value(run.plannedAt())
                    .value(audience.expectedValue(place))
                    .value(version == null ? null : "expected_value:" + version)
                    .value(run.decidedAt())
                    .end();
        }
    }

    /** What the ledger says is to be sent. */
    private List<OutgoingMessage> messages(Run run) {
        var messages = new ArrayList<OutgoingMessage>();
        warehouse.stream(
                Sql.of(
                        "select decision_id, customer_id from decisions where run_id = ? and action = 'send' order by customer_id",
                        run.id()),
                row -> {
                    long decision = row.longValue("decision_id");
                    messages.add(new OutgoingMessage(
                            Assignment.messageId(decision), decision, new CustomerId(row.longValue("customer_id"))));
                });
        return messages;
    }

    private static OutgoingRun outgoing(Run run) {
        return new OutgoingRun(
                run.id(),
                run.campaignId(),
                run.purpose(),
                run.channel(),
                run.topic(),
                run.category(),
                run.templateId(),
                run.templateVersion(),
                run.offerId(),
                run.plannedAt(),
                run.sendFrom(),
                run.sendTo(),
                run.windowTo(),
                run.lastMerge());
    }
}
