package io.rekindle.deliver.web;

import io.rekindle.common.Page;
import io.rekindle.deliver.MessageState;
import io.rekindle.deliver.Messages;
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

    MessagesResource(Messages messages) {
        this.messages = messages;
    }

    /** How a message in doubt is settled: {@code sent} or {@code failed}. */
    record Settlement(MessageState state) {}

    @GetMapping("/messages")
    @PreAuthorize("hasRole('VIEWER')")
    Page<Messages.Message> list(
            @RequestParam @Nullable Long campaignId,
            @RequestParam @Nullable String state,
            @RequestParam(defaultValue = "-9223372036854775808") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        return messages.list(
                campaignId, state == null ? null : MessageState.of(state), cursor, Math.clamp(limit, 1, 500));
    }

    @PostMapping("/messages/{id}/settle")
    @PreAuthorize("hasRole('PLANNER')")
    Messages.Message settle(@PathVariable long id, @RequestBody Settlement settlement) {
        return messages.settle(id, settlement.state());
    }

    @GetMapping("/campaigns/{id}/progress")
    @PreAuthorize("hasRole('VIEWER')")
    Messages.Progress progress(@PathVariable long id) {
        return messages.progress(id);
    }
}
