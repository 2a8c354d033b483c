package io.rekindle.consent;

import java.time.Duration;
import java.time.LocalTime;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When customers may be written to at all; campaigns can only be stricter.
 *
 * @param allowedWithoutRecord whether a customer who never said yes or no may be written to
 * @param quietFrom from when on nobody is written to for marketing, in the company's zone; absent: no quiet hours
 * @param quietTo until when; before {@code quietFrom} when the quiet hours go over midnight
 * @param contactBudget most marketing messages one customer gets within the window
 * @param contactWindow the window of the contact budget in days of the company's zone, the day of sending among them;
 *     part of a day counts as one
 * @param doubleOptIn whether every agreement to mail holds only when it was confirmed by mail; a country's rules may ask for
 *     it, too
 * @param confirmWithin how long the link of a confirmation works
 */
@ConfigurationProperties("rekindle.consent")
public record ConsentSettings(
        @DefaultValue("false") boolean allowedWithoutRecord,
        @Nullable LocalTime quietFrom,
        @Nullable LocalTime quietTo,
        @DefaultValue("3") int contactBudget,
        @DefaultValue("7d") Duration contactWindow,
        @DefaultValue("false") boolean doubleOptIn,
        @DefaultValue("7d") Duration confirmWithin) {
    @ConstructorBinding
    public ConsentSettings {
        if ((quietFrom == null) != (quietTo == null))
            throw new IllegalArgumentException(
                    "rekindle.consent.quiet-from and rekindle.consent.quiet-to are set together or not at all");
        if (quietFrom != null && quietFrom.equals(quietTo))
            throw new IllegalArgumentException(
                    "rekindle.consent.quiet-from and rekindle.consent.quiet-to are the same: nobody could ever be written to");
        if (contactBudget < 0)
            throw new IllegalArgumentException(
                    "rekindle.consent.contact-budget is negative; 0 means no marketing at all");
        if (contactWindow.isNegative() || contactWindow.isZero())
            throw new IllegalArgumentException("rekindle.consent.contact-window must be longer than nothing");
        if (confirmWithin.isNegative() || confirmWithin.isZero())
            throw new IllegalArgumentException("rekindle.consent.confirm-within must be longer than nothing");
    }

    /** With the defaults of what is about confirming. */
    ConsentSettings(
            boolean allowedWithoutRecord,
            @Nullable LocalTime quietFrom,
            @Nullable LocalTime quietTo,
            int contactBudget,
            Duration contactWindow) {
        this(allowedWithoutRecord, quietFrom, quietTo, contactBudget, contactWindow, false, Duration.ofDays(7));
    }

    /** Whether silence is permission for marketing over a channel, of anybody at all: not where every yes has to be confirmed. */
    boolean takesSilence(String channel) {
        return allowedWithoutRecord && !(doubleOptIn && channel.equals(Permissions.EMAIL));
    }

    int contactDays() {
        return Math.toIntExact(
                Math.ceilDiv(contactWindow.toSeconds(), Duration.ofDays(1).toSeconds()));
    }
}
