package io.rekindle.models.value;

import io.rekindle.models.SharedData;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /** For each row of {@link #fromLog}, on how many days of the 39 weeks after calibration the customer bought. */
    static double[] purchasesAfterCalibration(RecencyFrequency calibration) {
        var days = new HashMap<Integer, Set<String>>();
        for (var row : SharedData.rows("cdnow/cdnowElog.csv")) {
            String[] field = row.split(",");
            if (field[2].compareTo("19970930") > 0)
                days.computeIfAbsent(Integer.parseInt(field[1]) - 1, none -> new HashSet<>())
                        .add(field[2]);
        }
        double[] bought = new double[calibration.size()];
        for (int row = 0; row < bought.length; row++)
            bought[row] = days.getOrDefault(calibration.customer(row), Set.of()).size();
        return bought;
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
