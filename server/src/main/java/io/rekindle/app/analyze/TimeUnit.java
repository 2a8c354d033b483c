package io.rekindle.app.analyze;

import java.util.Locale;

/** The unit of time a model's parameters and its rows are in. */
enum TimeUnit {
    DAY(1),
    WEEK(7);

    final int days;

    TimeUnit(int days) {
        this.days = days;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
