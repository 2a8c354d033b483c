package io.rekindle.deliver.outbox;

import io.rekindle.collect.Identifier;
import io.rekindle.collect.Identifiers;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Ask;
import io.rekindle.consent.Confirmations;
import io.rekindle.consent.Permissions;
import io.rekindle.consent.Permissions.Departure;
import io.rekindle.consent.Permit;
import io.rekindle.consent.Preferences;
import io.rekindle.consent.Refusal;
import io.rekindle.consent.Suppression;
import io.rekindle.consent.Suppressions;
import io.rekindle.consent.Wordings;
import io.rekindle.decide.Decisions;
import io.rekindle.decide.OutgoingRun;
import io.rekindle.identity.Identities;
import io.rekindle.plan.Campaigns;
import io.rekindle.plan.CouponCode;
import io.rekindle.plan.Coupons;
import io.rekindle.plan.MissingValue;
import io.rekindle.plan.Offer;
import io.rekindle.plan.Offers;
import io.rekindle.plan.PlanSettings;
import io.rekindle.plan.TemplateValues;
import io.rekindle.plan.Templates;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Problem;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Messages of campaigns: profiles, permissions, templates and coupons as the modules to the left have them. */
@Component
class CampaignCourier implements Courier {
    /** What a template may say, and where it may go. */
    private static final Set<String> READ = Stream.concat(
                    TemplateValues.PERSONAL.stream(), Stream.of(PersonalFields.PHONE))
            .collect(Collectors.toUnmodifiableSet());

    private final Profiles profiles;
    private final Permissions permissions;
    private final Suppressions suppressions;
    private final Confirmations confirmations;
    private final Preferences preferences;
    private final Wordings wordings;
    private final Templates templates;
    private final Offers offers;
    private final Coupons coupons;
    private final Campaigns campaigns;
    private final Identifiers identifiers;
    private final Identities identities;
    private final Decisions decisions;
    private final PlanSettings plan;
    private final BusinessClock clock;
    /** As they stood when the latest batch was fetched. */
    private final Map<Long, Offer> offersOfBatch = new ConcurrentHashMap<>();

    CampaignCourier(
            Profiles profiles,
            Permissions permissions,
            Suppressions suppressions,
            Confirmations confirmations,
            Preferences preferences,
            Wordings wordings,
            Templates templates,
            Offers offers,
            Coupons coupons,
            Campaigns campaigns,
            Identifiers identifiers,
            Identities identities,
            Decisions decisions,
            PlanSettings plan,
            BusinessClock clock) {
        this.profiles = profiles;
        this.permissions = permissions;
        this.suppressions = suppressions;
        this.confirmations = confirmations;
        this.preferences = preferences;
        this.wordings = wordings;
        this.templates = templates;
        this.offers = offers;
        this.coupons = coupons;
        this.campaigns = campaigns;
        this.identifiers = identifiers;
        this.identities = identities;
        this.decisions = decisions;
        this.plan = plan;
        this.clock = clock;
    }

    @Override
    public boolean isWaiting() {
        return permissions.isWaiting();
    }

    @Override
    public Map<CustomerId, Recipient> recipients(String channel, Collection<CustomerId> customers) {
        offersOfBatch.clear();
        var personal = profiles.personal(customers, READ);
        var traits = profiles.traits(customers);
        var inUse = wordings.latest();
        var recipients = new HashMap<CustomerId, Recipient>();
        for (var customer : customers) {
            var fields = personal.getOrDefault(customer, PersonalFields.NONE);
            var ofCustomer = traits.getOrDefault(customer, Map.of());
            var values = TemplateValues.none()
                    .withWordings(inUse, ofCustomer)
                    .withCustomer(TemplateValues.ofCustomer(ofCustomer, fields));
            var address = address(channel, fields).orElse(null);
            recipients.put(customer, new Recipient(customer, address, values.byPath()));
        }
        return recipients;
    }

    /** What the rules of identity block is nobody's: a filled-in nothing, or the shop's own. */
    private Optional<Address> address(String channel, PersonalFields fields) {
        return switch (channel) {
            case Permissions.EMAIL ->
                fields.get(PersonalFields.EMAIL)
                        .filter(email ->
                                identifiers.of(Identifier.Type.EMAIL, email).isPresent())
                        .flatMap(email -> address(channel, email));
            case Permissions.SMS ->
                fields.get(PersonalFields.PHONE)
                        .filter(phone ->
                                identifiers.of(Identifier.Type.PHONE, phone).isPresent())
                        .flatMap(identifiers::dialled)
                        .flatMap(phone -> address(channel, phone));
            default -> Optional.empty();
        };
    }

    private Optional<Address> address(String channel, String value) {
        try {
            return Optional.of(new Address(channel, value, suppressions.addressHash(channel, value)));
        } catch (Problem notAnAddress) {
            return Optional.empty();
        }
    }

