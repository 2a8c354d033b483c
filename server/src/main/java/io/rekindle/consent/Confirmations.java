package io.rekindle.consent;

import io.rekindle.collect.DoubleOptIn;
import io.rekindle.common.CustomerId;
import io.rekindle.identity.Identities;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Vault;
import io.rekindle.profile.Profiles;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.util.HtmlUtils;

/**
 * Double opt-in: an agreement holds only when whoever reads the mailbox has confirmed it. Nothing holds while a confirmation
 * is open; the link is signed, runs out, and is followed by a person who presses a button: opening it confirms nothing.
 *
 * <p>Who presses it has shown that they read one mailbox. So a question is about the address it is sent to, an answer counts
 * only while that is the customer's address, and what was agreed to holds at the addresses that were confirmed. Another
 * address is asked once when it becomes the customer's.
 *
 * <p>Whatever a person is asked at one address while a question is open there joins that question: one mail, one link; but not
 * a mail that is known to have reached nobody, nor one whose link is about to run out: then the person is asked anew. However
 * many customers are said to have an address, it gets a few such mails a day, and a few that nobody answers a month, and no more.
 */
@Component
public class Confirmations implements DoubleOptIn {
    private static final String KIND = "confirmation";
    private static final String NEW_ADDRESS = "another address";
    private static final int SIGNATURE = 16;
    /** How often a yes that is only repeated is asked about until somebody confirms it. */
    private static final int MOST_ASKED = 3;
    /** How many of these mails one address gets within {@link #A_DAY}, whoever it is said to be of. */
    private static final int MOST_MAILS = 3;

    private static final Duration A_DAY = Duration.ofDays(1);
    /**
     * How many of these mails one address gets within {@link #A_MONTH} whose links nobody follows, whoever it is said to be
     * of: anybody can type somebody else's address into a form, and day after day. Who loses a mail or two is still asked
     * again. One that reached nobody has bothered nobody and does not count.
     */
    private static final int MOST_UNANSWERED = 5;

    private static final Duration A_MONTH = Duration.ofDays(30);

    private final JdbcClient jdbc;
    private final Consents consents;
    private final ConsentStore store;
    private final Wordings wordings;
    private final Topics topics;
    private final Countries countries;
    private final Identities identities;
    private final Profiles profiles;
    private final Vault vault;
    private final BusinessClock clock;
    private final ConsentSettings settings;
    // What delivers reads consents itself: it is looked up when needed.
    private final ObjectProvider<ConfirmationMail> mails;
    private final String publicUrl;

    Confirmations(
            JdbcClient jdbc,
            Consents consents,
            ConsentStore store,
            Wordings wordings,
            Topics topics,
            Countries countries,
            Identities identities,
            Profiles profiles,
            Vault vault,
            BusinessClock clock,
            ConsentSettings settings,
            ObjectProvider<ConfirmationMail> mails,
            PlatformSettings platform) {
        this.jdbc = jdbc;
        this.consents = consents;
        this.store = store;
        this.wordings = wordings;
        this.topics = topics;
        this.countries = countries;
        this.identities = identities;
        this.profiles = profiles;
        this.vault = vault;
        this.clock = clock;
        this.settings = settings;
        this.mails = mails;
        publicUrl = platform.publicUrl().replaceAll("/+$", "");
    }

    /** Where a confirmation stands. */
    public enum Stand {
        OPEN,
        CONFIRMED,
        EXPIRED,
        /** It was asked at another address than the customer has now. */
        ELSEWHERE
    }

    /** What became of a question. */
    public enum Asked {
        /** A mail is on its way. */
        MAILED,
        /** It is asked already, or joins what the person is being asked at their address. */
        WAITING,
        /** The address was asked as often as an address is; or, of what is only repeated, the person was. */
        OFTEN_ENOUGH,
        /** There is no address to ask at; the customer is asked when they have one. */
        NO_ADDRESS,
        /** Nobody has set up such a purpose or topic. */
        UNHEARD_OF
    }

