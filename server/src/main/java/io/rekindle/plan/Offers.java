package io.rekindle.plan;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.common.Page;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Problem.Fault;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Offers and the codes they consist of. */
@Component
public class Offers {
    /** Without 0/O, 1/I/L: codes are read aloud and typed. */
    private static final char[] ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ".toCharArray();

    private static final int RANDOM_LETTERS = 8;
    private static final int MOST_CODES_AT_ONCE = 1_000_000;
    private static final int LONGEST_CODE = 64;
    private static final String SEPARATORS = ",;|\"'，；、";
    private static final String NOT_ONE_WORD =
            "a code is one word: no spaces, quotes, control characters or separators such as ',' and ';'";
    private static final String COLUMNS = """
            select o.id, o.name, o.kind, o.value, o.currency, o.cost_per_use, o.budget, o.expires_at, o.redeemed, o.affordable,
                (select count(*) from coupons c where c.offer_id = o.id) as total,
                (select count(*) from coupons c where c.offer_id = o.id and c.message_id is not null) as assigned,
                (select coalesce(sum(greatest(p.codes_promised
                        - (select count(*) from coupons g where g.campaign_id = p.id), 0)), 0)
                    from campaigns p where p.offer_id = o.id and p.state in ('approved', 'running')) as promised
            from offers o
            """;

    private final JdbcClient jdbc;
    private final AuditTrail audit;
    private final BusinessClock clock;
    private final PlatformSettings settings;
    private final Commitments commitments;
    // A code is worth money: it must not be guessable from the installation's seed.
    private final SecureRandom random = new SecureRandom();

