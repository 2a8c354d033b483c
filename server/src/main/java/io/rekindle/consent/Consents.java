package io.rekindle.consent;

import io.rekindle.collect.Tombstones;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What customers said about being written to. Its history is the warehouse's {@code consent_changes}. */
@Component
public class Consents {
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    /** What proofs are sealed for. */
    static final String PROOF = "consent-proof";

    static final int LONGEST_PROOF = 2_000;

    private final JdbcClient jdbc;
    private final ConsentStore store;
    private final ConsentRelay relay;
    private final Identities identities;
    private final Vault vault;
    private final BusinessClock clock;
    private final Tombstones tombstones;
    private final Countries countries;
    private final ConsentSettings settings;
    private final Topics topics;
    private final Wordings wordings;

    Consents(
            JdbcClient jdbc,
            ConsentStore store,
            ConsentRelay relay,
            Identities identities,
            Vault vault,
            BusinessClock clock,
            Tombstones tombstones,
            Countries countries,
            ConsentSettings settings,
            Topics topics,
            Wordings wordings) {
        this.jdbc = jdbc;
        this.store = store;
        this.relay = relay;
        this.identities = identities;
        this.vault = vault;
        this.clock = clock;
        this.tombstones = tombstones;
        this.countries = countries;
        this.settings = settings;
        this.topics = topics;
        this.wordings = wordings;
    }

    /** Everything one customer said last, by purpose, channel and topic. */
    public List<Consent> of(CustomerId customer) {
        return jdbc.sql("""
                        select c.purpose, c.channel, c.granted, c.source, c.set_at, nullif(c.topic, '') as topic, e.wording
                        from consents c left join consent_evidence e on e.id = c.evidence
                        where c.customer_id = :customer order by c.purpose, c.channel, c.topic
                        """)
                .param("customer", identities.canonical(customer).value())
                .query((row, n) -> new Consent(
                        row.getString("purpose"),
                        row.getString("channel"),
                        row.getBoolean("granted"),
                        row.getString("source"),
                        ConsentStore.instant(row, "set_at"),
                        row.getString("topic"),
                        row.getString("wording")))
                .list();
    }

    /**
     * One thing that was said, with what shows it.
     *
     * @param wording the version of what was asked
     * @param wordingKept whether its text is kept here; what comes from a shop may name a version only the shop has
     * @param language in which it was asked
     * @param proof in words, in clear; null where there is none, or it is not shown
     * @param hasProof whether there is one
     */
    public record Evidence(
            String purpose,
            String channel,
            @Nullable String topic,
            boolean granted,
            String source,
            Instant at,
            @Nullable String wording,
            boolean wordingKept,
            @Nullable String language,
            @Nullable String proof,
            boolean hasProof) {
        /** As who may not see personal data sees it. */
        public Evidence masked() {
            return new Evidence(
                    purpose, channel, topic, granted, source, at, wording, wordingKept, language, null, hasProof);
        }
    }

    /** Every saying of a customer that came with a wording or a proof, latest first; of all their ids. In clear: who shows it asks {@code AccessLog} first. */
    public List<Evidence> evidenceOf(CustomerId customer) {
        return jdbc.sql("""
                        select purpose, channel, nullif(topic, '') as topic, granted, source, said_at, wording, language,
                            sealed_proof, exists (
                                select from consent_wordings w where w.code || '@' || w.version = wording) as wording_kept
                        from consent_evidence where not undone and customer_id in (
                            select :customer union all select alias_id from customer_aliases where customer_id = :customer)
                        order by said_at desc, id desc
                        """)
                .param("customer", identities.canonical(customer).value())
                .query((row, n) -> {
                    var sealed = row.getBytes("sealed_proof");
                    return new Evidence(
                            row.getString("purpose"),
                            row.getString("channel"),
                            row.getString("topic"),
                            row.getBoolean("granted"),
                            row.getString("source"),
                            ConsentStore.instant(row, "said_at"),
                            row.getString("wording"),
                            row.getBoolean("wording_kept"),
                            row.getString("language"),
                            sealed == null || vault.isDestroyed(sealed)
                                    ? null
                                    : new String(vault.open(PROOF, sealed), StandardCharsets.UTF_8),
                            sealed != null);
                })
                .list();
    }

    /**
     * Writes down what a customer says now, but not of somebody erased (customer_not_found) nor about a topic nobody has made
     * (topic_not_found) or to a wording nobody has kept (wording_not_found): what was asked could never be shown; in force when the caller's transaction commits.
     */
    @Transactional
    public void say(CustomerId customer, Declaration saying) {
        check(saying);
        say(customer, saying, clock.instant());
    }

    /** The same of what was checked, or came from outside, when the customer was asked to confirm it. */
    @Transactional
    void sayConfirmed(CustomerId customer, Declaration saying) {
        say(customer, saying, clock.instant());
    }

    /** Refuses what could not be meant: it would look like a permission and never count, or never be found again. */
    void check(Declaration saying) {
        word("purpose", saying.purpose());
        word("channel", saying.channel());
        var topic = saying.topic();
        if (topic != null) topics.requireKnown(topic);
        var wording = saying.wording();
        if (wording != null) wordings.requireKept(wording);
    }

    /** Sets one permission by hand, of every topic; in force when the caller's transaction commits. */
    @Transactional
    public void set(CustomerId customer, String purpose, String channel, boolean granted, String source) {
        say(customer, new Declaration(purpose, channel, null, granted, source, null, null, null));
    }