    /**
     * One agreement to be confirmed.
     *
     * @param topic null: of everything
     * @param wording what the yes was said to, where that is known, else what the mail says
     * @param mailWording the version of the wording {@code confirmation} the mail says; null: ours, or that of the yes
     * @param language in which it is asked
     * @param askedWith the confirmation in whose mail this one is asked about; null: a mail of its own
     */
    public record Confirmation(
            long id,
            CustomerId customer,
            String purpose,
            String channel,
            @Nullable String topic,
            String source,
            @Nullable String wording,
            @Nullable String mailWording,
            String language,
            Instant askedAt,
            Instant expiresAt,
            @Nullable Instant confirmedAt,
            @Nullable Long addressHash,
            @Nullable Long askedWith) {
        long mail() {
            return askedWith == null ? id : askedWith;
        }
    }

    /**
     * Whether what this customer agrees to over a channel has to be confirmed: by the settings, where the customer lives, or
     * because what holds of them holds at the addresses they confirmed.
     */
    public boolean isNeeded(CustomerId customer, String channel) {
        return !needing(List.of(customer), channel).isEmpty();
    }

    /** Those of some customers of whom that is so; a few statements however many are asked about. */
    Set<CustomerId> needing(Collection<CustomerId> customers, String channel) {
        if (!channel.equals(Permissions.EMAIL) || customers.isEmpty()) return Set.of();
        if (settings.doubleOptIn()) return Set.copyOf(customers);
        if (!countries.anyDoubleOptIn()) return Set.of();
        var persons = identities.canonical(customers);
        var needing = new HashSet<>(countries.needConfirmation(Set.copyOf(persons.values())));
        needing.addAll(store.bound(Set.copyOf(persons.values())));
        return customers.stream()
                .filter(customer -> needing.contains(persons.getOrDefault(customer, customer)))
                .collect(Collectors.toSet());
    }

    @Override
    public Rule now() {
        if (settings.doubleOptIn()) return List::size;
        var confirming = countries.confirming();
        if (confirming.isEmpty()) return Rule.NOBODY;
        return yeses -> {
            long toConfirm = 0;
            var whose = new ArrayList<CustomerId>();
            var unreadable = new ArrayList<CustomerId>();
            for (var yes : yeses) {
                var customer = yes.customer();
                switch (Countries.Home.of(yes.country())) {
                    case Countries.Home.In(var code) -> toConfirm += confirming.contains(code) ? 1 : 0;
                    case Countries.Home.Unreadable() -> {
                        if (customer == null) toConfirm++;
                        else unreadable.add(customer);
                    }
                    case Countries.Home.Unstated() -> {
                        if (customer != null) whose.add(customer);
                    }
                }
            }
            var needing = needing(whose, Permissions.EMAIL);
            var persons = identities.canonical(unreadable);
            var strict = countries.needConfirmationWhenUnreadable(Set.copyOf(persons.values()));
            return toConfirm
                    + whose.stream().filter(needing::contains).count()
                    + unreadable.stream()
                            .filter(customer -> strict.contains(persons.getOrDefault(customer, customer)))
                            .count();
        };
    }

    /** Whether what a customer agreed to was confirmed at other addresses than theirs of today. */
    boolean isElsewhere(CustomerId customer) {
        return consents.isElsewhere(customer, Permissions.EMAIL);
    }

    /** By hand, or by a file with a proof, somebody said yes for a customer: where it would have to be confirmed it holds at the address of today. */
    @Transactional
    public void vouch(CustomerId customer, String channel) {
        if (isNeeded(customer, channel)) vouch(Map.of(customer, identities.canonical(customer)), channel);
    }

    /**
     * The same for many who have to confirm; one statement.
     *
     * @param whose the customer of today each identity that was spoken of is of
     */
    void vouch(Map<CustomerId, CustomerId> whose, String channel) {
        store.bind(whose, channel, clock.instant());
    }

    private @Nullable Long address(CustomerId canonical, String channel) {
        return store.addresses(List.of(canonical), channel).get(canonical);
    }

