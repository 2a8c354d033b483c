package io.rekindle.bench.clv;

import com.sun.management.OperatingSystemMXBean;
import io.rekindle.bench.Measure;
import io.rekindle.models.numeric.Minimizer;
import io.rekindle.models.value.BgNbd;
import io.rekindle.models.value.GammaGamma;
import io.rekindle.models.value.RecencyFrequency;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.hipparchus.special.Gamma;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Processor time of fitting BG/NBD and Gamma-Gamma and scoring every customer, beside an implementation as one would write
 * it down from the papers: row by row, nothing shared between equal rows, differences for gradients. The time is that of
 * the whole process, compiler and garbage collection included, from arrays to scores, without warm-up. The baseline is run
 * on fewer customers and its time multiplied: it goes by the row.
 */
@Command(
        name = "clv",
        mixinStandardHelpOptions = true,
        description = "BG/NBD and Gamma-Gamma, fit and score, against a straightforward implementation row by row.")
public final class ClvBench implements Callable<Integer> {
    /** The published parameters of CDNOW. */
    private static final BgNbd BUYING = BgNbd.of(.2425945, 4.4136019, .7929199, 2.4258881);

    private static final GammaGamma SPENDING = GammaGamma.of(6.25, 3.74, 15.44);
    private static final double HORIZON = 39;

    @Option(names = "--customers", description = "simulated customers (default: ${DEFAULT-VALUE})")
    private int customers = 1_000_000;

    @Option(
            names = "--baseline-customers",
            description = "customers of them the baseline is run on (default: ${DEFAULT-VALUE})")
    private int baselineCustomers = 50_000;

