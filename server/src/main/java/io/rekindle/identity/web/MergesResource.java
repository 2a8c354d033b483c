package io.rekindle.identity.web;

import io.rekindle.common.CustomerId;
import io.rekindle.common.Page;
import io.rekindle.identity.Link;
import io.rekindle.identity.Merges;
import io.rekindle.platform.Problem;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The journal of merges; merging and un-merging by hand. */
@RestController
@RequestMapping("/api/identity/merges")
class MergesResource {
    private final Merges merges;

    MergesResource(Merges merges) {
        this.merges = merges;
    }

    /**
     * One entry. Identifiers are named by type and hash.
     *
     * @param event the place in the log that says so
     */
    record MergeView(
            long number,
            String rule,
            String leftType,
            CustomerId leftId,
            String rightType,
            CustomerId rightId,
            @Nullable Double probability,
            long event,
            Instant at,
            @Nullable String by,
            CustomerId winner,
            CustomerId loser,
            boolean merged,
            @Nullable Instant undoneAt,
            @Nullable String undoneBy) {
        static MergeView of(Merges.Entry entry) {
            var link = entry.link();
            return new MergeView(
                    link.number(),
                    link.rule().code(),
                    link.left().type().code(),
                    link.left().id(),
                    link.right().type().code(),
                    link.right().id(),
                    link.score(),
                    link.seq(),
                    link.at(),
                    entry.by(),
                    link.winner(),
                    link.loser(),
                    link.merged(),
                    link.undone(),
                    entry.undoneBy());
        }
    }

    /** @param reason why they are one person, without naming them: it stays in the audit trail */
    record MergeRequest(
            @Nullable CustomerId customerId,
            @Nullable CustomerId otherCustomerId,
            @Nullable String reason) {}

    /**
     * @param customer only entries that concern this customer
     * @param rule same_event, probable_match, by_hand or before_journal
     * @param all also first sights of an identifier beside a known one
     */
    @GetMapping
    @PreAuthorize("hasRole('ANALYST')")
    Page<MergeView> list(
            @RequestParam(required = false) @Nullable CustomerId customer,
            @RequestParam(required = false) @Nullable String rule,
            @RequestParam(defaultValue = "false") boolean all,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf(
                "rule",
                rule,
                Arrays.stream(Link.Rule.values()).map(Link.Rule::code).toList());
        var page = merges.journal(
                customer, rule == null ? null : Link.Rule.valueOf(rule.toUpperCase(Locale.ROOT)), !all, cursor, limit);
        return new Page<>(page.items().stream().map(MergeView::of).toList(), page.nextCursor());
    }

    /** One entry. Problems: identity_merge_not_found. */
    @GetMapping("/{number}")
    @PreAuthorize("hasRole('ANALYST')")
    MergeView get(@PathVariable long number) {
        return merges.get(number)
                .map(MergeView::of)
                .orElseThrow(() -> Problem.notFound("identity_merge_not_found", "there is no merge {number}")
                        .with("number", number));
    }

    /** Makes one customer of two. Problems: identity_merge_incomplete, customer_not_found, identity_already_one. */
    @PostMapping
    @PreAuthorize("hasRole('PLANNER')")
    MergeView merge(@RequestBody MergeRequest request) {
        var one = request.customerId();
        var other = request.otherCustomerId();
        if (one == null || other == null)
            throw Problem.invalid("identity_merge_incomplete", "a merge needs customerId and otherCustomerId");
        return MergeView.of(merges.mergeByHand(one, other, request.reason() == null ? "" : request.reason()));
    }

    record UndoRequest(@Nullable String rule, @Nullable Instant from) {}

    record Undone(int undone) {}

    /** Takes back every merge by one rule that was made from an instant on. Problems: identity_undo_incomplete. */
    @PostMapping("/undo")
    @PreAuthorize("hasRole('PLANNER')")
    Undone undoAll(@RequestBody UndoRequest request) {
        var rule = request.rule();
        var from = request.from();
        if (rule == null
                || from == null
                || !List.of("probable_match", "by_hand").contains(rule))
            throw Problem.invalid(
                    "identity_undo_incomplete", "name the rule (probable_match or by_hand) and from which instant on");
        return new Undone(merges.undoAll(Link.Rule.valueOf(rule.toUpperCase(Locale.ROOT)), from));
    }

    /** Takes a merge back. Problems: identity_merge_not_found, identity_merge_undone. */
    @PostMapping("/{number}/undo")
    @PreAuthorize("hasRole('PLANNER')")
    MergeView undo(@PathVariable long number) {
        return MergeView.of(merges.undo(number));
    }
}
