package io.rekindle.consent.web;

import io.rekindle.access.AuditTrail;
import io.rekindle.access.Caller;
import io.rekindle.consent.Countries;
import io.rekindle.consent.CountryRule;
import io.rekindle.consent.Topic;
import io.rekindle.consent.Topics;
import io.rekindle.consent.Wording;
import io.rekindle.consent.Wordings;
import io.rekindle.platform.Problem;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What customers can choose, what they are asked, and what holds where. */
@RestController
@RequestMapping("/api")
class ConsentRulesResource {
    private final Topics topics;
    private final Wordings wordings;
    private final Countries countries;
    private final AuditTrail audit;

    ConsentRulesResource(Topics topics, Wordings wordings, Countries countries, AuditTrail audit) {
        this.topics = topics;
        this.wordings = wordings;
        this.countries = countries;
        this.audit = audit;
    }

    record TopicRequest(
            @Nullable String nameEn,
            @Nullable String nameZh,
            @Nullable String aboutEn,
            @Nullable String aboutZh,
            @Nullable Boolean retired) {}

    @GetMapping("/topics")
    @PreAuthorize("hasRole('VIEWER')")
    List<Topic> topics() {
        return topics.all();
    }

    /** Makes a topic, or changes what it is called. Problems: topic_invalid, topic_incomplete. */
    @PutMapping("/topics/{code}")
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public Topic saveTopic(@PathVariable String code, @RequestBody TopicRequest request) {
        var saved = topics.save(new Topic(
                code,
                Objects.requireNonNullElse(request.nameEn(), ""),
                Objects.requireNonNullElse(request.nameZh(), ""),
                Objects.requireNonNullElse(request.aboutEn(), ""),
                Objects.requireNonNullElse(request.aboutZh(), ""),
                Objects.requireNonNullElse(request.retired(), false)));
        audit.record("topic.saved", "topic " + code, saved.retired() ? "retired" : "'%s'".formatted(saved.nameEn()));
        return saved;
    }

    /** @param country absent: wherever there is no text of its own */
    record WordingText(
            @Nullable String country,
            @Nullable String language,
            @Nullable String body) {}

    record WordingRequest(@Nullable List<WordingText> texts) {}

    /** Every version, latest first of each code. */
    @GetMapping("/wordings")
    @PreAuthorize("hasRole('VIEWER')")
    List<Wording> wordings() {
        return wordings.all();
    }

    /** Saves the next version of what is asked. Problems: wording_*, country_invalid, language_invalid. */
    @PostMapping("/wordings/{code}")
    @ResponseStatus(HttpStatus.CREATED)
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public Wording saveWording(@PathVariable String code, @RequestBody WordingRequest request) {
        var texts = request.texts() == null ? List.<WordingText>of() : request.texts();
        var saved = wordings.save(
                code,
                texts.stream()
                        .map(text -> new Wording.Text(
                                Objects.requireNonNullElse(text.country(), ""),
                                Objects.requireNonNullElse(text.language(), ""),
                                Objects.requireNonNullElse(text.body(), "")))
                        .toList(),
                Caller.current().name());
        audit.record(
                "wording.saved", "wording " + saved.reference(), saved.texts().size() + " texts");
        return saved;
    }

    /** @param quietDays small letters: sunday … */
    record CountryRequest(
            @Nullable String zone,
            @Nullable LocalTime from,
            @Nullable LocalTime to,
            @Nullable List<String> quietDays,
            @Nullable Boolean doubleOptIn) {}

    record CountryView(
            String country,
            @Nullable String zone,
            @Nullable LocalTime from,
            @Nullable LocalTime to,
            List<String> quietDays,
            boolean doubleOptIn) {
        static CountryView of(CountryRule rule) {
            return new CountryView(
                    rule.country(),
                    rule.zone(),
                    rule.from(),
                    rule.to(),
                    rule.quietDays().stream()
                            .sorted()
                            .map(day -> day.name().toLowerCase(Locale.ROOT))
                            .toList(),
                    rule.doubleOptIn());
        }
    }

    @GetMapping("/country-rules")
    @PreAuthorize("hasRole('VIEWER')")
    List<CountryView> countries() {
        return countries.all().stream().map(CountryView::of).toList();
    }

    /** Sets what holds for customers of a country. Problems: country_*, zone_invalid, day_invalid. */
    @PutMapping("/country-rules/{country}")
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public CountryView saveCountry(@PathVariable String country, @RequestBody CountryRequest request) {
        var days = new HashSet<DayOfWeek>();
        for (var day : request.quietDays() == null ? List.<String>of() : request.quietDays()) days.add(day(day));
        var saved = countries.save(new CountryRule(
                country,
                request.zone(),
                request.from(),
                request.to(),
                days,
                Objects.requireNonNullElse(request.doubleOptIn(), false)));
        audit.record(
                "country_rule.saved",
                "country " + country,
                CountryView.of(saved).toString());
        return CountryView.of(saved);
    }

    @DeleteMapping("/country-rules/{country}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    @Transactional
    public void removeCountry(@PathVariable String country) {
        countries.remove(country);
        audit.record("country_rule.removed", "country " + country, "its rules");
    }

    private static DayOfWeek day(String given) {
        for (var day : DayOfWeek.values())
            if (day.name().toLowerCase(Locale.ROOT).equals(given)) return day;
        throw Problem.invalid("day_invalid", "'{given}' is no day of the week, such as sunday")
                .with("given", given);
    }
}
