package io.rekindle.identity;

import io.rekindle.collect.Identifier;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many identifiers one customer may gather before a link is refused, and how many customers may claim one identifier.
 * A customer has one user id, for ever. What {@link IdentityRules} says of a type comes before this.
 *
 * @param emails most e-mail addresses linked within the window
 * @param phones most phone numbers linked within the window
 * @param anonymousIds most devices and browsers linked within the window
 * @param window how long a link counts
 * @param compactFrom how many superseded rows the history's identity changes may have until they are written anew at night; 0:
 *     any number
 */
@ConfigurationProperties("rekindle.identity")
public record IdentitySettings(
        @DefaultValue("10") int emails,
        @DefaultValue("10") int phones,
        @DefaultValue("200") int anonymousIds,
        @DefaultValue("365d") Duration window,
        @DefaultValue("100000") long compactFrom) {
    public IdentitySettings {
        if (emails < 1 || phones < 1 || anonymousIds < 1)
            throw new IllegalArgumentException(
                    "rekindle.identity allows %d e-mails, %d phones and %d anonymous ids; each must be at least 1"
                            .formatted(emails, phones, anonymousIds));
        if (window.isNegative() || window.isZero())
            throw new IllegalArgumentException("rekindle.identity.window must be longer than nothing");
        if (compactFrom < 0)
            throw new IllegalArgumentException("rekindle.identity.compact-from must be at least 0, not " + compactFrom);
    }

    int most(Identifier.Type type) {
        return switch (type) {
            case USER_ID -> 1;
            case EMAIL -> emails;
            case PHONE -> phones;
            case WECHAT_UNIONID -> 2;
            case WECHAT_OPENID, MEMBERSHIP_CARD -> 10;
            case CUSTOM -> 20;
            case DEVICE_ID, ANONYMOUS_ID -> anonymousIds;
        };
    }
}
