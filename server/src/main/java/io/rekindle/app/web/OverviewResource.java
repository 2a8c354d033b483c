package io.rekindle.app.web;

import io.rekindle.analyse.Analysis;
import io.rekindle.collect.EventLog;
import io.rekindle.collect.Tails;
import io.rekindle.deliver.Messages;
import io.rekindle.platform.BusinessClock;
import io.rekindle.platform.PlatformSettings;
import io.rekindle.profile.Profiles;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The first page: how many customers, who they are by value and stage, what is under way. */
@RestController
@RequestMapping("/api/overview")
class OverviewResource {
    private final Profiles profiles;
    private final EventLog log;
    private final Tails tails;
    private final Analysis analysis;
    private final Messages messages;
    private final BusinessClock clock;
    private final PlatformSettings settings;

    OverviewResource(
            Profiles profiles,
            EventLog log,
            Tails tails,
            Analysis analysis,
            Messages messages,
            BusinessClock clock,
            PlatformSettings settings) {
        this.profiles = profiles;
        this.log = log;
        this.tails = tails;
        this.analysis = analysis;
        this.messages = messages;
        this.clock = clock;
        this.settings = settings;
    }

    record Month(String month, BigDecimal revenue, long orders) {}

    record Overview(
            long customers,
            long events,
            long orders,
            BigDecimal revenue,
            String currency,
            List<Analysis.TierTotal> tiers,
            List<Analysis.StageTotal> stages,
            List<Month> revenueByMonth,
            List<Tails.Lag> tails,
            Messages.Counts messages,
            Instant businessTime) {}

    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Overview overview() {
        var months = analysis.revenueByMonth().stream()
                .map(m -> new Month(m.month().toString(), m.revenue(), m.orders()))
                .toList();
        return new Overview(
                profiles.count(),
                log.lastSeq(),
                months.stream().mapToLong(Month::orders).sum(),
                months.stream().map(Month::revenue).reduce(BigDecimal.ZERO, BigDecimal::add),
                settings.currency(),
                analysis.tierTotals(),
                analysis.stageTotals(),
                months,
                tails.lags(),
                messages.counts(),
                clock.instant());
    }
}