    @Override
    public Written write(DueMessage message, Recipient recipient, @Nullable String coupon, String unsubscribeUrl) {
        var run = message.run();
        if (!run.isOfCampaign()) return confirmation(-run.runId(), recipient.address());
        var values = new TemplateValues(recipient.values())
                .with("shop_url", plan.shopUrl())
                .with("unsubscribe_url", unsubscribeUrl)
                .with("preferences_url", preferencesUrl(message.customer(), recipient.address()));
        if (run.offerId() != null) values = values.withOffer(offer(run.offerId()), coupon, clock.zone());
        try {
            var said = templates.render(run.templateId(), run.templateVersion(), values);
            return new Written.Complete(said.subject(), said.html(), said.text());
        } catch (MissingValue missing) {
            return new Written.Lacking(missing.places().stream()
                    .map(fault -> fault.place() + ": " + fault.message())
                    .toList());
        }
    }

    /** The link of whoever gets the mail. */
    private String preferencesUrl(CustomerId customer, @Nullable Address address) {
        return address == null || !address.channel().equals(Permissions.EMAIL)
                ? preferences.url(customer)
                : preferences.url(customer, address.hash());
    }

    /** A confirmation that is not open any more, or asks about another address, has nothing to say. */
    private Written confirmation(long id, @Nullable Address address) {
        if (address == null) return new Written.Lacking(List.of("confirmation " + id));
        return confirmations
                .mail(id, address.hash())
                .<Written>map(mail -> new Written.Complete(mail.subject(), mail.html(), mail.text()))
                .orElseGet(() -> new Written.Lacking(List.of("confirmation " + id)));
    }

    private Offer offer(long id) {
        return offersOfBatch.computeIfAbsent(id, offers::get);
    }

    @Override
    public Map<Long, Verdict> take(Map<DueMessage, Address> messages) {
        var verdicts = HashMap.<Long, Verdict>newHashMap(messages.size());
        var fallen = fallen(messages.keySet());
        var departures = new HashMap<Ask, List<Departure>>();
        messages.forEach((message, address) -> {
            if (fallen.contains(message.messageId())) verdicts.put(message.messageId(), new Verdict.Refused("merged"));
            else
                departures
                        .computeIfAbsent(message.run().ask(), ask -> new ArrayList<>())
                        .add(new Departure(message.messageId(), message.customer(), address.hash()));
        });
        departures.forEach((ask, asked) -> permissions
                .take(asked, ask, clock.instant())
                .forEach((message, permit) -> verdicts.put(message, verdict(permit))));
        return verdicts;
    }

    private static Verdict verdict(Permit permit) {
        return switch (permit) {
            case Permit.Granted granted -> new Verdict.Granted();
            case Permit.Refused refused -> new Verdict.Refused(reason(refused.reason()));
            case Permit.AddressChanged changed -> new Verdict.AddressChanged();
            case Permit.Later later -> new Verdict.Later(later.notBefore());
        };
    }

    /** Of two of a run who turned out to be one person only the first assignment counts: the messages of the others. */
    private Set<Long> fallen(Collection<DueMessage> messages) {
        var fallen = new HashSet<Long>();
        var byMerge = messages.stream()
                .filter(message -> message.run().isOfCampaign())
                .collect(Collectors.groupingBy(message -> message.run().lastMerge()));
        byMerge.forEach((lastMerge, ofThem) -> {
            var merged = identities.mergedAfter(
                    lastMerge, ofThem.stream().map(DueMessage::customer).toList());
            for (var message : ofThem)
                if (merged.contains(message.customer())
                        && !decisions.stands(message.run().runId(), message.decisionId(), message.customer()))
                    fallen.add(message.messageId());
        });
        return fallen;
    }

    /** Who had agreed when the audience was judged and has not now has withdrawn. */
    private static String reason(Refusal refusal) {
        return switch (refusal) {
            case NO_CONSENT -> "consent_withdrawn";
            case TOPIC_DECLINED, SUPPRESSED, NO_ADDRESS, OVER_CONTACT_BUDGET -> refusal.code();
        };
    }

    @Override
    public Map<Long, CouponCode> coupons(long offerId, List<DueMessage> messages) {
        return coupons.take(
                offerId,
                messages.stream()
                        .map(message -> new Coupons.Bearer(
                                message.messageId(), message.run().campaignId(), message.customer()))
                        .toList());
    }

    @Override
    public void giveBack(Collection<Long> messageIds) {
        permissions.release(messageIds);
        coupons.release(messageIds);
    }

    @Override
    public void giveBackReserved(long runId) {
        permissions.releaseRun(runId);
    }

    @Override
    public void suppress(long messageId, Address address) {
        suppressions.suppress(
                address.channel(),
                address.hash(),
                Suppression.Reason.HARD_BOUNCE,
                null,
                "message " + messageId,
                clock.instant());
    }

    @Override
    public void finished(long runId, long campaignId) {
        if (campaignId != OutgoingRun.NO_CAMPAIGN) campaigns.sendingFinished(campaignId);
    }
}
