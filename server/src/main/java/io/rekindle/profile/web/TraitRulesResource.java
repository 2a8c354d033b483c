package io.rekindle.profile.web;

import io.rekindle.collect.Sources;
import io.rekindle.common.Page;
import io.rekindle.profile.TraitRules;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Conflict rules: whose word stands for a trait when sources disagree. */
@RestController
@RequestMapping("/api/trait-rules")
class TraitRulesResource {
    private final TraitRules rules;
    private final Sources sources;

    TraitRulesResource(TraitRules rules, Sources sources) {
        this.rules = rules;
        this.sources = sources;
    }

    /** @param sources ids of sources, the one whose word counts most first */
    record Ranking(@Nullable List<Integer> sources) {
        List<Integer> ranked() {
            return sources == null ? List.of() : sources;
        }
    }

    record RankedSource(int id, String name) {}

    /** @param sources the one whose word counts most first; empty in a version that took the rule away */
    record RuleAnswer(String trait, long version, List<RankedSource> sources, Instant changedAt, String changedBy) {}

    /** The rules in force. Of every other trait what occurred last stands. */
    @GetMapping
    @PreAuthorize("hasRole('VIEWER')")
    Page<RuleAnswer> list() {
        return answers(rules.list());
    }

    /** Every version of one rule, the latest first. Problem: trait_rule_unknown. */
    @GetMapping("/{trait}/versions")
    @PreAuthorize("hasRole('VIEWER')")
    Page<RuleAnswer> versions(@PathVariable String trait) {
        return answers(rules.versions(trait));
    }

    /**
     * Puts a rule in force for a trait or a personal field; what stands of every customer is chosen anew. Problem:
     * trait_rule_invalid, with every fault at its place.
     */
    @PutMapping("/{trait}")
    @PreAuthorize("hasRole('PLANNER')")
    RuleAnswer put(@PathVariable String trait, @RequestBody Ranking ranking) {
        return answer(rules.put(trait, ranking.ranked()), names());
    }

    /** Takes a rule away: what occurred last stands again. Problem: trait_rule_unknown. */
    @DeleteMapping("/{trait}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @PreAuthorize("hasRole('PLANNER')")
    void drop(@PathVariable String trait) {
        rules.drop(trait);
    }

    /** What a rule would do; without sources: what taking it away would. Nothing is changed. */
    @PostMapping("/{trait}/dry-run")
    @PreAuthorize("hasRole('ANALYST')")
    TraitRules.Effect dryRun(@PathVariable String trait, @RequestBody Ranking ranking) {
        return rules.dryRun(trait, ranking.ranked());
    }

    private Page<RuleAnswer> answers(List<TraitRules.Version> versions) {
        var names = names();
        return new Page<>(versions.stream().map(one -> answer(one, names)).toList(), null);
    }

    private Map<Integer, String> names() {
        var names = new HashMap<Integer, String>();
        for (var source : sources.list()) names.put(source.id(), source.name());
        return names;
    }

    private static RuleAnswer answer(TraitRules.Version version, Map<Integer, String> names) {
        return new RuleAnswer(
                version.trait(),
                version.version(),
                version.sources().stream()
                        .map(id -> new RankedSource(id, names.getOrDefault(id, String.valueOf(id))))
                        .toList(),
                version.changedAt(),
                version.changedBy());
    }
}
