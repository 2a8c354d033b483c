package io.rekindle.plan;

import io.rekindle.access.AccessLog;
import io.rekindle.access.Caller;
import io.rekindle.common.CustomerId;
import io.rekindle.consent.Wordings;
import io.rekindle.plan.content.TemplateLimitException;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.profile.PersonalFields;
import io.rekindle.profile.Profiles;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What a customer would get. */
@Component
public class Previews {
    private static final String SAMPLE_CODE = "PREVIEW";

    private final Templates templates;
    private final Offers offers;
    private final Profiles profiles;
    private final Wordings wordings;
    private final BusinessClock clock;
    private final PlatformSettings platform;
    private final PlanSettings settings;
    private final AccessLog accesses;

    Previews(
            Templates templates,
            Offers offers,
            Profiles profiles,
            Wordings wordings,
            BusinessClock clock,
            PlatformSettings platform,
            PlanSettings settings,
            AccessLog accesses) {
        this.accesses = accesses;
        this.templates = templates;
        this.offers = offers;
        this.profiles = profiles;
        this.wordings = wordings;
        this.clock = clock;
        this.platform = platform;
        this.settings = settings;
    }

    /**
     * The latest version of a template made out for a customer, with the values sending would have; a {@link Problem}
     * {@code template_missing_value} names every value a part lacks, {@code template_beyond_limit} the part that ran
     * into a limit.
     *
     * @param offerId the offer to show; null: none, as for a campaign without one
     */
    public RenderedMessage preview(long templateId, CustomerId customer, @Nullable Long offerId) {
        var template = templates.get(templateId);
        if (!profiles.exists(customer))
            throw Problem.notFound("customer_not_found", "there is no customer {id}")
                    .with("id", customer);
        var values = values(customer)
                .with("shop_url", settings.shopUrl())
                .with("unsubscribe_url", platform.publicUrl() + "/u/preview")
                .with("preferences_url", platform.publicUrl() + "/p/preview");
        if (offerId != null) values = values.withOffer(offers.get(offerId), SAMPLE_CODE, clock.zone());
        try {
            return templates.render(template.id(), template.version(), values);
        } catch (MissingValue e) {
            throw Problem.unprocessable(
                            "template_missing_value",
                            "template {id} cannot be made out for customer {customer} "
                                    + (offerId == null ? "without an offer: " : "with offer " + offerId + ": ")
                                    + e.getMessage(),
                            e.places())
                    .with("id", templateId)
                    .with("customer", customer);
        } catch (TemplateLimitException e) {
            throw Problem.unprocessable(
                            "template_beyond_limit",
                            "template {id} cannot be made out for customer {customer}: " + e.getMessage(),
                            List.of(new Problem.Fault(e.part(), "template_limit", "{words}")
                                    .with("words", e.getMessage())))
                    .with("id", templateId)
                    .with("customer", customer);
        }
    }

    /** As the caller may see them; who does is written down. */
    private PersonalFields shown(CustomerId customer, PersonalFields fields) {
        boolean clear = accesses.showsClear(Caller.current());
        accesses.looked(Map.of(customer, clear ? fields.values().keySet() : Set.of()));
        return clear ? fields : profiles.masked(fields);
    }

    private TemplateValues values(CustomerId customer) {
        var ids = List.of(customer);
        var traits = profiles.traits(ids).getOrDefault(customer, Map.of());
        return TemplateValues.none()
                .withWordings(wordings.latest(), traits)
                .withCustomer(TemplateValues.ofCustomer(
                        traits,
                        shown(
                                customer,
                                profiles.personal(ids, TemplateValues.PERSONAL)
                                        .getOrDefault(customer, PersonalFields.NONE))));
    }
}
