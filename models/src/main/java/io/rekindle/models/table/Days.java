package io.rekindle.models.table;

/** What is made of dates: the day as a number, and where it lies in the week and in the year. */
final class Days {
    /** Days in a year of the Gregorian calendar. */
    static final double YEAR = 365.2425;

    private Days() {}

    /** Days since 1970, with the part of the day; NaN where there is no date. */
    static double[] of(Column.Dates column) {
        double[] days = new double[column.size()];
        for (int row = 0; row < days.length; row++)
            days[row] = column.isMissing(row) ? Double.NaN : column.seconds()[row] / 86_400.0;
        return days;
    }

    /** 0 for Monday to 6 for Sunday. */
    static int weekday(double day) {
        return (int) Math.floorMod((long) Math.floor(day) + 3, 7L);
    }

    /** From 0 at about New Year to 1. */
    static double ofYear(double day) {
        double years = day / YEAR;
        return years - Math.floor(years);
    }
}