    /** Whether there is any agreement that has to be confirmed. */
    boolean mayBeNeeded() {
        return settings.doubleOptIn() || countries.anyDoubleOptIn();
    }

    /**
     * Asks the customer to confirm, in the caller's transaction; not again while the same is open.
     *
     * @param customer the identity that agreed: with whom the question goes when merged customers part again
     */
    @Transactional
    public Asked ask(CustomerId customer, Declaration what) {
        consents.check(what);
        return ask(customer, what, Integer.MAX_VALUE);
    }

    /**
     * Asks about what a source said, if it is of something that was set up: anybody can make words up.
     *
     * @param repeated whether it said so before: it may be somebody who signs up once more, or a sign-in that brings the old
     *     yes along, so nobody is asked for ever
     */
    @Transactional
    Asked askOfWhatWasHeard(CustomerId customer, Declaration what, boolean repeated) {
        return isSetUp(what) ? ask(customer, what, repeated ? MOST_ASKED : Integer.MAX_VALUE) : Asked.UNHEARD_OF;
    }

    private boolean isSetUp(Declaration what) {
        var topic = what.topic();
        return what.purpose().equals(Permissions.MARKETING)
                && (topic == null
                        || topics.find(topic).filter(t -> !t.retired()).isPresent());
    }

    /**
     * Asks customers at an address nobody asked them at: of what they agreed to at others, and of what they were asked there
     * and have not answered.
     *
     * @param whose customers of today, and the identity each address may have come with
     */
    @Transactional
    void askAtNewAddresses(Map<CustomerId, CustomerId> whose) {
        for (var customer : store.atNewAddress(whose.keySet(), Permissions.EMAIL)) {
            if (!isNeeded(customer, Permissions.EMAIL)) continue;
            if (isElsewhere(customer))
                consents.of(customer).stream()
                        .filter(c -> c.granted() && c.channel().equals(Permissions.EMAIL))
                        .findFirst()
                        .ifPresent(c -> ask(
                                whose.getOrDefault(customer, customer),
                                new Declaration(
                                        c.purpose(),
                                        c.channel(),
                                        c.topic(),
                                        true,
                                        NEW_ADDRESS,
                                        c.wording(),
                                        null,
                                        null),
                                MOST_ASKED));
            for (var question : unanswered(customer))
                askOfWhatWasHeard(
                        question.customer(),
                        new Declaration(
                                question.purpose(),
                                question.channel(),
                                question.topic(),
                                true,
                                question.source(),
                                question.wording(),
                                question.language(),
                                null),
                        true);
        }
    }

    /** The latest question of each kind that nobody answered, and about which nothing was said since. */
    private List<Confirmation> unanswered(CustomerId customer) {
        return jdbc.sql("""
                        select distinct on (purpose, topic) * from consent_confirmations q
                        where q.%s and channel = :channel and confirmed_at is null and not exists (
                            select 1 from consents c
                            where c.customer_id = :customer and c.purpose = q.purpose and c.channel = q.channel
                                and (c.topic = q.topic or c.topic = '' and not c.granted))
                        order by purpose, topic, asked_at desc, id desc
                        """.formatted(ConsentStore.THEIRS))
                .param("customer", customer.value())
                .param("channel", Permissions.EMAIL)
                .query((row, n) -> confirmation(row))
                .list();
    }

