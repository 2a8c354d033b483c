package io.rekindle.decide;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.plan.Audiences;
import io.rekindle.plan.Campaign;
import io.rekindle.plan.Campaigns;
import io.rekindle.platform.Problem;
import io.rekindle.segment.Words;
import io.rekindle.warehouse.Row;
import io.rekindle.warehouse.Sql;
import io.rekindle.warehouse.Warehouse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Why did this customer (not) get this? The ledger, read. */
@Component
public class Decisions {
    private static final int MOST_OF_ONE_CUSTOMER = 200;

    private final Warehouse warehouse;
    private final Campaigns campaigns;
    private final Runs runs;
    private final Audiences segments;

    Decisions(Warehouse warehouse, Campaigns campaigns, Runs runs, Audiences segments) {
        this.warehouse = warehouse;
        this.campaigns = campaigns;
        this.runs = runs;
        this.segments = segments;
    }

    /**
     * What a campaign did about one customer, for anyone to check.
     *
     * @param inAudience whether the customer is in the ledger of the campaign's run
     * @param reason why nothing was sent: a reason of the ledger, {@code held_out}, {@code not_in_segment},
     *     {@code not_known_then}, {@code not_launched}; null when a message was planned
     * @param number the customer's number in [0, 1), reckoned anew from salt and id; below the hold-out share is held
     *     out
     */
    public record Explanation(
            long campaignId,
            CustomerId customerId,
            boolean inAudience,
            @Nullable Boolean eligible,
            @Nullable String reason,
            @Nullable String arm,
            @Nullable String salt,
            @Nullable Double number,
            @Nullable Double holdoutShare,
            @Nullable Decision decision,
            Words words) {}

    /** The reasons a decision may have, of eligibility or of its action. */
    public static List<String> reasons() {
        return Stream.concat(REASONS.keySet().stream(), Stream.of("held_out"))
                .sorted()
                .toList();
    }

    /** Everything ever decided on a customer, latest first. */
    public List<Decision> of(CustomerId customer) {
        return warehouse.query(
                Sql.of("select * from decisions_now where customer_id =")
                        .then(today(customer))
                        .then("order by decided_at desc, run_id desc limit ?", MOST_OF_ONE_CUSTOMER),
                Decisions::decision);
    }

    /**
     * A page of a campaign's ledger.
     *
     * @param reason only those with this reason, of eligibility or of the action; null: all
     * @param arm only those of this arm; null: all
     * @param after the decision id to go on after; null: from the start
     */
    public Page<Decision> of(
            Campaign campaign, @Nullable String reason, @Nullable String arm, @Nullable Long after, int limit) {
        var sql = Sql.of("select * from decisions_now where campaign_id = ?", campaign.id());
        if (reason != null) sql = sql.then("and (reason = ? or action_reason = ?)", reason, reason);
        if (arm != null) sql = sql.then("and arm = ?", arm);
        if (after != null) sql = sql.then("and decision_id > ?", after);
        var rows = warehouse.query(sql.then("order by decision_id limit ?", limit + 1), Decisions::decision);
        return Page.of(rows, limit, decision -> Long.toString(decision.decisionId()));
    }

    /**
     * Explains what a campaign did about anybody: from the ledger, or, for somebody outside the audience, as of the
     * moment of the run.
     */
    public Explanation explain(long campaignId, CustomerId customer) {
        var campaign = campaigns.get(campaignId);
        var found = runs.ofCampaign(campaignId).filter(Run::planned);
        if (found.isEmpty()) return outside(campaign, customer, "not_launched", NOT_LAUNCHED);
        var run = found.get();
        var decision = decision(run, customer);
        if (decision.isPresent()) return inside(run, decision.get());
        var member = warehouse.first(
                Sql.of("select 1 as found from")
                        .then(segments.members(run.segmentId(), run.segmentVersion(), run.decidedAt())
                                .inParentheses())
                        .then("as members where customer_id =")
                        .then(today(customer)),
                row -> true);
        return member.isPresent()
                ? outside(campaign, customer, "not_known_then", NOT_KNOWN_THEN)
                : outside(campaign, customer, "not_in_segment", NOT_IN_SEGMENT);
    }

    /**
     * Whether a decision to write still is the one about its person: of those about customers who were found to be one
     * since, only the first assignment counts, which may be another one, or to hold out.
     */
    public boolean stands(long runId, long decisionId, CustomerId customer) {
        return warehouse
                .first(
                        Sql.of("select decision_id, arm from assignments_now where run_id = ? and customer_id =", runId)
                                .then(today(customer)),
                        row -> row.longValue("decision_id") == decisionId
                                && row.text("arm").equals(Arm.TREATMENT.code()))
                .orElse(false);
    }

