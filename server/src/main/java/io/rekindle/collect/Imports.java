package io.rekindle.collect;

import com.fasterxml.jackson.annotation.JsonValue;
import io.rekindle.common.Page;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings customers, orders and more in from files. They become events of the log and take the way every event takes. The
 * same rows a second time change nothing, whatever the file is called and however it is packed.
 */
public interface Imports {

    /**
     * An import that is running when the server ends goes on at its next start; {@code interrupted}: its file was not there
     * any more, or another, and what had come in was undone by itself.
     */
    enum State {
        RUNNING,
        DONE,
        FAILED,
        INTERRUPTED,
        UNDONE;

        /** The word it travels by: {@code done}. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Rows that could not be used, by reason. */
    record ReasonCount(String reason, long rows) {}

    /**
     * How a column of the file was understood.
     *
     * @param field the field it was read as; null when it was not used
     */
    record Column(String column, @Nullable String field) {}

    /**
     * What the reader of a report should know.
     *
     * @param code stable: {@code converted} (values: the file's currency, the installation's, the rate, decimals rounded to);
     *     of imports before there were rates {@code other_currency} (values: the file's, the installation's)
     * @param text the same in English
     */
    record Note(String code, List<String> values, String text) {
        public Note {
            values = List.copyOf(values);
        }
    }

    /**
     * What became of a file's rows: {@code rows = lines + cancellations + alreadyThere + rejected}.
     *
     * @param lines rows brought in; of orders without those that take back
     * @param cancellations lines of orders that take back
     * @param alreadyThere rows that an earlier import brought
     * @param orders orders the lines belong to
     * @param customers different customers of the rows brought in
     * @param gross sum over lines
     * @param cancelled sum over cancellations, negative
     * @param encoding name of the character set the text was read in; null for Parquet, which needs none
     * @param columns every column of the file, in its order
     */
    record Report(
            long rows,
            long lines,
            long cancellations,
            long alreadyThere,
            long rejected,
            List<ReasonCount> reasons,
            long orders,
            long customers,
            BigDecimal gross,
            BigDecimal cancelled,
            String currency,
            List<Note> notes,
            @Nullable String encoding,
            List<Column> columns) {
        public Report {
            reasons = List.copyOf(reasons);
            notes = List.copyOf(notes);
            columns = columns == null ? List.of() : List.copyOf(columns);
        }
    }

    /**
     * What brought a file by itself.
     *
     * @param way {@code pull} or {@code folder}
     * @param id the pull's or the watched folder's
     * @param name its name at the time
     */
    record Origin(String way, long id, String name) {}

    /**
     * One import.
     *
     * @param origin what brought its file; null when a person did
     * @param rowsRead how far it has come
     * @param report null while it runs
     * @param failure why it failed or was cut short, in English; null when it did not
     * @param failureCode the same as a stable code
     * @param failureParameters the values its words name
     */
    record Import(
            long id,
            String fileName,
            ImportKind kind,
            @Nullable Origin origin,
            boolean dryRun,
            State state,
            long rowsRead,
            @Nullable Report report,
            @Nullable String failure,
            @Nullable String failureCode,
            @Nullable Map<String, String> failureParameters,
            Instant createdAt,
            String createdBy,
            @Nullable Instant finishedAt) {}

    /**
     * Credit notes that lower no order, or only in part.
     *
     * @param reason {@code no_earlier_order}: the customer had placed none by then; {@code exceeds_orders}: more than was
     *     left of the orders placed by then
     * @param lines how many lines of the notes
     * @param amount what lowers no order, negative, in the currency of the report
     */
    record UnmatchedCredits(String reason, long notes, long lines, BigDecimal amount) {}

    /**
     * Credit notes of a file: lines that take back under a number nobody placed an order by. Which order they are about is
     * worked out from all that has come in, so later files change this.
     *
     * @param amount what they take back, negative
     * @param unmatched what of it found no order to lower, by reason
     */
    record Credits(long notes, BigDecimal amount, List<UnmatchedCredits> unmatched) {
        public Credits {
            unmatched = List.copyOf(unmatched);
        }
    }

    /** A row that could not be used; {@code row} is null for a caller who may not see personal data. */
    record Reject(
            long rowNumber,
            String reason,
            String detail,
            @Nullable String row) {}

    /**
     * Starts an import in the background. The mapping is checked against the file first: a
     * {@link io.rekindle.platform.Problem} {@code import_mapping_invalid} names every fault and the columns there are.
     *
     * @param deleteAfterwards whether the file is deleted once it was read; one that is refused never is
     */
    default Import start(Path file, String fileName, ImportMapping mapping, boolean dryRun, boolean deleteAfterwards) {
        return start(file, fileName, mapping, dryRun, deleteAfterwards, null, 0);
    }

    /**
     * The same of a file that nobody brought by hand.
     *
     * @param run which time of the origin it is: {@link #ofRun} finds the import by it after the server's end
     */
    Import start(
            Path file,
            String fileName,
            ImportMapping mapping,
            boolean dryRun,
            boolean deleteAfterwards,
            @Nullable Origin origin,
            long run);

    /** Refuses a mapping that does not fit a file, as {@link #start} does. */
    void check(Path file, ImportMapping mapping);

    /** The import that one time of an origin led to. */
    Optional<Import> ofRun(String way, long run);

    Import get(long id);

    /** What became of an import's credit notes, as of now; none while it runs, after a dry run and once it is undone. */
    Credits credits(long id);

    /** Latest first. */
    Page<Import> list(long below, int limit);

    /** Rows that could not be used, in their order. */
    Page<Reject> rejects(long id, long after, int limit);

    /**
     * Takes an import back: its lines no longer count, and the file can be imported again. A line that another import
     * had too stays, as that one's. Returns when the history says so.
     */
    Import undo(long id);
}