    @Option(names = "--seed", description = "of the simulation (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--json", description = "print the measures as JSON")
    private boolean json;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ClvBench()).execute(arguments));
    }

    /** The customers as plain columns. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Columns(int[] frequency, double[] recency, double[] age, double[] spend) {
        Columns first(int n) {
            return new Columns(
                    Arrays.copyOf(frequency, n),
                    Arrays.copyOf(recency, n),
                    Arrays.copyOf(age, n),
                    Arrays.copyOf(spend, n));
        }
    }

    @Override
    public Integer call() {
        baselineCustomers = Math.min(baselineCustomers, customers);
        var columns = simulated();
        long from = cpu();
        double[] values = score(columns);
        double ours = (cpu() - from) / 1e9;
        from = cpu();
        double[] same = scoreRowByRow(columns.first(baselineCustomers));
        double baseline = (cpu() - from) / 1e9 * customers / baselineCustomers;
        if (!json)
            System.err.printf(
                    "value of all customers %,.0f; of the first %,d: %,.0f, by the baseline's own fit on them %,.0f%n",
                    sum(values, customers),
                    baselineCustomers,
                    sum(values, baselineCustomers),
                    sum(same, baselineCustomers));
        Measure.print(
                List.of(Measure.of(
                        "BG/NBD and Gamma-Gamma, fit and score, %,d customers; baseline: row by row, on %,d scaled up"
                                .formatted(customers, baselineCustomers),
                        ours,
                        "CPU s",
                        baseline)),
                json);
        return Measure.promised(customers > 1_000_000 || ours < 2.5, "a million customers take under 2.5 CPU s");
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static double sum(double[] values, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) sum += values[i];
        return sum;
    }

    private static double[] score(Columns columns) {
        var data = RecencyFrequency.of(columns.frequency, columns.recency, columns.age, columns.spend);
        var purchases = BgNbd.fit(data);
        var spend = GammaGamma.fit(data);
        double[] value = purchases.expectedPurchases(data, HORIZON);
        double[] alive = purchases.pAlive(data);
        double[] worth = spend.expectedSpend(data);
        for (int i = 0; i < value.length; i++) {
            if (!(alive[i] >= 0)) throw new IllegalStateException("customer %d has no P(alive)".formatted(i));
            value[i] *= worth[i];
        }
        return value;
    }

    /** The papers' formulas, a row at a time; time in weeks. */
    private static double[] scoreRowByRow(Columns c) {
        int n = c.frequency.length;
        double[] low = {-9, -14, -9, -9};
        double[] high = {9, 14, 9, 9};
        var buying = Minimizer.minimize(
                        byDifferences(point -> {
                            double r = Math.exp(point[0]);
                            double alpha = Math.exp(point[1]);
                            double a = Math.exp(point[2]);
                            double b = Math.exp(point[3]);
                            double sum = 0;
                            for (int i = 0; i < n; i++) {
                                double x = c.frequency[i];
                                double logStayed = -(r + x) * Math.log(alpha + c.age[i]);
                                double last = x == 0
                                        ? 0
                                        : Math.exp(Math.log(a / (b + x - 1))
                                                - (r + x) * Math.log(alpha + c.recency[i])
                                                - logStayed);
                                sum += Gamma.logGamma(r + x)
                                        - Gamma.logGamma(r)
                                        + r * point[1]
                                        + Gamma.logGamma(a + b)
                                        + Gamma.logGamma(b + x)
                                        - Gamma.logGamma(b)
                                        - Gamma.logGamma(a + b + x)
                                        + logStayed
                                        + Math.log1p(last);
                            }
                            return -sum / n;
                        }),
                        new double[] {0, 1, 0, 0},
                        low,
                        high)
                .point();
        var spending = Minimizer.minimize(
                        byDifferences(point -> {
                            double p = Math.exp(point[0]);
                            double q = Math.exp(point[1]);
                            double gamma = Math.exp(point[2]);
                            double sum = 0;
                            int rows = 0;
                            for (int i = 0; i < n; i++) {
                                double x = c.frequency[i];
                                if (x == 0) continue;
                                rows++;
                                sum += Gamma.logGamma(p * x + q)
                                        - Gamma.logGamma(p * x)
                                        - Gamma.logGamma(q)
                                        + q * point[2]
                                        + (p * x - 1) * Math.log(c.spend[i])
                                        + p * x * Math.log(x)
                                        - (p * x + q) * Math.log(gamma + c.spend[i] * x);
                            }
                            return -sum / rows;
                        }),
                        new double[] {1, 1, 2},
                        new double[] {-7, .1, -12},
                        new double[] {9, 9, 12})
                .point();
        double r = Math.exp(buying[0]);
        double alpha = Math.exp(buying[1]);
        double a = Math.exp(buying[2]);
        double b = Math.exp(buying[3]);
        double p = Math.exp(spending[0]);
        double q = Math.exp(spending[1]);
        double gamma = Math.exp(spending[2]);
        double[] value = new double[n];
        for (int i = 0; i < n; i++) {
            double x = c.frequency[i];
            double age = c.age[i];
            double odds = x == 0 ? 0 : a / (b + x - 1) * Math.pow((alpha + age) / (alpha + c.recency[i]), r + x);
            double expected = (a + b + x - 1)
                    / (a - 1)
                    * (1
                            - Math.pow((alpha + age) / (alpha + age + HORIZON), r + x)
                                    * hypergeometric(r + x, b + x, a + b + x - 1, HORIZON / (alpha + age + HORIZON)))
                    / (1 + odds);
            double worth = x == 0 ? p * gamma / (q - 1) : p * (gamma + c.spend[i] * x) / (p * x + q - 1);
            value[i] = expected * worth;
        }
        return value;
    }

    private static double hypergeometric(double a, double b, double c, double z) {
        double term = 1;
        double sum = 1;
        for (int k = 0; k < 10_000 && Math.abs(term) > 1e-15 * Math.abs(sum); k++) {
            term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z;
            sum += term;
        }
        return sum;
    }

    private interface Function {
        double at(double[] point);
    }

    private static Minimizer.Objective byDifferences(Function function) {
        return (point, gradient) -> {
            for (int i = 0; i < point.length; i++) {
                double[] above = point.clone();
                double[] below = point.clone();
                above[i] += 1e-5;
                below[i] -= 1e-5;
                gradient[i] = (function.at(above) - function.at(below)) / 2e-5;
            }
            return function.at(point);
        };
    }

    /** Customers who joined over twelve weeks and were observed to the end of the 39th, by the day, as CDNOW's. */
    private Columns simulated() {
        var random = new SplittableRandom(seed);
        var columns =
                new Columns(new int[customers], new double[customers], new double[customers], new double[customers]);
        for (int i = 0; i < customers; i++) {
            int days = 39 * 7 - random.nextInt(84);
            double rate = gamma(random, BUYING.r()) / BUYING.alpha() / 7;
            double first = gamma(random, BUYING.a());
            double leaves = first / (first + gamma(random, BUYING.b()));
            double scale = gamma(random, SPENDING.q()) / SPENDING.gamma();
            int last = 0;
            double spent = 0;
            double time = 0;
            while (true) {
                time += -Math.log1p(-random.nextDouble()) / rate;
                if (!(time < days)) break;
                int day = (int) Math.ceil(time);
                // Two purchases on a day are one.
                if (day > last) {
                    columns.frequency[i]++;
                    spent += gamma(random, SPENDING.p()) / scale;
                }
                last = day;
                if (random.nextDouble() < leaves) break;
            }
            columns.recency[i] = last / 7.0;
            columns.age[i] = days / 7.0;
            columns.spend[i] = columns.frequency[i] == 0 ? 0 : spent / columns.frequency[i];
        }
        return columns;
    }

    /** Marsaglia and Tsang, rate 1. */
    private static double gamma(SplittableRandom random, double shape) {
        if (shape < 1) return gamma(random, shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double cube = Math.pow(1 + c * normal, 3);
            if (cube > 0 && Math.log(1 - random.nextDouble()) < normal * normal / 2 + d - d * cube + d * Math.log(cube))
                return d * cube;
        }
    }
}
