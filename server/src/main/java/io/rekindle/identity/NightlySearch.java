package io.rekindle.identity;

import io.rekindle.platform.Job;
import java.time.LocalTime;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Looks for probable matches every night, where the rules say so. */
@Component
class NightlySearch implements Job {
    private final ProbableMatches matches;
    private final IdentityRules rules;

    NightlySearch(ProbableMatches matches, IdentityRules rules) {
        this.matches = matches;
        this.rules = rules;
    }

    @Override
    public String name() {
        return "probable-matches-nightly";
    }

    @Override
    public Optional<LocalTime> daily() {
        return Optional.of(LocalTime.of(4, 30));
    }

    @Override
    public void run(String instance) {
        if (rules.document().probable().daily()) matches.ask(null);
    }
}