    /**
     * Takes marketing permission back, e.g. from an unsubscribe link; in force when the caller's transaction commits, and
     * the same again when it is repeated. It comes after everything known, even when it says to be of the same instant.
     */
    @Transactional
    public void withdraw(CustomerId customer, String channel, String source, Instant at) {
        say(customer, Declaration.marketing(channel, false, source), at);
    }

    private void say(CustomerId customer, Declaration saying, Instant at) {
        if (tombstones.isGone(customer))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", customer);
        var topic = saying.topic();
        var about = new ConsentStore.About(
                identities.canonical(customer),
                word("purpose", saying.purpose()),
                word("channel", saying.channel()),
                topic == null ? "" : word("topic", topic));
        var wording = saying.wording();
        if (wording != null && !Wordings.isReference(wording))
            throw Problem.invalid("wording_invalid", "'{given}' names no version of a wording, e.g. newsletter@3")
                    .with("given", wording);
        var proof = saying.proof();
        if (proof != null && proof.length() > LONGEST_PROOF)
            throw Problem.invalid("proof_too_long", "a proof has at most {most} characters")
                    .with("most", LONGEST_PROOF);
        var turns = store.apply(List.of(new ConsentStore.Change(
                about,
                customer,
                saying.granted(),
                saying.source(),
                at,
                0,
                ConsentStore.Manner.NOW,
                0,
                new ConsentStore.Shown(wording, saying.language(), null, proof),
                false)));
        store.remember(turns);
        relay.wakeAfterCommit();
    }

    /**
     * What holds of marketing about each of some topics over one channel, at an address that was not unsubscribed from it
     * since, and is not another one than those it was confirmed at; "" is everything that is about none. As {@link Permissions}
     * has it: where silence is permission, it holds here, too.
     */
    Map<String, Boolean> holding(CustomerId customer, String channel, List<String> topics) {
        return holding(customer, channel, topics, true, isSilencePermission(customer, channel));
    }

    /**
     * What was not refused so far, whatever became of the address: where silence can be permission, also what nobody has
     * spoken of. It may not be permission yet, while the customer is being asked, but come to be it when the link runs out.
     */
    Map<String, Boolean> notRefused(CustomerId customer, String channel, List<String> topics) {
        return holding(customer, channel, topics, false, settings.takesSilence(channel));
    }

    private boolean isSilencePermission(CustomerId customer, String channel) {
        return settings.takesSilence(channel)
                && !(channel.equals(Permissions.EMAIL) && countries.needsConfirmation(customer))
                && !isBeingAsked(customer, channel);
    }

    private boolean isBeingAsked(CustomerId customer, String channel) {
        return jdbc.sql("""
                        select exists (
                            select 1 from consent_confirmations
                            where %s and purpose = :purpose and channel = :channel and confirmed_at is null
                                and expires_at > :now)
                        """.formatted(ConsentStore.THEIRS))
                .param("customer", identities.canonical(customer).value())
                .param("purpose", Permissions.MARKETING)
                .param("channel", channel)
                .param("now", ConsentStore.utc(clock.instant()))
                .query(Boolean.class)
                .single();
    }

    /** Whether what a customer confirmed was confirmed at other addresses than the present one, and so does not hold there. */
    boolean isElsewhere(CustomerId customer, String channel) {
        return (settings.doubleOptIn() || countries.anyDoubleOptIn())
                && store.isElsewhere(identities.canonical(customer), channel);
    }

    private Map<String, Boolean> holding(
            CustomerId customer, String channel, List<String> topics, boolean atAddress, boolean silence) {
        boolean elsewhere = atAddress && isElsewhere(customer, channel);
        var holds = new LinkedHashMap<String, Boolean>();
        jdbc.sql("""
                        select x.topic, coalesce(%s, :silence) and not (:atAddress and exists (
                            select 1 from reachable_customers r
                            join suppressions s on s.channel = r.channel and s.address_hash = r.address_hash
                            where r.customer_id = :customer and r.channel = :channel and s.reason = 'unsubscribe'
                                and s.topic in ('', x.topic) and %s)) as holds
                        from unnest(:topics) with ordinality as x (topic, place)
                        left join consents c on c.customer_id = :customer and c.purpose = :purpose
                            and c.channel = :channel and c.topic = ''
                        left join consents t on t.customer_id = :customer and t.purpose = :purpose
                            and t.channel = :channel and t.topic = x.topic and x.topic <> ''
                        order by x.place
                        """.formatted(ConsentStore.HOLDS, ConsentStore.STANDS))
                .param("topics", ConsentStore.texts(topics, topic -> topic))
                .param("atAddress", atAddress)
                .param("silence", silence)
                .param("customer", identities.canonical(customer).value())
                .param("purpose", Permissions.MARKETING)
                .param("channel", channel)
                .query(row -> {
                    holds.put(row.getString("topic"), row.getBoolean("holds") && !elsewhere);
                });
        return holds;
    }

    static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    static String word(String what, String text) {
        if (isWord(text)) return text;
        throw switch (what) {
            case "purpose" ->
                Problem.invalid(
                                "purpose_invalid",
                                "'{given}' is no purpose: small letters, digits and _, beginning with a letter, at most 40")
                        .with("given", text);
            case "topic" ->
                Problem.invalid(
                                "topic_invalid",
                                "'{given}' is no topic: small letters, digits and _, beginning with a letter, at most 40")
                        .with("given", text);
            case "wording" ->
                Problem.invalid(
                                "wording_code_invalid",
                                "'{given}' is no name of a wording: small letters, digits and _, beginning with a letter, at most 40")
                        .with("given", text);
            default ->
                Problem.invalid(
                                "channel_invalid",
                                "'{given}' is no channel: small letters, digits and _, beginning with a letter, at most 40")
                        .with("given", text);
        };
    }
}
