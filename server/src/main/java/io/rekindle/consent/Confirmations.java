package io.rekindle.consent;

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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 */
@Component
public class Confirmations {
    private static final String KIND = "confirmation";
    private static final String NEW_ADDRESS = "another address";
    private static final int SIGNATURE = 16;
    /** How often a yes that is only repeated is asked about until somebody confirms it. */
    private static final int MOST_ASKED = 3;

    private final JdbcClient jdbc;
    private final Consents consents;
    private final ConsentStore store;
    private final Wordings wordings;
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

    /**
     * One agreement to be confirmed.
     *
     * @param topic null: of everything
     * @param wording what the yes was said to, where that is known, else what the mail says
     * @param mailWording the version of the wording {@code confirmation} the mail says; null: ours, or that of the yes
     * @param language in which it is asked
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
            @Nullable Long addressHash) {}

    /**
     * Whether what this customer agrees to over a channel has to be confirmed: by the settings, where the customer lives, or
     * because what holds of them holds at the addresses they confirmed.
     */
    public boolean isNeeded(CustomerId customer, String channel) {
        if (!channel.equals(Permissions.EMAIL)) return false;
        if (settings.doubleOptIn()) return true;
        return countries.anyDoubleOptIn()
                && (countries.needsConfirmation(customer) || store.isBound(identities.canonical(customer)));
    }

    /** Whether what a customer agreed to was confirmed at other addresses than theirs of today. */
    boolean isElsewhere(CustomerId customer) {
        return consents.isElsewhere(customer, Permissions.EMAIL);
    }

    /** By hand somebody said yes for a customer: where it would have to be confirmed it holds at the address of today. */
    @Transactional
    public void vouch(CustomerId customer, String channel) {
        if (!isNeeded(customer, channel)) return;
        var canonical = identities.canonical(customer);
        var address = address(canonical, channel);
        if (address != null) store.bind(canonical, channel, address, clock.instant());
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
     * @return whether a mail is on its way
     */
    @Transactional
    public boolean ask(CustomerId customer, Declaration what) {
        return ask(customer, what, Integer.MAX_VALUE);
    }

    /**
     * Asks again because a source repeats a yes that was never confirmed. It may be somebody who signs up once more, or a
     * sign-in that brings the old yes along: so nobody is asked for ever.
     */
    @Transactional
    boolean askAgain(CustomerId customer, Declaration what) {
        return ask(customer, what, MOST_ASKED);
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
                        .ifPresent(c -> askAgain(
                                whose.getOrDefault(customer, customer),
                                new Declaration(
                                        c.purpose(),
                                        c.channel(),
                                        c.topic(),
                                        true,
                                        NEW_ADDRESS,
                                        c.wording(),
                                        null,
                                        null)));
            for (var question : unanswered(customer))
                askAgain(
                        question.customer(),
                        new Declaration(
                                question.purpose(),
                                question.channel(),
                                question.topic(),
                                true,
                                question.source(),
                                question.wording(),
                                question.language(),
                                null));
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

    private boolean ask(CustomerId customer, Declaration what, int most) {
        var canonical = identities.canonical(customer);
        var now = clock.instant();
        var topic = Objects.requireNonNullElse(what.topic(), "");
        var address = address(canonical, what.channel());
        record Asked(int open, int ever) {}
        var asked = jdbc.sql("""
                        select count(*) filter (
                                where expires_at > :now and address_hash is not distinct from cast(:address as bigint)) as open,
                            count(*) as ever
                        from consent_confirmations
                        where %s and purpose = :purpose and channel = :channel and topic = :topic
                            and confirmed_at is null
                        """.formatted(ConsentStore.THEIRS))
                .param("customer", canonical.value())
                .param("address", address, Types.BIGINT)
                .param("purpose", what.purpose())
                .param("channel", what.channel())
                .param("topic", topic)
                .param("now", ConsentStore.utc(now))
                .query((row, n) -> new Asked(row.getInt("open"), row.getInt("ever")))
                .single();
        if (asked.open() > 0 || asked.ever() >= most) return false;
        var language = Objects.requireNonNullElseGet(what.language(), () -> language(canonical));
        var mailWording =
                wordings.latest(Wordings.CONFIRMATION).map(Wording::reference).orElse(null);
        var wording = what.wording() == null ? mailWording : what.wording();
        var expires = now.plus(settings.confirmWithin());
        long id = jdbc.sql("""
                        insert into consent_confirmations
                            (customer_id, purpose, channel, topic, source, wording, mail_wording, language, asked_at,
                             expires_at, address_hash)
                        values (:customer, :purpose, :channel, :topic, :source, :wording, :mailWording, :language, :now,
                             :expires, :address)
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
                .query(Long.class)
                .single();
        mails.getObject().enqueue(id, customer, expires);
        return true;
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
        return find(id).filter(c -> stand(c) == Stand.OPEN).map(this::mail);
    }

    private Mail mail(Confirmation confirmation) {
        boolean chinese = confirmation.language().equals("zh");
        var asked = asked(confirmation);
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
                "<!doctype html><html lang=\"%s\"><body><p>%s</p><p><a href=\"%s\">%s</a></p><p>%s</p></body></html>"
                        .formatted(chinese ? "zh-CN" : "en", HtmlUtils.htmlEscape(asked, "UTF-8"), url, button, ending),
                asked + "\n\n" + url + "\n\n" + ending + "\n");
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

    /** How a confirmation stands now. */
    public Stand stand(Confirmation confirmation) {
        if (confirmation.confirmedAt() != null) return Stand.CONFIRMED;
        if (!clock.instant().isBefore(confirmation.expiresAt())) return Stand.EXPIRED;
        var address = address(identities.canonical(confirmation.customer()), confirmation.channel());
        return address != null && address.equals(confirmation.addressHash()) ? Stand.OPEN : Stand.ELSEWHERE;
    }

    /** Confirms by a link: from now on the agreement holds; again changes nothing. Empty when the link is not ours. */
    @Transactional
    public Optional<Stand> confirm(String token) {
        var found = find(token);
        if (found.isEmpty()) return Optional.empty();
        var confirmation = found.get();
        var now = clock.instant();
        var address = confirmation.addressHash();
        var stand = stand(confirmation);
        if (stand != Stand.OPEN || address == null) return Optional.of(stand);
        int changed = jdbc.sql(
                        "update consent_confirmations set confirmed_at = :now where id = :id and confirmed_at is null")
                .param("now", ConsentStore.utc(now))
                .param("id", confirmation.id())
                .update();
        if (changed > 0) {
            store.bind(confirmation.customer(), confirmation.channel(), address, now);
            consents.say(
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
        return Optional.of(Stand.CONFIRMED);
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
                .filter(confirmation -> stand(confirmation) == Stand.OPEN)
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
                row.getObject("address_hash", Long.class));
    }
}
