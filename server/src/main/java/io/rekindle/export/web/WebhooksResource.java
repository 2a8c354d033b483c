package io.rekindle.export.web;

import io.rekindle.common.Page;
import io.rekindle.export.Webhook;
import io.rekindle.export.Webhooks;
import io.rekindle.platform.Problem;
import java.util.Arrays;
import java.util.List;
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
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Who is told of events, and what became of it. */
@RestController
@RequestMapping("/api/webhooks")
@PreAuthorize("hasRole('ADMIN')")
class WebhooksResource {
    private final Webhooks webhooks;

    WebhooksResource(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    /**
     * @param deliveries which to send again; without them all in the state
     * @param state dead (if nothing is said) or delivered
     */
    record ReplayRequest(@Nullable List<Long> deliveries, Webhook.@Nullable DeliveryState state) {}

    record Replayed(int deliveries) {}

    @GetMapping
    Page<Webhook> list() {
        return new Page<>(webhooks.list(), null);
    }

    @GetMapping("/{id}")
    Webhook get(@PathVariable long id) {
        return webhooks.get(id);
    }

    /** The secret is in this answer and never again. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Webhook.Made create(@RequestBody Webhook.Draft draft) {
        return webhooks.create(draft);
    }

    @PutMapping("/{id}")
    Webhook update(@PathVariable long id, @RequestBody Webhook.Draft draft) {
        return webhooks.update(id, draft);
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable long id) {
        webhooks.delete(id);
    }

    /** The secret is in this answer and never again; the earlier one signs beside it for a day. */
    @PostMapping("/{id}/secret")
    Webhook.Secret renewSecret(@PathVariable long id) {
        return webhooks.renewSecret(id);
    }

    @GetMapping("/{id}/deliveries")
    Page<Webhook.Delivery> deliveries(
            @PathVariable long id,
            @RequestParam @Nullable String state,
            @RequestParam(defaultValue = "9223372036854775807") long cursor,
            @RequestParam(defaultValue = "50") int limit) {
        Problem.requireOneOf(
                "state",
                state,
                Arrays.stream(Webhook.DeliveryState.values())
                        .map(Webhook.DeliveryState::code)
                        .toList());
        return webhooks.deliveries(id, state == null ? null : Webhook.DeliveryState.of(state), cursor, limit);
    }

    @PostMapping("/{id}/replay")
    Replayed replay(@PathVariable long id, @RequestBody ReplayRequest request) {
        return new Replayed(webhooks.replay(
                id, request.deliveries(), request.state() == null ? Webhook.DeliveryState.DEAD : request.state()));
    }
}
