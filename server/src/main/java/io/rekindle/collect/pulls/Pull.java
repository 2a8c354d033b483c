package io.rekindle.collect.pulls;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.collect.ImportMapping;
import io.rekindle.collect.Imports;
import io.rekindle.collect.imports.FileLook;
import io.rekindle.platform.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table or a query that are brought in on schedule.
 *
 * @param watermarkColumn grows with every row that is new or changed; null: every pull reads all
 * @param overlap how far before the watermark the next pull begins: seconds of a time, or so much of a number
 * @param watermark the highest value that has come in; null before the first pull
 * @param everyMinutes how often; null when it is daily or by hand only
 * @param dailyAt {@code HH:mm} in the installation's zone; null when it is not daily
 * @param dueAt when it is next; null when it is paused or by hand only
 * @param lastRun null before the first
 */
public record Pull(
        long id,
        String name,
        long databaseId,
        String database,
        @Nullable String table,
        @Nullable String query,
        ImportMapping mapping,
        @Nullable String watermarkColumn,
        long overlap,
        @Nullable String watermark,
        @Nullable Integer everyMinutes,
        @Nullable String dailyAt,
        boolean active,
        @Nullable Instant dueAt,
        @Nullable Run lastRun,
        Instant createdAt,
        String createdBy) {

    /**
     * What a pull is to be; a table or a query, not both.
     *
     * @param overlap ten minutes, or a thousand, when absent
     * @param active yes when absent
     */
    public record Draft(
            String name,
            Long databaseId,
            @Nullable String table,
            @Nullable String query,
            ImportMapping mapping,
            @Nullable String watermarkColumn,
            @Nullable Long overlap,
            @Nullable Integer everyMinutes,
            @Nullable String dailyAt,
            @Nullable Boolean active) {}

    /** Where a time that a pull is done stands. */
    public enum State {
        READING,
        IMPORTING,
        DONE,
        /** What could be used is in; so much could not that the next pull begins where this one did. */
        FAULTY,
        FAILED;

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
     * One time that a pull was done, or tried.
     *
     * @param rows how many were read; null while they are
     * @param from the watermark it began at; null: at the beginning
     * @param to the watermark it led to
     * @param importId null when there was no row, or none yet
     * @param brought how many rows came in; null until they are in
     * @param alreadyThere rows an earlier import had brought
     * @param rejected rows that could not be used
     * @param failureCode stable; null when it did not fail and was not faulty
     * @param failureParameters the values its words name
     */
    public record Run(
            long id,
            long pullId,
            boolean dryRun,
            State state,
            String askedBy,
            Instant beganAt,
            @Nullable Instant endedAt,
            @Nullable Long rows,
            @Nullable String from,
            @Nullable String to,
            @Nullable Long importId,
            Imports.@Nullable State importState,
            @Nullable Long brought,
            @Nullable Long alreadyThere,
            @Nullable Long rejected,
            @Nullable String failureCode,
            @Nullable Map<String, String> failureParameters,
            @Nullable String failure) {}

    /** What is to be looked at. */
    public record Sight(@Nullable String table, @Nullable String query) {}

    /**
     * What would be read.
     *
     * @param watermarks columns a watermark can be of, those first that look like one
     * @param look its first rows, and a guess at the mapping
     */
    public record Preview(List<String> watermarks, FileLook look) {}

    static SourceDatabase.From from(@Nullable String table, @Nullable String query) {
        var named = table == null ? "" : table.strip();
        var written = query == null ? "" : query.strip();
        if (!named.isEmpty() && written.isEmpty()) return new SourceDatabase.Table(named);
        if (!written.isEmpty() && named.isEmpty()) return new SourceDatabase.Query(SourceDatabase.single(written));
        throw Problem.invalid("pull_of_nothing", "name a table, or write a query: one of both");
    }
}
