package io.rekindle.deliver.web;

import io.rekindle.common.Page;
import io.rekindle.deliver.MailServer;
import io.rekindle.deliver.MessageState;
import io.rekindle.deliver.Messages;
import io.rekindle.plan.CampaignState;
import io.rekindle.plan.Campaigns;
import io.rekindle.platform.Problem;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The messages of the outbox. */
@RestController
@RequestMapping("/api")
class MessagesResource {
    private final Messages messages;
    private final Campaigns campaigns;
    private final MailServer mailServer;

    MessagesResource(Messages messages, Campaigns campaigns, MailServer mailServer) {
        this.messages = messages;
        this.campaigns = campaigns;
        this.mailServer = mailServer;
    }

    /**
     * Where a campaign is, and its messages by state; opened, clicked and unsubscribed by people only.
     *
     * @param hold why what is still to be sent waits: the mail server refuses us; null when it does not
     */
    record ProgressAnswer(
            CampaignState state,
            long ready,
            long sending,
            long sent,
            long delivered,
            long failed,
            long skipped,
            long inDoubt,
            long deferred,
            long opened,
            long clicked,
            long unsubscribed,
            MailServer.@Nullable Hold hold) {
        private static ProgressAnswer of(
                CampaignState state, Messages.Progress progress, Optional<MailServer.Hold> hold) {
            boolean waits = progress.ready() + progress.deferred() > 0;
            return new ProgressAnswer(
                    state,
                    progress.ready(),
                    progress.sending(),
                    progress.sent(),
                    progress.delivered(),
                    progress.failed(),
                    progress.skipped(),
                    progress.inDoubt(),
                    progress.deferred(),
                    progress.opened(),
                    progress.clicked(),
                    progress.unsubscribed(),
                    waits ? hold.orElse(null) : null);
        }
    }

    /** How a message in doubt is settled: {@code sent} or {@code failed}. */
    record Settlement(MessageState state) {}

    @GetMapping("/messages")
    @PreAuthorize("hasRole('ANALYST')")
    Page<Messages.Message> list(
            @RequestParam @Nullable Long campaignId,
            @RequestParam @Nullable String state,
            @RequestParam(defaultValue = "-9223372036854775808") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf(
                "state",
                state,
                Arrays.stream(MessageState.values()).map(MessageState::code).toList());
        return messages.list(campaignId, state == null ? null : MessageState.of(state), cursor, limit);
    }

    @PostMapping("/messages/{id}/settle")
    @PreAuthorize("hasRole('PLANNER')")
    Messages.Message settle(
            @Parameter(schema = @Schema(type = "string")) @PathVariable long id, @RequestBody Settlement settlement) {
        return messages.settle(id, settlement.state());
    }

    @GetMapping("/campaigns/{id}/progress")
    @PreAuthorize("hasRole('VIEWER')")
    ProgressAnswer progress(@PathVariable long id) {
        return ProgressAnswer.of(campaigns.get(id).state(), messages.progress(id), mailServer.hold());
    }
}
