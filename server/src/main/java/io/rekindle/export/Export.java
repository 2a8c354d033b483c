package io.rekindle.export;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.warehouse.FileForm;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Files of the history for other systems, made when asked or on schedule.
 *
 * @param personal what profiles have of personal data
 * @param s3 where the files go; null: into the server's own folder of exports, under the export's name
 * @param every null: only when asked
 * @param at at which time of the company's day; null unless {@code every} is a day
 * @param lastRun null when it never ran
 */
public record Export(
        long id,
        String name,
        List<Dataset> data,
        FileForm form,
        Personal personal,
        @Nullable S3 s3,
        @Nullable Every every,
        @Nullable LocalTime at,
        @Nullable Run lastRun,
        Instant createdAt,
        String createdBy) {
    public Export {
        data = List.copyOf(data);
    }

    /** What a user says of one; the secret only where it is new. */
    public record Draft(
            String name,
            List<Dataset> data,
            FileForm form,
            @Nullable Personal personal,
            @Nullable S3 s3,
            @Nullable String s3Secret,
            @Nullable Every every,
            @Nullable LocalTime at) {
        @Override
        public String toString() {
            return "Draft[%s]".formatted(name);
        }
    }

    /**
     * A bucket of S3-compatible storage.
     *
     * @param endpoint e.g. {@code https://s3.eu-central-1.amazonaws.com}
     * @param prefix what the names of files begin with; empty for nothing
     */
    public record S3(String endpoint, String region, String bucket, String prefix, String accessKey) {}

    public enum Personal {
        NONE,
        MASKED,
        CLEAR;

        /** As stored and shown. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static Personal of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    public enum Every {
        HOUR,
        DAY;

        /** As stored and shown. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static Every of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    public enum RunState {
        RUNNING,
        DONE,
        FAILED;

        /** As stored and shown. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static RunState of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * One run.
     *
     * @param startedBy who asked for it; {@code system} when it was its time
     * @param progress how much of it is made, 0 to 1
     * @param failure why it failed, as a code: {@code interrupted}, {@code changed}, {@code storage},
     *     {@code address_not_allowed}, {@code disk}, {@code internal}
     */
    public record Run(
            long id,
            RunState state,
            Instant startedAt,
            String startedBy,
            @Nullable Instant endedAt,
            double progress,
            int files,
            long rows,
            long bytes,
            @Nullable String failure,
            @Nullable String detail) {}

    /**
     * Files in a bucket that no export makes any more and that wait to be deleted there.
     *
     * @param export the name of the export that put them there, as it was then
     * @param files how many
     * @param triedAt when that was tried last; null when it was not yet
     * @param failure what the storage said then; null when it was not tried yet
     */
    public record Leftover(
            long id,
            String export,
            S3 s3,
            long files,
            Instant since,
            @Nullable Instant triedAt,
            @Nullable String failure) {}

    /**
     * A file in the server's own folder.
     *
     * @param name with slashes between folders, e.g. {@code events/day=2026-03-01/events.parquet}
     */
    public record File(String name, long bytes, Instant madeAt) {}
}