    private Asked ask(CustomerId customer, Declaration what, int most) {
        var canonical = identities.canonical(customer);
        var now = clock.instant();
        var topic = Objects.requireNonNullElse(what.topic(), "");
        // One after the other, or two at once would each find the address unasked.
        store.oneAtATime();
        var address = address(canonical, what.channel());
        var open = openMails(canonical, address, what, topic, now);
        if (open.stream().anyMatch(OpenMail::asksThis)) return address == null ? Asked.NO_ADDRESS : Asked.WAITING;
        var joined = open.stream().filter(OpenMail::isJoinable).findFirst();
        if (unanswered(canonical, what, topic) >= most
                || (joined.isEmpty() && isAskedOften(address, what.channel(), now))) return Asked.OFTEN_ENOUGH;
        var language = Objects.requireNonNullElseGet(what.language(), () -> language(canonical));
        var mailWording =
                wordings.latest(Wordings.CONFIRMATION).map(Wording::reference).orElse(null);
        var wording = what.wording() == null ? mailWording : what.wording();
        var expires = joined.map(OpenMail::expiresAt).orElse(now.plus(settings.confirmWithin()));
        long id = jdbc.sql("""
                        insert into consent_confirmations
                            (customer_id, purpose, channel, topic, source, wording, mail_wording, language, asked_at,
                             expires_at, address_hash, asked_with)
                        values (:customer, :purpose, :channel, :topic, :source, :wording, :mailWording, :language, :now,
                             :expires, :address, :mail)
                        returning id
                        """)
                .param("customer", customer.value())
                .param("purpose", what.purpose())
                .param("channel", what.channel())
                .param("topic", topic)
                .param("source", what.source())
                .param("wording", wording, Types.VARCHAR)
                .param("mailWording", mailWording, Types.VARCHAR)
                .param("language", language)
                .param("now", ConsentStore.utc(now))
                .param("expires", ConsentStore.utc(expires))
                .param("address", address, Types.BIGINT)
                .param("mail", joined.map(OpenMail::id).orElse(null), Types.BIGINT)
                .query(Long.class)
                .single();
        if (joined.isEmpty()) mails.getObject().enqueue(id, customer, expires);
        if (address == null) return Asked.NO_ADDRESS;
        return joined.isPresent() ? Asked.WAITING : Asked.MAILED;
    }

    /**
     * A mail that asks something that is open still.
     *
     * @param asksThis whether it asks the very same
     * @param isJoinable whether what it was sent for is open still
     */
    private record OpenMail(long id, Instant expiresAt, boolean asksThis, boolean isJoinable) {}

    /** The mails a person has at an address, latest first; without those that reached nobody or are about to run out. */
    private List<OpenMail> openMails(
            CustomerId canonical, @Nullable Long address, Declaration what, String topic, Instant now) {
        var open = jdbc.sql("""
                        with theirs as (select * from consent_confirmations where %s and channel = :channel)
                        select m.id, m.expires_at, bool_or(q.purpose = :purpose and q.topic = :topic) as asks_this,
                            bool_or(q.id = m.id) as is_joinable
                        from theirs q join theirs m on m.id = coalesce(q.asked_with, q.id)
                        where q.confirmed_at is null and q.expires_at > :until
                            and q.address_hash is not distinct from cast(:address as bigint)
                        group by m.id, m.expires_at order by m.id desc
                        """.formatted(ConsentStore.THEIRS))
                .param("customer", canonical.value())
                .param("address", address, Types.BIGINT)
                .param("purpose", what.purpose())
                .param("channel", what.channel())
                .param("topic", topic)
                .param("until", ConsentStore.utc(now.plus(timeToAnswer())))
                .query((row, n) -> new OpenMail(
                        row.getLong("id"),
                        ConsentStore.instant(row, "expires_at"),
                        row.getBoolean("asks_this"),
                        row.getBoolean("is_joinable")))
                .list();
        var lost = lost(open.stream().map(OpenMail::id).toList());
        return open.stream().filter(mail -> !lost.contains(mail.id())).toList();
    }

    /** What is asked has to be open for so long at least: who reads their mail once a day finds the link working. */
    private Duration timeToAnswer() {
        var half = settings.confirmWithin().dividedBy(2);
        return half.compareTo(A_DAY) < 0 ? half : A_DAY;
    }

    private Set<Long> lost(List<Long> mailIds) {
        return mailIds.isEmpty() ? Set.of() : mails.getObject().lost(mailIds);
    }

