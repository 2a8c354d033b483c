package io.rekindle.collect.pulls;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this machine whose files of a name are brought in when they are complete.
 *
 * @param folder within {@code inbox} of the data folder, or the absolute path of one that the settings allow
 * @param place where that is
 * @param pattern of the files' names, with {@code *} and {@code ?}; of two that fit the older entry holds
 * @param lastFile null before the first
 * @param failureCode why it cannot be looked at now; null when it can
 * @param failureParameters the values the words name
 * @param failingSince since when it cannot
 */
public record WatchedFolder(
        long id,
        String name,
        String folder,
        String place,
        String pattern,
        ImportMapping mapping,
        boolean active,
        @Nullable Taken lastFile,
        @Nullable String failureCode,
        @Nullable Map<String, String> failureParameters,
        @Nullable String failure,
        @Nullable Instant failingSince,
        Instant createdAt,
        String createdBy) {

    /** @param active yes when absent */
    public record Draft(
            String name,
            String folder,
            String pattern,
            ImportMapping mapping,
            @Nullable Boolean active) {}

    /** Where a file that was taken stands; {@code repeated}: a file with the very same content had come in. */
    public enum State {
        TAKEN,
        DONE,
        FAILED,
        REPEATED;

        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static State of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * A file that was taken.
     *
     * @param movedTo where it lies since, in the folder; null until then, and when it was deleted
     * @param importId null when it was not imported
     */
    public record Taken(
            long id,
            long folderId,
            String fileName,
            long bytes,
            State state,
            @Nullable String movedTo,
            @Nullable Long importId,
            Imports.@Nullable State importState,
            @Nullable Long brought,
            @Nullable Long alreadyThere,
            @Nullable Long rejected,
            @Nullable String failureCode,
            @Nullable Map<String, String> failureParameters,
            @Nullable String failure,
            Instant takenAt,
            @Nullable Instant endedAt) {}
}