    private Optional<Decision> decision(Run run, CustomerId customer) {
        // After a merge several decisions may be about one person: the first assignment counts.
        return warehouse.first(
                Sql.of("select * from decisions_now where run_id = ? and customer_id =", run.id())
                        .then(today(customer))
                        .then(
                                "order by decision_id in (select decision_id from assignments_now where run_id = ?) desc,"
                                        + " decided_at, decision_id limit 1",
                                run.id()),
                Decisions::decision);
    }

    private Explanation inside(Run run, Decision decision) {
        // The arm was drawn for the id the customer had then, which a merge since may have replaced.
        var then = warehouse
                .first(
                        Sql.of("select customer_id from decisions where decision_id = ?", decision.decisionId()),
                        row -> new CustomerId(row.longValue("customer_id")))
                .orElseThrow(() -> Problem.notFound("decision_not_found", "decision {id} is gone")
                        .with("id", decision.decisionId()));
        double number = new Assignment(run.salt(), run.holdoutShare()).number(then);
        var reason = decision.reason() == null
                ? ("held_out".equals(decision.actionReason()) ? "held_out" : null)
                : decision.reason();
        return new Explanation(
                run.campaignId(),
                decision.customerId(),
                true,
                decision.eligible(),
                reason,
                decision.arm(),
                run.salt(),
                number,
                run.holdoutShare(),
                decision,
                decision.eligible()
                        ? drawn(number, run.holdoutShare())
                        : REASONS.getOrDefault(
                                String.valueOf(reason),
                                new Words("Not written to: %s.".formatted(reason), "未触达：%s。".formatted(reason))));
    }

    private static Words drawn(double number, double share) {
        return number < share
                ? new Words(
                        String.format(
                                Locale.ROOT,
                                "Held out, to measure the difference: drawn %.6f, below the hold-out share %.4f.",
                                number,
                                share),
                        String.format(Locale.ROOT, "为衡量增量而进入对照组：抽签值 %.6f 小于对照比例 %.4f。", number, share))
                : new Words(
                        String.format(
                                Locale.ROOT,
                                "Written to: drawn %.6f, not below the hold-out share %.4f.",
                                number,
                                share),
                        String.format(Locale.ROOT, "被选中触达：抽签值 %.6f 不小于对照比例 %.4f。", number, share));
    }

    private static final Words NOT_LAUNCHED =
            new Words("The campaign has not decided on anybody yet.", "该活动尚未对任何客户作出决定。");
    private static final Words NOT_IN_SEGMENT =
            new Words("Not in the campaign's segment at the moment of the run.", "活动执行时，该客户不在所选人群中。");
    private static final Words NOT_KNOWN_THEN = new Words(
            "In the segment by what is known today, but not by what was known when the campaign ran.",
            "按今天所掌握的信息该客户属于此人群，但活动执行时尚不知晓。");
    private static final Map<String, Words> REASONS = Map.of(
            "no_consent",
            new Words("Not written to: no permission for marketing by this channel.", "未触达：客户未同意该渠道的营销信息。"),
            "topic_declined",
            new Words(
                    "Not written to: the customer does not want to hear of the campaign's topic.",
                    "未触达：客户不希望接收该活动主题的信息。"),
            "suppressed",
            new Words("Not written to: the address is suppressed.", "未触达：该地址已被列入抑制名单。"),
            "no_address",
            new Words("Not written to: there is no address for this channel.", "未触达：没有该渠道的地址。"),
            "over_contact_budget",
            new Words("Not written to: the contact budget was used up.", "未触达：已达到疲劳度上限。"));

    private static Explanation outside(Campaign campaign, CustomerId customer, String reason, Words words) {
        return new Explanation(campaign.id(), customer, false, null, reason, null, null, null, null, null, words);
    }

    /** The id the customer has today. */
    private static Sql today(CustomerId customer) {
        return Sql.of(
                "coalesce((select customer_id from identity_now where alias_id = ?), ?)",
                customer.value(),
                customer.value());
    }

    private static Decision decision(Row row) {
        return new Decision(
                row.longValue("decision_id"),
                row.longValue("run_id"),
                row.longValue("campaign_id"),
                new CustomerId(row.longValue("customer_id")),
                row.booleanValue("eligible"),
                row.nullableText("reason"),
                row.nullableText("arm"),
                row.nullableDouble("probability"),
                row.text("salt"),
                row.text("action"),
                row.nullableText("action_reason"),
                row.nullableText("channel"),
                row.nullableLong("offer_id"),
                row.nullableInstant("planned_at"),
                row.nullableDouble("expected_value"),
                row.nullableText("model_versions"),
                row.instant("decided_at"));
    }
}