    Offers(JdbcClient jdbc, AuditTrail audit, BusinessClock clock, PlatformSettings settings, Commitments commitments) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
        this.settings = settings;
        this.commitments = commitments;
    }

    /** An offer as it is asked for; null where nothing was given. */
    public record Draft(
            @Nullable String name,
            Offer.@Nullable Kind kind,
            @Nullable BigDecimal value,
            @Nullable String currency,
            @Nullable BigDecimal costPerUse,
            @Nullable BigDecimal budget,
            @Nullable Instant expiresAt) {}

    public Page<Offer> list(long below, int limit) {
        var rows = jdbc.sql(COLUMNS + "where o.id < :below order by o.id desc limit :limit")
                .param("below", below)
                .param("limit", limit + 1)
                .query((r, n) -> offer(r))
                .list();
        return Page.of(rows, limit, o -> Long.toString(o.id()));
    }

    public Offer get(long id) {
        return jdbc.sql(COLUMNS + "where o.id = :id")
                .param("id", id)
                .query((r, n) -> offer(r))
                .optional()
                .orElseThrow(() -> Problem.notFound("offer_not_found", "there is no offer {id}")
                        .with("id", id));
    }

    /** A {@link Problem} {@code offer_not_valid} lists everything that is wrong. */
    @Transactional
    public Offer create(Draft draft) {
        var checked = check(draft);
        long id = jdbc.sql("""
                        insert into offers (name, kind, value, currency, cost_per_use, budget, expires_at, created_at, created_by)
                        values (:name, :kind, :value, :currency, :cost, :budget, :expires, :now, :by) returning id
                        """)
                .params(checked)
                .param("now", at(clock.instant()))
                .param("by", Caller.current().name())
                .query(Long.class)
                .single();
        audit.record("offer.created", "offer " + id, "'%s'".formatted(draft.name()));
        return get(id);
    }

    /**
     * Changes an offer; once a campaign that is submitted or further on gives it out, a {@link Problem} {@code
     * offer_in_use} names the campaigns and the fields. Its name stands in mails, and is no exception; codes may still be
     * added.
     */
    @Transactional
    public Offer update(long id, Draft draft) {
        var campaigns = commitments.onOffer(id);
        var before = get(id);
        var changes = new Changes()
                .of("name", before.name(), draft.name())
                .of("kind", before.kind(), draft.kind())
                .of("value", before.value(), draft.value())
                .of(
                        "costPerUse",
                        before.costPerUse(),
                        draft.costPerUse() == null ? BigDecimal.ZERO : draft.costPerUse())
                .of("budget", before.budget(), draft.budget())
                .of("expiresAt", before.expiresAt(), draft.expiresAt());
        var faults = Commitments.faults(campaigns, changes);
        if (!faults.isEmpty())
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "offer_in_use",
                            "offer {id} stands under {campaigns}, so its {fields} cannot be changed; make a new one"
                                    + " (a campaign in review is a draft again once it is changed itself)",
                            faults)
                    .with("id", id)
                    .with("fields", changes.fields())
                    .with("campaigns", campaigns);
        // Nothing is to be changed: an expiry that has passed since is no fault.
        if (!campaigns.isEmpty()) return before;
        jdbc.sql("""
                        update offers set name = :name, kind = :kind, value = :value, currency = :currency,
                            cost_per_use = :cost, budget = :budget, expires_at = :expires where id = :id
                        """).params(check(draft)).param("id", id).update();
        audit.record("offer.changed", "offer " + id, changes.words(before.name()));
        return get(id);
    }

    /**
     * Adds codes of one's own. Codes are compared without case; one the offer has already is left as it is, one of
     * another offer is refused, with every fault of the list at once.
     */
    @Transactional
    public Offer importCodes(long id, List<String> codes) {
        get(id);
        var faults = new Faults();
        var places = new LinkedHashMap<String, Integer>();
        for (int i = 0; i < codes.size(); i++) {
            var code = normalised(codes.get(i));
            var place = "codes[%d]".formatted(i);
            faults.check(!code.isEmpty(), new Fault(place, "code_empty", "an empty code"))
                    .check(
                            code.length() <= LONGEST_CODE,
                            new Fault(place, "code_too_long", "a code of {length} characters; at most {most}")
                                    .with("length", code.length())
                                    .with("most", LONGEST_CODE))
                    .check(isOneWord(code), new Fault(place, "code_not_one_word", NOT_ONE_WORD));
            var before = places.putIfAbsent(code, i);
            faults.check(
                    before == null,
                    new Fault(place, "code_twice", "'{code}' stands in the list twice").with("code", code));
        }
        jdbc.sql("select code, offer_id from coupons where code = any(:codes) and offer_id <> :id")
                .param("codes", places.keySet().toArray(String[]::new))
                .param("id", id)
                .query((r, n) -> faults.check(
                        false,
                        new Fault(
                                        "codes[%d]".formatted(places.get(r.getString("code"))),
                                        "code_of_another_offer",
                                        "'{code}' belongs to offer {offer}")
                                .with("code", r.getString("code"))
                                .with("offer", r.getLong("offer_id"))))
                .list();
        faults.refuse(words -> Problem.unprocessable(
                        "codes_not_added", "no code was added to offer {id}: " + words, faults.found())
                .with("id", id));
        int added = insert(id, List.copyOf(places.keySet()));
        audit.record("offer.codes_added", "offer " + id, "%d codes imported".formatted(added));
        return get(id);
    }

    /** Makes codes nobody can guess. */
    @Transactional
    public Offer generateCodes(long id, int count, String prefix) {
        get(id);
        var start = normalised(prefix);
        var faults = new Faults();
        faults.check(
                        count >= 1 && count <= MOST_CODES_AT_ONCE,
                        new Fault("generate", "code_count_out_of_range", "{count} codes: ask for 1 to {most}")
                                .with("count", count)
                                .with("most", MOST_CODES_AT_ONCE))
                .check(
                        start.length() <= LONGEST_CODE - RANDOM_LETTERS,
                        new Fault("prefix", "prefix_too_long", "a prefix has at most {most} characters")
                                .with("most", LONGEST_CODE - RANDOM_LETTERS))
                .check(isOneWord(start), new Fault("prefix", "code_not_one_word", NOT_ONE_WORD))
                .refuse(words -> Problem.unprocessable(
                                "codes_not_made", "no code was made for offer {id}: " + words, faults.found())
                        .with("id", id));
        int made = 0;
        while (made < count) {
            var some = new ArrayList<String>();
            for (int i = made; i < count && some.size() < 10_000; i++) some.add(start + randomLetters());
            made += insert(id, some);
        }
        audit.record("offer.codes_added", "offer " + id, "%d codes generated".formatted(made));
        return get(id);
    }

    /** Codes get their places one behind the other; whoever adds some at the same time waits. */
    private int insert(long id, List<String> codes) {
        commitments.holdCodes(id);
        return jdbc.sql("""
                        insert into coupons (offer_id, code, place)
                        select :id, n.code, n.place + coalesce((select max(place) from coupons where offer_id = :id), 0)
                        from (
                            select c.code, row_number() over (order by c.ordinal) as place
                            from unnest(:codes::text[]) with ordinality as c(code, ordinal)
                            where not exists (select 1 from coupons k where k.code = c.code)) n
                        on conflict (code) do nothing
                        """)
                .param("id", id)
                .param("codes", codes.toArray(String[]::new))
                .update();
    }

    private String randomLetters() {
        var letters = new char[RANDOM_LETTERS];
        for (int i = 0; i < letters.length; i++) letters[i] = ALPHABET[random.nextInt(ALPHABET.length)];
        return new String(letters);
    }

    /** Codes are typed, read aloud and listed: two in one would be neither. */
    private static boolean isOneWord(String code) {
        return code.codePoints()
                .noneMatch(c -> Character.isWhitespace(c)
                        || Character.isSpaceChar(c)
                        || Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || SEPARATORS.indexOf(c) >= 0);
    }

    /** A code as it is stored and compared: codes come back from tills and forms in any case. */
    static String normalised(String code) {
        return code.strip().toUpperCase(Locale.ROOT);
    }

    private Map<String, @Nullable Object> check(Draft draft) {
        var faults = new Faults();
        var value = draft.value();
        var cost = draft.costPerUse() == null ? BigDecimal.ZERO : draft.costPerUse();
        var expires = draft.expiresAt();
        faults.check(
                        draft.name() != null && !draft.name().isBlank(),
                        new Fault("name", "name_missing", "the name is missing"))
                .check(
                        draft.kind() != null,
                        new Fault("kind", "offer_kind_missing", "the kind is missing: percent or amount"))
                .check(
                        value != null && value.signum() > 0,
                        new Fault("value", "value_not_positive", "the value must be more than 0"))
                .check(
                        draft.kind() != Offer.Kind.PERCENT
                                || value == null
                                || value.compareTo(BigDecimal.valueOf(100)) <= 0,
                        new Fault("value", "percent_too_high", "{value} % is more than everything")
                                .with("value", value))
                .check(
                        draft.currency() == null || draft.currency().equals(settings.currency()),
                        new Fault("currency", "another_currency", "amounts here are in {currency}, not {given}")
                                .with("currency", settings.currency())
                                .with("given", draft.currency()))
                .checkAmount(value, "value")
                .checkAmount(cost, "costPerUse")
                .checkAmount(draft.budget(), "budget")
                .check(
                        cost.signum() >= 0,
                        new Fault("costPerUse", "cost_negative", "the cost per use cannot be negative"))
                .check(
                        draft.budget() == null || draft.budget().signum() > 0,
                        new Fault(
                                "budget",
                                "budget_not_positive",
                                "a budget must be more than 0; leave it out for no limit"))
                .check(
                        draft.budget() == null || draft.kind() != Offer.Kind.PERCENT || cost.signum() > 0,
                        new Fault(
                                "budget",
                                "budget_without_cost",
                                "what a percentage takes off hangs on the order, so a budget is kept by the cost per use: state what a use costs you at most, or leave the budget out"))
                .check(expires != null, new Fault("expiresAt", "expiry_missing", "the expiry is missing"))
                .check(
                        expires == null || expires.isAfter(clock.instant()),
                        new Fault("expiresAt", "expiry_past", "the expiry {expiry} is past").with("expiry", expires))
                .refuse(words -> Problem.unprocessable(
                        "offer_not_valid", "the offer cannot be saved: " + words, faults.found()));
        var kind = java.util.Objects.requireNonNull(draft.kind());
        var params = new LinkedHashMap<String, @Nullable Object>();
        params.put("name", draft.name());
        params.put("kind", kind.code());
        params.put("value", value);
        params.put("currency", kind == Offer.Kind.AMOUNT ? settings.currency() : null);
        params.put("cost", cost);
        params.put("budget", draft.budget());
        params.put("expires", at(java.util.Objects.requireNonNull(expires)));
        return params;
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Offer offer(ResultSet r) throws SQLException {
        return new Offer(
                r.getLong("id"),
                r.getString("name"),
                Offer.Kind.of(r.getString("kind")),
                r.getBigDecimal("value").stripTrailingZeros(),
                r.getString("currency"),
                r.getBigDecimal("cost_per_use"),
                r.getBigDecimal("budget"),
                r.getObject("expires_at", OffsetDateTime.class).toInstant(),
                new Offer.Codes(
                        r.getLong("total"),
                        r.getLong("assigned"),
                        r.getLong("redeemed"),
                        r.getLong("promised"),
                        r.getObject("affordable", Long.class)));
    }
}