    /** How often a person was asked the very same without an answer, ever. */
    private int unanswered(CustomerId canonical, Declaration what, String topic) {
        return jdbc.sql("""
                        select count(*) from consent_confirmations
                        where %s and purpose = :purpose and channel = :channel and topic = :topic and confirmed_at is null
                        """.formatted(ConsentStore.THEIRS))
                .param("customer", canonical.value())
                .param("purpose", what.purpose())
                .param("channel", what.channel())
                .param("topic", topic)
                .query(Integer.class)
                .single();
    }

    /** Whether an address gets no further mail now. */
    private boolean isAskedOften(@Nullable Long address, String channel, Instant now) {
        record Sent(long id, Instant at, boolean isAnswered) {}
        var sent = jdbc.sql("""
                        select m.id, m.asked_at, m.confirmed_at is not null or exists (
                                select 1 from consent_confirmations q where q.asked_with = m.id and q.confirmed_at is not null)
                            as is_answered
                        from consent_confirmations m
                        where m.address_hash = cast(:address as bigint) and m.channel = :channel and m.asked_with is null
                            and m.asked_at > :monthAgo
                        """)
                .param("address", address, Types.BIGINT)
                .param("channel", channel)
                .param("monthAgo", ConsentStore.utc(now.minus(A_MONTH)))
                .query((row, n) -> new Sent(
                        row.getLong("id"), ConsentStore.instant(row, "asked_at"), row.getBoolean("is_answered")))
                .list();
        if (sent.stream().filter(mail -> mail.at().isAfter(now.minus(A_DAY))).count() >= MOST_MAILS) return true;
        var unanswered =
                sent.stream().filter(mail -> !mail.isAnswered()).map(Sent::id).toList();
        return unanswered.size() >= MOST_UNANSWERED
                && unanswered.size() - lost(unanswered).size() >= MOST_UNANSWERED;
    }

    private String language(CustomerId customer) {
        var traits = profiles.traits(List.of(customer)).getOrDefault(customer, Map.of());
        for (var trait : List.of("language", "locale")) {
            var value = traits.get(trait);
            if (value != null && value.isString() && value.asString().startsWith("zh")) return "zh";
        }
        return countries.of(customer).filter("CN"::equals).isPresent() ? "zh" : "en";
    }

    /** What the mail says. */
    public record Mail(String subject, String html, String text) {}

    /** The mail of a confirmation, with its link; empty when it needs none any more, or none to the customer's address. */
    public Optional<Mail> mail(long id) {
        return find(id).flatMap(c -> find(c.mail()))
                .filter(c -> stand(c) == Stand.OPEN)
                .map(this::mail);
    }

    /** The same, for who is about to send it to the address with that hash: empty when it asks about another one. */
    public Optional<Mail> mail(long id, long addressHash) {
        return find(id).flatMap(c -> find(c.mail()))
                .filter(c -> c.addressHash() != null && c.addressHash() == addressHash && stand(c) == Stand.OPEN)
                .map(this::mail);
    }

    private Mail mail(Confirmation confirmation) {
        boolean chinese = confirmation.language().equals("zh");
        var asked = asked(confirmation);
        var about = about(confirmation);
        var url = publicUrl + "/c/" + token(confirmation.id());
        var until = confirmation.expiresAt().atZone(clock.zone()).toLocalDate();
        var subject = chinese ? "请确认您的订阅" : "Please confirm your subscription";
        var button = chinese ? "前往确认" : "Go on to confirm";
        var ending = chinese
                ? "链接有效期至 %s。如果这不是您本人的操作，请忽略本邮件，我们不会再给您发送营销邮件。".formatted(until)
                : "The link works until %s. If this was not you, do nothing: you will not get any marketing mail."
                        .formatted(until);
        return new Mail(
                subject,
                "<!doctype html><html lang=\"%s\"><body><p>%s</p>%s<p><a href=\"%s\">%s</a></p><p>%s</p></body></html>"
                        .formatted(
                                chinese ? "zh-CN" : "en",
                                HtmlUtils.htmlEscape(asked, "UTF-8"),
                                about.isEmpty()
                                        ? ""
                                        : "<ul><li>%s</li></ul>"
                                                .formatted(HtmlUtils.htmlEscape(String.join("\n", about), "UTF-8")
                                                        .replace("\n", "</li><li>")),
                                url,
                                button,
                                ending),
                asked + "\n\n" + (about.isEmpty() ? "" : "- " + String.join("\n- ", about) + "\n\n") + url + "\n\n"
                        + ending + "\n");
    }

