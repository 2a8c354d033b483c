package io.rekindle.export;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is told of events as they come in.
 *
 * @param url where they are posted to
 * @param events names of track events, and the types of the others ({@code identify}, {@code page} …); {@code *} for all; and
 *     alerts, each by its type: {@code quality.alert.opened}
 * @param withUserId whether the customer's user id, which is personal data, is told
 * @param active whether anything is sent; while not, deliveries wait
 * @param stoppedBecause why it was switched off by itself: {@code gone}
 * @param waiting deliveries that are due or will be tried again
 * @param dead deliveries that were given up
 * @param leftOut events that were not written down because too many waited or were given up already
 * @param leftOutAt when that was last
 */
public record Webhook(
        long id,
        String name,
        String url,
        List<String> events,
        boolean withUserId,
        boolean active,
        @Nullable String stoppedBecause,
        long waiting,
        long dead,
        long leftOut,
        @Nullable Instant leftOutAt,
        @Nullable Instant lastDeliveredAt,
        Instant createdAt,
        String createdBy) {
    public Webhook {
        events = List.copyOf(events);
    }

    /** What a user says of one. */
    public record Draft(
            String name,
            String url,
            List<String> events,
            @Nullable Boolean withUserId,
            @Nullable Boolean active) {}

    /** The secret of a webhook, shown this once. */
    public record Secret(String secret) {
        @Override
        public String toString() {
            return "Secret[hidden]";
        }
    }

    /** A webhook that was just made, and its secret. */
    public record Made(Webhook webhook, String secret) {
        @Override
        public String toString() {
            return "Made[%d, secret]".formatted(webhook.id());
        }
    }

    public enum DeliveryState {
        WAITING,
        DELIVERED,
        DEAD;

        /** As stored and shown. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the stored form; an {@link IllegalArgumentException} when there is none of that name. */
        @JsonCreator
        public static DeliveryState of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * One event for one webhook.
     *
     * @param seq the event's place in the log; below zero: an alert's, which has none
     * @param messageId the header {@code webhook-id}: the same with every attempt
     * @param dueAt when it is tried next; null when it is at its end
     * @param failure what happened last when it was not delivered: {@code status}, {@code no_answer},
     *     {@code address_not_allowed}, {@code host_unknown}, {@code waited_too_long}
     */
    public record Delivery(
            long id,
            String messageId,
            long seq,
            String event,
            DeliveryState state,
            int attempts,
            @Nullable Instant dueAt,
            @Nullable Integer answeredStatus,
            @Nullable String failure,
            Instant madeAt,
            @Nullable Instant endedAt) {}
}
