package io.rekindle.collect;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How intake works.
 *
 * @param messageIdWindow how long a repeated message id is recognised
 * @param messageIdsKept how many of the latest message ids stand in memory, 24 to 48 bytes each; so many are recognised
 *     in any case
 * @param messageIdsOnDisk how many more of the window may stand on disk, about 36 bytes each, and 1.75 of memory
 * @param maxLag how many events the slowest tail may lie behind before intake answers 429
 * @param bodiesInMemory how much memory the bodies of all calls at hand may take together; beyond it intake answers 429
 * @param slowestBody how long the body of a call may take to come
 * @param phoneRegion ISO 3166 code of the country whose phone numbers are written without a country code; ZZ = none
 * @param personalFields further field names, for all sources, whose values never enter the history
 */
@ConfigurationProperties("rekindle.collect")
public record IntakeSettings(
        @DefaultValue("24h") Duration messageIdWindow,
        @DefaultValue("1000000") int messageIdsKept,
        @DefaultValue("200000000") long messageIdsOnDisk,
        @DefaultValue("2000000") long maxLag,
        @DefaultValue("256MB") DataSize bodiesInMemory,
        @DefaultValue("30s") Duration slowestBody,
        @DefaultValue("ZZ") String phoneRegion,
        @Nullable List<String> personalFields) {
    public IntakeSettings {
        if (messageIdsKept < 1000)
            throw new IllegalArgumentException(
                    "rekindle.collect.message-ids-kept is %d; it needs at least 1000".formatted(messageIdsKept));
        if (messageIdWindow.compareTo(Duration.ofMinutes(1)) < 0)
            throw new IllegalArgumentException(
                    "rekindle.collect.message-id-window is %s; it needs at least a minute".formatted(messageIdWindow));
        if (messageIdsOnDisk < 0 || messageIdsOnDisk / messageIdsKept > 10_000)
            throw new IllegalArgumentException(
                    "rekindle.collect.message-ids-on-disk is %d; it needs 0 to 10,000 times message-ids-kept"
                            .formatted(messageIdsOnDisk));
        if (maxLag < 1)
            throw new IllegalArgumentException("rekindle.collect.max-lag is %d; it needs at least 1".formatted(maxLag));
        if (bodiesInMemory.toMegabytes() < 1)
            throw new IllegalArgumentException(
                    "rekindle.collect.bodies-in-memory is %s; it needs at least 1MB".formatted(bodiesInMemory));
        if (slowestBody.compareTo(Duration.ofSeconds(1)) < 0)
            throw new IllegalArgumentException(
                    "rekindle.collect.slowest-body is %s; it needs at least a second".formatted(slowestBody));
    }

    /** The further field names; empty when none are set. */
    public List<String> morePersonalFields() {
        return personalFields == null ? List.of() : personalFields;
    }
}