    /**
     * What the customer is asked to confirm: the wording {@code confirmation}, else what the yes was said to, else a sentence
     * of ours.
     */
    public String asked(Confirmation confirmation) {
        return text(confirmation, confirmation.mailWording())
                .or(() -> text(confirmation, confirmation.wording()))
                .map(Wording.Text::body)
                .orElse(
                        confirmation.language().equals("zh")
                                ? "您希望通过邮件接收我们的资讯和优惠。请确认。"
                                : "You want to receive our news and offers by e-mail. Please confirm.");
    }

    /** What a link asks about, by name, everything that is about no topic first; empty when that is all it asks about. */
    public List<String> about(Confirmation confirmation) {
        var open = openWith(confirmation);
        if (open.stream().allMatch(c -> c.topic() == null)) return List.of();
        boolean chinese = confirmation.language().equals("zh");
        return open.stream()
                .map(c -> Objects.requireNonNullElse(c.topic(), ""))
                .distinct()
                .sorted()
                .map(code -> topics.nameOf(code, chinese))
                .toList();
    }

    private Optional<Wording.Text> text(Confirmation confirmation, @Nullable String wording) {
        if (wording == null) return Optional.empty();
        return wordings.find(wording)
                .flatMap(w -> w.text(countries.of(confirmation.customer()).orElse(""), confirmation.language()));
    }

    private String token(long id) {
        var content = ByteBuffer.allocate(Long.BYTES).putLong(id).array();
        var all = Arrays.copyOf(content, Long.BYTES + SIGNATURE);
        System.arraycopy(vault.sign(KIND, content), 0, all, Long.BYTES, SIGNATURE);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    /** The confirmation a link is of; empty when it is not ours. Changes nothing. */
    public Optional<Confirmation> find(String token) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (all.length != Long.BYTES + SIGNATURE) return Optional.empty();
        var content = Arrays.copyOf(all, Long.BYTES);
        if (!MessageDigest.isEqual(Arrays.copyOfRange(all, Long.BYTES, all.length), vault.sign(KIND, content)))
            return Optional.empty();
        return find(ByteBuffer.wrap(content).getLong());
    }

    /** How what a link asks stands now. */
    public Stand stand(Confirmation confirmation) {
        return openWith(confirmation).isEmpty() ? own(confirmation) : Stand.OPEN;
    }

    private Stand own(Confirmation confirmation) {
        if (confirmation.confirmedAt() != null) return Stand.CONFIRMED;
        if (!clock.instant().isBefore(confirmation.expiresAt())) return Stand.EXPIRED;
        var address = address(identities.canonical(confirmation.customer()), confirmation.channel());
        return address != null && address.equals(confirmation.addressHash()) ? Stand.OPEN : Stand.ELSEWHERE;
    }

    /** Everything the link of a mail asks now, first asked first; not what was said of one who turned out to be another. */
    private List<Confirmation> openWith(Confirmation mail) {
        var person = identities.canonical(mail.customer());
        return jdbc.sql("""
                        select * from consent_confirmations where (id = :mail or asked_with = :mail) and confirmed_at is null
                        order by id
                        """).param("mail", mail.id()).query((row, n) -> confirmation(row)).list().stream()
                .filter(c -> identities.canonical(c.customer()).equals(person) && own(c) == Stand.OPEN)
                .toList();
    }

    /** The last thing a link asks about now: what is confirmed goes up to there. */
    public long lastOf(Confirmation mail) {
        return openWith(mail).stream().mapToLong(Confirmation::id).max().orElse(mail.id());
    }

