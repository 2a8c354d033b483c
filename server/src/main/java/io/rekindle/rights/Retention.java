package io.rekindle.rights;

import io.rekindle.access.AuditTrail;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.Job;
import io.rekindle.platform.Retained;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.stereotype.Component;

/** How long each class of data is kept: the rules, what they would remove now, and the daily job that does. */
@Component
public class Retention implements Job {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final String FOREVER = "forever";

    private final List<Retained> classes;
    private final Map<String, Optional<Duration>> set;
    private final BusinessClock clock;
    private final AuditTrail audit;
    private final LocalTime at;

    Retention(ObjectProvider<Retained> classes, RetentionSettings settings, BusinessClock clock, AuditTrail audit) {
        this.classes = classes.orderedStream()
                .sorted(Comparator.comparing(Retained::dataClass))
                .toList();
        this.clock = clock;
        this.audit = audit;
        this.at = settings.retentionAt();
        // An environment variable has no hyphens.
        var names = this.classes.stream().collect(Collectors.toMap(c -> plain(c.dataClass()), Retained::dataClass));
        set = settings.set().entrySet().stream()
                .collect(Collectors.toMap(
                        e -> {
                            var name = names.get(plain(e.getKey()));
                            if (name == null)
                                throw new IllegalArgumentException(
                                        "rekindle.retention.%s: there is no such class of data; there are %s"
                                                .formatted(
                                                        e.getKey(),
                                                        names.values().stream()
                                                                .sorted()
                                                                .collect(Collectors.joining(", "))));
                            return name;
                        },
                        e -> kept(e.getKey(), e.getValue())));
    }

    private static String plain(String name) {
        return name.replace("-", "").toLowerCase(Locale.ROOT);
    }

    private static Optional<Duration> kept(String name, String value) {
        if (value.strip().equals(FOREVER)) return Optional.empty();
        Duration kept;
        try {
            kept = DurationStyle.detectAndParse(value.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "rekindle.retention.%s is '%s'; it must be a time such as 90d, or forever".formatted(name, value),
                    e);
        }
        if (kept.compareTo(Duration.ofDays(1)) < 0)
            throw new IllegalArgumentException(
                    "rekindle.retention.%s is '%s'; at least 1d is kept".formatted(name, value));
        return Optional.of(kept);
    }

    /**
     * One class of data and its rule.
     *
     * @param keptDays for how many days; null: for ever
     * @param before what is older than this goes; null: nothing
     * @param due how much that is now
     * @param oldest of what is due
     */
    public record Rule(
            String dataClass,
            @Nullable Long keptDays,
            @Nullable Instant before,
            long due,
            @Nullable Instant oldest) {}

    /** Every rule with what it would remove now; nothing is changed. */
    public List<Rule> dryRun() {
        return classes.stream().map(this::rule).toList();
    }

    private Rule rule(Retained one) {
        var kept = kept(one);
        if (kept.isEmpty()) return new Rule(one.dataClass(), null, null, 0, null);
        var before = clock.instant().minus(kept.get());
        var aged = one.olderThan(before);
        return new Rule(one.dataClass(), kept.get().toDays(), before, aged.count(), aged.oldest());
    }

    private Optional<Duration> kept(Retained one) {
        return set.getOrDefault(one.dataClass(), one.keptByDefault());
    }

    /** Removes what is due, class by class, whatever fails in another; the rules as they were before. */
    public List<Rule> apply() {
        var rules = dryRun();
        RuntimeException failure = null;
        for (var one : classes) {
            var kept = kept(one);
            if (kept.isEmpty()) continue;
            var before = clock.instant().minus(kept.get());
            try {
                long removed = one.remove(before);
                if (removed > 0)
                    audit.record(
                            "retention.applied",
                            "data " + one.dataClass(),
                            "%d removed, older than %d days"
                                    .formatted(removed, kept.get().toDays()));
            } catch (RuntimeException e) {
                LOG.error("{} older than {} cannot be removed; the other classes are", one.dataClass(), before, e);
                if (failure == null) failure = e;
                else failure.addSuppressed(e);
            }
        }
        if (failure != null) throw failure;
        return rules;
    }

    @Override
    public String name() {
        return "retention";
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(at);
    }

    @Override
    public void run(String instance) {
        apply();
    }
}
