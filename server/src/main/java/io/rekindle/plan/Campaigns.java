package io.rekindle.plan;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.access.Role;
import io.rekindle.common.Page;
import io.rekindle.consent.Category;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Topics;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Campaigns, and their way from draft to finished. */
@Component
public class Campaigns {
    static final double LEAST_HOLDOUT = 0.01;
    static final double MOST_HOLDOUT = 0.5;
    private static final int MOST_ATTRIBUTION_DAYS = 365;
    private static final String COLUMNS = """
            select id, name, objective_id, segment_id, segment_version, template_id, template_version, offer_id,
                holdout_share, send_from, send_to, start_at, attribution_days, message_cost, topic, category, state,
                author, approver, approved_at, forecast, objective, run_id,
                (select v.channel from template_versions v where v.template_id = campaigns.template_id and v.version = 1) as channel
            from campaigns
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final BusinessClock clock;
    private final PlanSettings settings;
    private final Objectives objectives;
    private final Offers offers;
    private final Templates templates;
    private final Audiences audiences;
    private final Commitments commitments;
    private final Permissions permissions;
    private final Topics topics;
    // What launches a campaign reads campaigns itself: it is looked up when needed.
    private final ObjectProvider<Launches> launches;
    private final CarriedChannels carried;
    private final JsonMapper json;

    Campaigns(
            JdbcClient jdbc,
            AuditTrail audit,
            BusinessClock clock,
            PlanSettings settings,
            Objectives objectives,
            Offers offers,
            Templates templates,
            Audiences audiences,
            Commitments commitments,
            Permissions permissions,
            Topics topics,
            ObjectProvider<Launches> launches,
            CarriedChannels carried,
            JsonMapper json) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.settings = settings;
        this.objectives = objectives;
        this.offers = offers;
        this.templates = templates;
        this.audiences = audiences;
        this.commitments = commitments;
        this.permissions = permissions;
        this.topics = topics;
        this.launches = launches;
        this.carried = carried;
        this.json = json;
    }

    /** A campaign as it is asked for; null where nothing was given. A draft may still lack its hold-out. */
    public record Draft(
            @Nullable String name,
            @Nullable Long objectiveId,
            @Nullable Long segmentId,
            @Nullable Long templateId,
            @Nullable Long offerId,
            @Nullable Double holdoutShare,
            @Nullable Hours sendWindow,
            @Nullable Integer attributionDays,
            @Nullable BigDecimal messageCost,
            @Nullable Category category,
            @Nullable String topic) {}

    /** The send window as it is asked for. */
    public record Hours(
            @Nullable LocalTime from,
            @Nullable LocalTime to,
            @Nullable Instant startAt) {}

    public Page<Campaign> list(long below, int limit) {
        var rows = jdbc.sql(COLUMNS + "where id < :below order by id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query((r, n) -> campaign(r))
                .list();
        return Page.of(rows, limit, c -> Long.toString(c.id()));
    }

    public Campaign get(long id) {
        return jdbc.sql(COLUMNS + "where id = :id")
                .param("id", id)
                .query((r, n) -> campaign(r))
                .optional()
                .orElseThrow(() -> Problem.notFound("campaign_not_found", "there is no campaign {id}")
                        .with("id", id));
    }

    /** A {@link Problem} {@code campaign_not_valid} lists everything that is wrong. */
    @Transactional
    public Campaign create(Draft draft) {
        long id = jdbc.sql("""
                        insert into campaigns (name, objective_id, segment_id, template_id, offer_id, holdout_share,
                            send_from, send_to, start_at, attribution_days, message_cost, category, topic, state, author, created_at)
                        values (:name, :objective, :segment, :template, :offer, :holdout,
                            :from, :to, :start, :days, :cost, :category, :topic, 'draft', :author, :now) returning id
                        """)
                .params(check(draft))
                .param("author", Caller.current().name())
                .param("now", at(clock.instant()))
                .query(Long.class)
                .single();
        wrote(id);
        audit.record("campaign.created", name(id), "'%s'".formatted(draft.name()));
        return get(id);
    }

    /** Changes a campaign that is not yet approved; one in review becomes a draft again. */
    @Transactional
    public Campaign update(long id, Draft draft) {
        var before = get(id);
        if (before.state() != CampaignState.DRAFT && before.state() != CampaignState.IN_REVIEW)
            throw Problem.conflict(
                            "campaign_not_changeable",
                            "campaign {id} is {state} and can no longer be changed; make a new one")
                    .with("id", id)
                    .with("state", before.state().code());
        int changed = jdbc.sql("""
                        update campaigns set name = :name, objective_id = :objective, segment_id = :segment,
                            template_id = :template, offer_id = :offer, holdout_share = :holdout, send_from = :from,
                            send_to = :to, start_at = :start, attribution_days = :days, message_cost = :cost,
                            category = :category, topic = :topic,
                            state = 'draft', segment_version = null, template_version = null
                        where id = :id and state in ('draft', 'in_review')
                        """).params(check(draft)).param("id", id).update();
        requireStill(changed, id);
        wrote(id);
        audit.record("campaign.changed", name(id), "'%s'".formatted(draft.name()));
        return get(id);
    }

    /** What the campaign would do if it ran now. */
    public Forecast forecast(long id) {
        return launches.getObject().forecast(get(id));
    }

    /**
     * Asks for approval. What it stands on is fixed from now on: the segment's rule and the template are the versions they
     * have today, objective and offer are not changed any more. A {@link Problem} {@code campaign_needs_offer} names the
     * places of the template that have no text without one; {@code campaign_not_carried}: no message of its channel can leave.
     */
    @Transactional
    public Campaign submit(long id) {
        jdbc.sql("select id from campaigns where id = :id for update")
                .param("id", id)
                .query(Long.class)
                .list();
        var campaign = get(id);
        requireNext(campaign, CampaignState.IN_REVIEW, "submitted");
        requireCarrier(campaign);
        commitments.hold(campaign);
        int templateVersion = templates.get(campaign.templateId()).version();
        requireOffer(campaign, templateVersion);
        int changed = jdbc.sql("""
                        update campaigns set state = 'in_review', segment_version = :segment, template_version = :template
                        where id = :id and state = 'draft'
                        """)
                .param("segment", audiences.version(campaign.segmentId()))
                .param("template", templateVersion)
                .param("id", id)
                .update();
        requireStill(changed, id);
        wrote(id);
        audit.record("campaign.submitted", name(id), "'%s'".formatted(campaign.name()));
        return get(id);
    }

    /** Takes a campaign in review back: a draft again, it can be changed, and so can what it stands on. */
    @Transactional
    public Campaign reopen(long id) {
        var campaign = get(id);
        requireNext(campaign, CampaignState.DRAFT, "made a draft again");
        int changed = jdbc.sql("""
                        update campaigns set state = 'draft', segment_version = null, template_version = null
                        where id = :id and state = 'in_review'
                        """).param("id", id).update();
        requireStill(changed, id);
        audit.record("campaign.reopened", name(id), "'%s'".formatted(campaign.name()));
        return get(id);
    }

    /**
     * Approves a campaign and puts its launch on the calendar; the forecast of this moment is kept with it. A
     * {@link Problem} {@code campaign_not_ready} lists everything that stands against it. With the setting {@code
     * rekindle.plan.four-eyes}: {@code second_person_needed} when the approver made, changed or submitted it, {@code
     * second_role_needed} when every role by which the approver may approve was held by somebody who did.
     */
    @Transactional
    public Campaign approve(long id) {
        var campaign = get(id);
        requireNext(campaign, CampaignState.APPROVED, "approved");
        var approver = Caller.current().name();
        if (settings.fourEyes()) requireSecondPair(id, Caller.current());
        if (campaign.templateVersion() != null) requireOffer(campaign, campaign.templateVersion());
        var now = clock.instant();
        var start = campaign.sendWindow().next(now, clock.zone());
        var faults = new Faults();
        faults.check(
                campaign.holdoutShare() >= LEAST_HOLDOUT,
                new Fault("holdoutShare", "no_holdout", "no hold-out; set one between 1 % and 50 %"));
        checkNotQuiet(
                faults, campaign.sendWindow().from(), campaign.sendWindow().to());
        var launch = launches.getObject();
        var forecast = launch.forecast(campaign);
        if (campaign.offerId() != null) {
            commitments.holdCodes(campaign.offerId());
            var offer = offers.get(campaign.offerId());
            var codes = offer.codes();
            faults.check(
                            offer.expiresAt().isAfter(start),
                            new Fault(
                                            "offerId",
                                            "offer_expires_before",
                                            "offer {offer} expires at {expiry}, before the campaign starts")
                                    .with("offer", offer.id())
                                    .with("expiry", offer.expiresAt()))
                    .check(
                            codes.left() >= forecast.toSend(),
                            new Fault(
                                            "offerId",
                                            "too_few_codes",
                                            "offer {offer} has {left} codes left for {messages} messages; add codes")
                                    .with("offer", offer.id())
                                    .with("left", codes.left())
                                    .with("messages", forecast.toSend()))
                    .check(
                            codes.left() < forecast.toSend() || codes.left() - codes.promised() >= forecast.toSend(),
                            new Fault(
                                            "offerId",
                                            "codes_promised",
                                            "of the {left} codes offer {offer} has left, {promised} are promised to {campaigns}: too few for {messages} messages; add codes")
                                    .with("offer", offer.id())
                                    .with("left", codes.left())
                                    .with("promised", codes.promised())
                                    .with("campaigns", commitments.promisedTo(offer.id(), id))
                                    .with("messages", forecast.toSend()));
            var budget = offer.budget();
            var affordable = codes.affordable();
            if (budget != null && affordable != null)
                faults.check(
                        affordable - codes.assigned() - codes.promised() >= forecast.toSend(),
                        new Fault(
                                        "offerId",
                                        "offer_budget_too_small",
                                        "the budget {budget} of offer {offer} pays for {affordable} codes, of which {assigned} are given out and {promised} promised: too few for {messages} messages; take a larger budget or write to fewer")
                                .with("budget", budget.stripTrailingZeros().toPlainString())
                                .with("offer", offer.id())
                                .with("affordable", affordable)
                                .with("assigned", codes.assigned())
                                .with("promised", codes.promised())
                                .with("messages", forecast.toSend()));
        }
        faults.refuse(words -> Problem.unprocessable(
                        "campaign_not_ready", "campaign {id} cannot be approved: " + words, faults.found())
                .with("id", id));
        int changed = jdbc.sql("""
                        update campaigns set state = 'approved', approver = :approver, approved_at = :now,
                            forecast = :forecast::jsonb, objective = :objective::jsonb,
                            codes_promised = case when offer_id is not null then :promised end
                        where id = :id and state = 'in_review'
                        """)
                .param("approver", approver)
                .param("now", at(now))
                .param("forecast", json.writeValueAsString(forecast))
                .param("promised", forecast.toSend())
                .param("objective", json.writeValueAsString(objectives.require(campaign.objectiveId())))
                .param("id", id)
                .update();
        requireStill(changed, id);
        audit.record(
                "campaign.approved",
                name(id),
                "audience %d, to send %d, held out %d"
                        .formatted(forecast.audience(), forecast.toSend(), forecast.heldOut()));
        var approved = get(id);
        launch.schedule(approved, start);
        return approved;
    }

    /** Stops a campaign: what is not sent will not be. What was sent is still measured. */
    @Transactional
    public Campaign cancel(long id) {
        var campaign = get(id);
        requireNext(campaign, CampaignState.CANCELLED, "cancelled");
        int changed = jdbc.sql("update campaigns set state = 'cancelled' where id = :id and state = :before")
                .param("id", id)
                .param("before", campaign.state().code())
                .update();
        requireStill(changed, id);
        audit.record(
                "campaign.cancelled", name(id), "it was " + campaign.state().code());
        launches.getObject().cancel(campaign);
        return get(id);
    }

    /**
     * Says that a run carries the campaign out, in the caller's transaction.
     *
     * @return false when the campaign may not be launched any more, e.g. because it was cancelled
     */
    public boolean launched(long id, long runId) {
        return jdbc.sql("""
                                update campaigns set state = 'running', run_id = :run
                                where id = :id and (state = 'approved' or (state = 'running' and run_id = :run))
                                """).param("id", id).param("run", runId).update() == 1;
    }

    /** Says how many messages the launched campaign has, in the caller's transaction: so many codes are its own. */
    public void drawn(long id, long messages) {
        jdbc.sql("update campaigns set codes_promised = :messages where id = :id and offer_id is not null")
                .param("messages", messages)
                .param("id", id)
                .update();
    }

    /** Says that no message of the campaign is left to send, in the caller's transaction; again changes nothing. */
    public void sendingFinished(long id) {
        move(id, CampaignState.RUNNING, CampaignState.MEASURING);
    }

    /** Says that its outcomes are recorded, in the caller's transaction; a cancelled campaign stays cancelled. */
    public void measured(long id) {
        move(id, CampaignState.RUNNING, CampaignState.FINISHED);
        move(id, CampaignState.MEASURING, CampaignState.FINISHED);
    }

    private void move(long id, CampaignState from, CampaignState to) {
        jdbc.sql("update campaigns set state = :to where id = :id and state = :from")
                .param("to", to.code())
                .param("id", id)
                .param("from", from.code())
                .update();
    }

    /** Keeps who made, changed or submitted a campaign, with every role it was done by. */
    private void wrote(long id) {
        var caller = Caller.current();
        jdbc.sql("""
                        insert into campaign_writers (campaign_id, name, roles, wrote_at) values (:id, :name, :roles, :now)
                        on conflict (campaign_id, name) do update set wrote_at = excluded.wrote_at,
                            roles = array(select distinct unnest(campaign_writers.roles || excluded.roles))
                        """)
                .param("id", id)
                .param("name", caller.name())
                .param("roles", caller.roles().stream().map(Role::name).sorted().toArray(String[]::new))
                .param("now", at(clock.instant()))
                .update();
    }

    private void requireSecondPair(long id, Caller approver) {
        record Writer(String name, Set<String> roles) {}
        var writers = jdbc.sql(
                        "select name, roles from campaign_writers where campaign_id = :id order by wrote_at, name")
                .param("id", id)
                .query((r, n) -> new Writer(r.getString("name"), Set.of((String[])
                        r.getArray("roles").getArray())))
                .list();
        if (writers.stream().anyMatch(writer -> writer.name().equals(approver.name())))
            throw new Problem(
                            Problem.Kind.FORBIDDEN,
                            "second_person_needed",
                            "campaign {id} cannot be approved by who made, changed or submitted it; ask another approver",
                            List.of())
                    .with("id", id);
        var approving = approver.roles().stream()
                .filter(role -> role == Role.APPROVER || role == Role.ADMIN)
                .toList();
        var sharing = writers.stream()
                .filter(writer ->
                        approving.stream().anyMatch(role -> writer.roles().contains(role.name())))
                .map(Writer::name)
                .toList();
        boolean another = approving.stream()
                .anyMatch(role ->
                        writers.stream().noneMatch(writer -> writer.roles().contains(role.name())));
        if (!another)
            throw new Problem(
                            Problem.Kind.FORBIDDEN,
                            "second_role_needed",
                            "campaign {id} cannot be approved with the role {roles}, which %s had when making, changing or submitting it; ask an approver with another role"
                                    .formatted(String.join(", ", sharing)),
                            List.of())
                    .with("id", id)
                    .with("roles", approving.stream().map(Role::code).toList());
    }

    /** Its messages would wait until they are too late. */
    private void requireCarrier(Campaign campaign) {
        if (!carried.channels().contains(campaign.channel()))
            throw Problem.unprocessable(
                            "campaign_not_carried",
                            "campaign {id} cannot be submitted: nobody takes messages of its template's channel, {channel}; there is a way for {channels}",
                            List.of())
                    .with("id", campaign.id())
                    .with("channel", campaign.channel())
                    .with("channels", String.join(", ", carried.channels()));
    }

    /** Without an offer every message of such a template would be skipped. */
    private void requireOffer(Campaign campaign, int templateVersion) {
        if (campaign.offerId() != null) return;
        var places = templates.needingAnOffer(campaign.templateId(), templateVersion);
        if (places.isEmpty()) return;
        throw Problem.unprocessable(
                        "campaign_needs_offer",
                        "campaign {id} has no offer, and template {template} needs one: {places}; choose an offer, or take these places out of the template",
                        places)
                .with("id", campaign.id())
                .with("template", campaign.templateId())
                .with(
                        "places",
                        places.stream()
                                .map(place -> place.message() + " in " + place.place())
                                .toList());
    }

    private static void requireNext(Campaign campaign, CampaignState next, String verb) {
        if (campaign.state().mayBecome(next)) return;
        throw Problem.conflict("campaign_in_wrong_state", "campaign {id} cannot be %s: it is {state}".formatted(verb))
                .with("id", campaign.id())
                .with("next", next.code())
                .with("state", campaign.state().code());
    }

    private static void requireStill(int changed, long id) {
        if (changed == 0)
            throw Problem.conflict(
                            "campaign_changed_meanwhile",
                            "campaign {id} was changed by somebody else meanwhile; look at it again")
                    .with("id", id);
    }

    private void checkNotQuiet(Faults faults, LocalTime from, LocalTime to) {
        permissions
                .quietThroughout(from, to)
                .ifPresent(quiet -> faults.check(
                        false,
                        new Fault(
                                        "sendWindow",
                                        "window_quiet",
                                        "nobody is written to from {quietFrom} to {quietTo}, and the send window from {from} to {to} lies wholly within these quiet hours")
                                .with("quietFrom", quiet.from())
                                .with("quietTo", quiet.to())
                                .with("from", from)
                                .with("to", to)));
    }

    private Map<String, @Nullable Object> check(Draft draft) {
        var faults = new Faults();
        var holdout = draft.holdoutShare() == null ? 0 : draft.holdoutShare();
        var cost = draft.messageCost() == null ? BigDecimal.ZERO : draft.messageCost();
        var hours = draft.sendWindow() == null ? new Hours(null, null, null) : draft.sendWindow();
        var from = hours.from() == null ? LocalTime.of(9, 0) : hours.from();
        var to = hours.to() == null ? LocalTime.of(20, 0) : hours.to();
        int days = draft.attributionDays() == null ? 0 : draft.attributionDays();
        var category = draft.category() == null ? Category.PROMOTION : draft.category();
        faults.check(
                        draft.name() != null && !draft.name().isBlank(),
                        new Fault("name", "name_missing", "the name is missing"))
                .check(
                        holdout == 0 || (holdout >= LEAST_HOLDOUT && holdout <= MOST_HOLDOUT),
                        new Fault(
                                        "holdoutShare",
                                        "holdout_out_of_range",
                                        "a hold-out of {holdout}; set one between {least} and {most}")
                                .with("holdout", holdout)
                                .with("least", LEAST_HOLDOUT)
                                .with("most", MOST_HOLDOUT))
                .check(
                        !from.equals(to),
                        new Fault("sendWindow", "window_empty", "the send window from {from} to {to} is empty")
                                .with("from", from)
                                .with("to", to))
                .check(
                        days >= 1 && days <= MOST_ATTRIBUTION_DAYS,
                        new Fault(
                                        "attributionDays",
                                        "attribution_out_of_range",
                                        "purchases count for 1 to {most} days, not {days}")
                                .with("most", MOST_ATTRIBUTION_DAYS)
                                .with("days", days))
                .checkAmount(cost, "messageCost")
                .check(
                        cost.signum() >= 0,
                        new Fault("messageCost", "cost_negative", "the cost of a message cannot be negative"));
        faults.check(
                category != Category.TRANSACTIONAL,
                new Fault(
                        "category",
                        "campaign_transactional",
                        "a campaign is not transactional: it needs permission and counts towards the contact budget"));
        faults.check(
                draft.topic() == null
                        || topics.find(draft.topic()).filter(t -> !t.retired()).isPresent(),
                new Fault("topic", "topic_not_found", "there is no topic {topic}").with("topic", draft.topic()));
        checkNotQuiet(faults, from, to);
        exists(faults, "objectiveId", draft.objectiveId(), true, objectives::require);
        exists(faults, "segmentId", draft.segmentId(), true, audiences::version);
        exists(faults, "templateId", draft.templateId(), true, templates::get);
        exists(faults, "offerId", draft.offerId(), false, offers::get);
        faults.refuse(words ->
                Problem.unprocessable("campaign_not_valid", "the campaign cannot be saved: " + words, faults.found()));
        var params = new LinkedHashMap<String, @Nullable Object>();
        params.put("name", draft.name());
        params.put("objective", draft.objectiveId());
        params.put("segment", draft.segmentId());
        params.put("template", draft.templateId());
        params.put("offer", draft.offerId());
        params.put("holdout", holdout);
        params.put("from", from);
        params.put("to", to);
        params.put("start", hours.startAt() == null ? null : at(hours.startAt()));
        params.put("days", days);
        params.put("cost", cost);
        params.put("category", category.code());
        params.put("topic", draft.topic());
        return params;
    }

    private interface LookUp {
        Object by(long id);
    }

    private static void exists(Faults faults, String place, @Nullable Long id, boolean needed, LookUp lookUp) {
        if (id == null) {
            faults.check(!needed, new Fault(place, "choice_missing", "{place} is missing").with("place", place));
            return;
        }
        try {
            lookUp.by(id);
        } catch (Problem e) {
            faults.add(Fault.of(place, e));
        }
    }

    private static String name(long id) {
        return "campaign " + id;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(ResultSet r, String column) throws SQLException {
        var value = r.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    private Campaign campaign(ResultSet r) throws SQLException {
        var forecast = r.getString("forecast");
        var objective = r.getString("objective");
        return new Campaign(
                r.getLong("id"),
                r.getString("name"),
                r.getLong("objective_id"),
                r.getLong("segment_id"),
                r.getObject("segment_version", Integer.class),
                r.getLong("template_id"),
                r.getString("channel"),
                r.getObject("template_version", Integer.class),
                r.getObject("offer_id", Long.class),
                r.getDouble("holdout_share"),
                new SendWindow(
                        Objects.requireNonNull(r.getObject("send_from", LocalTime.class)),
                        Objects.requireNonNull(r.getObject("send_to", LocalTime.class)),
                        instant(r, "start_at")),
                r.getInt("attribution_days"),
                r.getBigDecimal("message_cost"),
                r.getString("topic"),
                Category.of(r.getString("category")),
                CampaignState.of(r.getString("state")),
                r.getString("author"),
                r.getString("approver"),
                instant(r, "approved_at"),
                forecast == null ? null : json.readValue(forecast, Forecast.class),
                objective == null ? null : json.readValue(objective, Objective.class),
                r.getObject("run_id", Long.class));
    }
}
