package io.rekindle.identity.web;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.identity.Candidate;
import io.rekindle.identity.ProbableMatches;
import io.rekindle.platform.Problem;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Customers that are probably one person: the queue, and the searches that fill it. */
@RestController
@RequestMapping("/api/identity")
class CandidatesResource {
    private final ProbableMatches matches;

    CandidatesResource(ProbableMatches matches) {
        this.matches = matches;
    }

    /** @param sameNow whether the two are one customer by now */
    record CandidateView(
            long id,
            CustomerId leftId,
            CustomerId rightId,
            boolean sameNow,
            double probability,
            List<Candidate.Evidence> evidence,
            String state,
            Instant foundAt,
            @Nullable Instant decidedAt,
            @Nullable String decidedBy) {}

    record SearchRequest(@Nullable Integer sourceId) {}

    /**
     * @param ids the candidates decided about
     * @param from instead of ids: all open ones of at least this probability
     */
    record DecisionRequest(
            @Nullable List<Long> ids, @Nullable Double from) {}

    record Decided(int decided, long open) {}

    /** @param state open, accepted, rejected or automatic */
    @GetMapping("/candidates")
    @PreAuthorize("hasRole('ANALYST')")
    Page<CandidateView> list(
            @RequestParam(defaultValue = "open") String state,
            @RequestParam(defaultValue = "0") int cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf(
                "state",
                state,
                Arrays.stream(Candidate.State.values())
                        .map(Candidate.State::code)
                        .toList());
        var page = matches.page(Candidate.State.valueOf(state.toUpperCase(Locale.ROOT)), Math.max(0, cursor), limit);
        var today = matches.today(page.items());
        return new Page<>(
                page.items().stream()
                        .map(c -> {
                            var left =
                                    today.getOrDefault(c.left().id(), c.left().id());
                            var right =
                                    today.getOrDefault(c.right().id(), c.right().id());
                            return new CandidateView(
                                    c.id(),
                                    c.left().id(),
                                    c.right().id(),
                                    left.equals(right),
                                    c.probability(),
                                    c.evidence(),
                                    c.state().code(),
                                    c.foundAt(),
                                    c.decidedAt(),
                                    c.decidedBy());
                        })
                        .toList(),
                page.nextCursor());
    }

    /** They are one person: makes one customer of each pair. Problems: identity_decision_incomplete. */
    @PostMapping("/candidates/accept")
    @PreAuthorize("hasRole('PLANNER')")
    Decided accept(@RequestBody DecisionRequest request) {
        return decide(request, true);
    }

    /** They are two people; the pairs do not come up again. Problems: identity_decision_incomplete. */
    @PostMapping("/candidates/reject")
    @PreAuthorize("hasRole('PLANNER')")
    Decided reject(@RequestBody DecisionRequest request) {
        return decide(request, false);
    }

    private Decided decide(DecisionRequest request, boolean same) {
        var ids = request.ids();
        var from = request.from();
        if (ids == null && from != null) ids = matches.openFrom(from);
        if (ids == null)
            throw Problem.invalid("identity_decision_incomplete", "name ids, or from which probability on");
        return new Decided(matches.decide(ids, same), matches.open());
    }

    /** The latest searches. */
    @GetMapping("/searches")
    @PreAuthorize("hasRole('ANALYST')")
    Page<ProbableMatches.Search> searches() {
        return new Page<>(matches.searches(), null);
    }

    /** One search. Problems: identity_search_not_found. */
    @GetMapping("/searches/{id}")
    @PreAuthorize("hasRole('ANALYST')")
    ProbableMatches.Search search(@PathVariable long id) {
        return matches.search(id);
    }

    /** Looks for probable matches now, among all customers or those of a source. */
    @PostMapping("/searches")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @PreAuthorize("hasRole('PLANNER')")
    ProbableMatches.Search search(@RequestBody SearchRequest request) {
        return matches.ask(request.sourceId());
    }
}
