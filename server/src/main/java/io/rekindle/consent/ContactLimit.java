package io.rekindle.consent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How many messages one customer gets at most, over all campaigns, within every run of so many days. All limits hold at
 * once; what is transactional counts in none.
 *
 * @param category only messages of this category count; null: all
 * @param channel only messages over this channel count; null: all
 * @param window the days, of the company's zone
 * @param most 0 to 1,000; 0: none at all
 */
public record ContactLimit(
        long id, @Nullable Category category, @Nullable String channel, Window window, int most) {
    static final int LONGEST = 30;

    /** So many days one after the other, wherever they begin. */
    public enum Window {
        DAY(1),
        WEEK(7),
        MONTH(LONGEST);

        private final int days;

        Window(int days) {
            this.days = days;
        }

        public int days() {
            return days;
        }

        /** As shown. */
        @JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads the shown form; an {@link IllegalArgumentException} lists what there is. */
        @JsonCreator
        public static Window of(String code) {
            return Arrays.stream(values())
                    .filter(window -> window.code().equals(code))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'%s' is no window; there are day, week, month".formatted(code)));
        }

        static Window ofDays(int days) {
            for (var window : values()) if (window.days == days) return window;
            throw new IllegalArgumentException("there is no window of %d days".formatted(days));
        }
    }
}
