package io.rekindle.warehouse;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** In which form the result of a query is written to a file. */
public enum FileForm {
    /** Parquet, compressed by zstd. */
    PARQUET(".parquet"),
    /** Comma-separated with a line of names, compressed by gzip. */
    CSV(".csv.gz");

    private final String ending;

    FileForm(String ending) {
        this.ending = ending;
    }

    /** How names of such files end. */
    public String ending() {
        return ending;
    }

    /** As stored and shown. */
    @JsonValue
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the stored form; an {@link IllegalArgumentException} when there is none of that name. */
    @JsonCreator
    public static FileForm of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
