package io.rekindle.models.value;

import io.rekindle.models.SharedData;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The CDNOW 1/10 sample of Fader and Hardie: 2,357 customers, calibration to 1997-09-30, time in weeks. */
final class Cdnow {
    static final LocalDate CALIBRATION_END = LocalDate.of(1997, 9, 30);

    private Cdnow() {}

    /** From the log of 6,919 transactions. */
    static RecencyFrequency fromLog() {
        List<String> rows = SharedData.rows("cdnow/cdnowElog.csv");
        int[] customer = new int[rows.size()];
        long[] day = new long[rows.size()];
        double[] amount = new double[rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            String[] field = rows.get(i).split(",");
            customer[i] = Integer.parseInt(field[1]) - 1;
            day[i] = LocalDate.parse(field[2], DateTimeFormatter.BASIC_ISO_DATE).toEpochDay();
            amount[i] = Double.parseDouble(field[4]);
        }
        return RecencyFrequency.fromTransactions(customer, day, amount, 7, CALIBRATION_END.toEpochDay());
    }

    /** From the summary the authors publish, times and means rounded to two decimals. */
    static RecencyFrequency published() {
        List<String> rows = SharedData.rows("cdnow/cdnow_customers_summary_with_transactions.csv");
        int n = rows.size();
        int[] x = new int[n];
        double[] tx = new double[n];
        double[] age = new double[n];
        double[] spend = new double[n];
        for (int i = 0; i < n; i++) {
            String[] field = rows.get(i).split(",");
            x[i] = Integer.parseInt(field[1]);
            tx[i] = Double.parseDouble(field[2]);
            age[i] = Double.parseDouble(field[3]);
            spend[i] = Double.parseDouble(field[4]);
        }
        return RecencyFrequency.of(x, tx, age, spend);
    }
}
