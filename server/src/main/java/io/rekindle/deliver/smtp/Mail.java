package io.rekindle.deliver.smtp;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One mail, ready to be handed over.
 *
 * @param messageId the Message-ID without angle brackets: the same at every attempt, so that a provider, a bounce or a
 *     receiver can tell it again
 * @param returnPath where it comes back to; null: to the sender
 * @param to the recipient's address
 * @param date the Date header
 * @param headers further headers, values in ASCII
 */
public record Mail(
        String messageId,
        @Nullable String returnPath,
        String to,
        String subject,
        String html,
        String text,
        Instant date,
        Map<String, String> headers) {
    public Mail {
        headers = Map.copyOf(headers);
        // A line break in a header would let a customer's name write headers of its own.
        subject = subject.replaceAll("[\\r\\n]+", " ").strip();
    }
}
