package io.rekindle.plan;

import io.rekindle.common.CustomerId;
import io.rekindle.plan.content.TemplateLimitException;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Problem;
import io.rekindle.profile.Profiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a customer would get. */
@Component
public class Previews {
    private static final Set<String> PERSONAL = Set.of("userId", "email", "phone", "firstName", "lastName", "name");
    private static final String SAMPLE_CODE = "PREVIEW";

    private final JdbcClient jdbc;
    private final Templates templates;
    private final Offers offers;
    private final Profiles profiles;
    private final BusinessClock clock;
    private final PlatformSettings platform;
    private final PlanSettings settings;

    Previews(
            JdbcClient jdbc,
            Templates templates,
            Offers offers,
            Profiles profiles,
            BusinessClock clock,
            PlatformSettings platform,
            PlanSettings settings) {
        this.jdbc = jdbc;
        this.templates = templates;
        this.offers = offers;
        this.profiles = profiles;
        this.clock = clock;
        this.platform = platform;
        this.settings = settings;
    }

    /**
     * The latest version of a template made out for a customer; a {@link Problem} {@code template_missing_value} names
     * every place that has no value, {@code template_beyond_limit} the part that ran into a limit.
     *
     * @param offerId the offer to show; null: that of the newest campaign with this template, else the newest offer
     */
    public RenderedMail preview(long templateId, CustomerId customer, @Nullable Long offerId) {
        var template = templates.get(templateId);
        var values = values(customer)
                .with("shop_url", settings.shopUrl())
                .with("unsubscribe_url", platform.publicUrl() + "/u/preview");
        var offer = offerId == null ? offerOf(templateId) : Optional.of(offers.get(offerId));
        if (offer.isPresent()) values = values.withOffer(offer.get(), SAMPLE_CODE, clock.zone());
        try {
            return templates.render(template.id(), template.version(), values);
        } catch (MissingValue e) {
            throw Problem.unprocessable(
                            "template_missing_value",
                            "template {id} cannot be made out for customer {customer}: " + e.getMessage(),
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

    private TemplateValues values(CustomerId customer) {
        var ids = List.of(customer);
        var traits = new LinkedHashMap<String, String>();
        profiles.traits(ids)
                .forEach((id, known) -> known.forEach((name, value) -> {
                    if (value.isValueNode() && !value.isNull()) traits.put(name, value.asString());
                }));
        profiles.personal(ids, PERSONAL).forEach((id, fields) -> traits.putAll(fields.values()));
        return TemplateValues.none().withCustomer(traits);
    }

    private Optional<Offer> offerOf(long templateId) {
        return jdbc.sql("""
                        select coalesce(
                            (select offer_id from campaigns where template_id = :template and offer_id is not null
                             order by id desc limit 1),
                            (select max(id) from offers)) as id
                        """)
                .param("template", templateId)
                .query((r, n) -> Optional.ofNullable(r.getObject("id", Long.class)))
                .single()
                .map(offers::get);
    }
}