    /**
     * Confirms by a link what was shown there: from now on it holds; again changes nothing. What was asked since stays open.
     *
     * @param shown the last thing that was shown; null: no more than what the mail was sent for
     * @return empty when the link is not ours
     */
    @Transactional
    public Optional<Stand> confirm(String token, @Nullable Long shown) {
        var found = find(token);
        if (found.isEmpty()) return Optional.empty();
        var mail = found.get();
        long last = shown == null ? mail.id() : shown;
        for (var one : openWith(mail)) if (one.id() <= last) confirm(one);
        return find(mail.id()).map(this::stand);
    }

    private void confirm(Confirmation confirmation) {
        var now = clock.instant();
        // Who was asked anew, for a mail that was lost or about to run out, answers all of them.
        var answered = jdbc.sql("""
                        update consent_confirmations set confirmed_at = :now
                        where confirmed_at is null and (id = :id or customer_id = :customer and purpose = :purpose
                            and channel = :channel and topic = :topic and address_hash = :address and expires_at > :now)
                        returning id
                        """)
                .param("now", ConsentStore.utc(now))
                .param("id", confirmation.id())
                .param("customer", confirmation.customer().value())
                .param("purpose", confirmation.purpose())
                .param("channel", confirmation.channel())
                .param("topic", Objects.requireNonNullElse(confirmation.topic(), ""))
                .param("address", Objects.requireNonNull(confirmation.addressHash()))
                .query(Long.class)
                .list();
        if (!answered.contains(confirmation.id())) return;
        store.bind(
                confirmation.customer(),
                confirmation.channel(),
                Objects.requireNonNull(confirmation.addressHash()),
                now);
        consents.sayConfirmed(
                confirmation.customer(),
                new Declaration(
                        confirmation.purpose(),
                        confirmation.channel(),
                        confirmation.topic(),
                        true,
                        "double opt-in",
                        confirmation.wording(),
                        confirmation.language(),
                        proof(confirmation, now)));
    }

    private static String proof(Confirmation confirmation, Instant now) {
        return "confirmation %d: said at %s (%s), confirmed by the link of the mail%s at %s"
                .formatted(
                        confirmation.id(),
                        confirmation.askedAt(),
                        confirmation.source(),
                        confirmation.mailWording() == null ? "" : " (" + confirmation.mailWording() + ")",
                        now);
    }

    /** The open confirmations of a customer at the address of today, latest first. */
    public List<Confirmation> openOf(CustomerId customer) {
        return jdbc
                .sql("""
                        select * from consent_confirmations where %s and confirmed_at is null
                            and expires_at > :now order by asked_at desc, id desc
                        """.formatted(ConsentStore.THEIRS))
                .param("customer", identities.canonical(customer).value())
                .param("now", ConsentStore.utc(clock.instant()))
                .query((row, n) -> confirmation(row))
                .list()
                .stream()
                .filter(confirmation -> own(confirmation) == Stand.OPEN)
                .toList();
    }

    private Optional<Confirmation> find(long id) {
        return jdbc.sql("select * from consent_confirmations where id = :id")
                .param("id", id)
                .query((row, n) -> confirmation(row))
                .optional();
    }

    private static Confirmation confirmation(ResultSet row) throws SQLException {
        var topic = row.getString("topic");
        var confirmed = row.getObject("confirmed_at", OffsetDateTime.class);
        return new Confirmation(
                row.getLong("id"),
                new CustomerId(row.getLong("customer_id")),
                row.getString("purpose"),
                row.getString("channel"),
                topic.isEmpty() ? null : topic,
                row.getString("source"),
                row.getString("wording"),
                row.getString("mail_wording"),
                row.getString("language"),
                ConsentStore.instant(row, "asked_at"),
                ConsentStore.instant(row, "expires_at"),
                confirmed == null ? null : confirmed.toInstant(),
                row.getObject("address_hash", Long.class),
                row.getObject("asked_with", Long.class));
    }
}
