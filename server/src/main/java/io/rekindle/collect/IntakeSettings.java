package io.rekindle.collect;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How intake works.
 *
 * @param messageIdsKept over how many of the latest events at least a repeated message id is recognised; 24 to 48 bytes
 *     of memory each
 * @param maxLag how many events the slowest tail may lie behind before intake answers 429
 * @param phoneRegion ISO 3166 code of the country whose phone numbers are written without a country code; ZZ = none
 * @param personalFields further field names, for all sources, whose values never enter the history
 */
@ConfigurationProperties("rekindle.collect")
public record IntakeSettings(
        @DefaultValue("10000000") int messageIdsKept,
        @DefaultValue("2000000") long maxLag,
        @DefaultValue("ZZ") String phoneRegion,
        @Nullable List<String> personalFields) {
    public IntakeSettings {
        if (messageIdsKept < 1000)
            throw new IllegalArgumentException(
                    "rekindle.collect.message-ids-kept is %d; it needs at least 1000".formatted(messageIdsKept));
        if (maxLag < 1)
            throw new IllegalArgumentException("rekindle.collect.max-lag is %d; it needs at least 1".formatted(maxLag));
    }

    /** The further field names; empty when none are set. */
    public List<String> morePersonalFields() {
        return personalFields == null ? List.of() : personalFields;
    }
}
