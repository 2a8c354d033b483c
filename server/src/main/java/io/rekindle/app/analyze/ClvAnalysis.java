package io.rekindle.app.analyze;

import io.rekindle.models.Fit;
import io.rekindle.models.Parameter;
import io.rekindle.models.value.BgNbd;
import io.rekindle.models.value.GammaGamma;
import io.rekindle.models.value.RecencyFrequency;
import io.rekindle.platform.Problem;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze clv}: what each customer will buy and be worth. */
@Command(
        name = "clv",
        description = {
            "What each customer will buy and be worth, from a log of purchases.",
            "Fields: customer, time, amount (optional). Rows: customer, frequency, recency, age, expectedPurchases, pAlive, expectedSpend, value."
        },
        mixinStandardHelpOptions = true)
final class ClvAnalysis extends Analysis {
    private static final Field CUSTOMER = Field.key("customer");
    private static final Field TIME = Field.time("time");
    private static final Field AMOUNT = Field.number("amount").optional();
    private static final Pattern LENGTH = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([dwmy])");

    /** The unit of time the model's parameters and the rows are in. */
    enum Unit {
        DAY(1),
        WEEK(7);

        final int days;

        Unit(int days) {
            this.days = days;
        }
    }

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = "--unit", description = "Unit of time: day or week (default: week).")
    private Unit unit = Unit.WEEK;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description =
                    "Last day to learn from; what comes later is predicted and compared (default: the last day of the file).")
    private @Nullable LocalDate until;

    @Option(
            names = "--horizon",
            required = true,
            paramLabel = "LENGTH",
            description = "How far to look ahead: 39w, 90d, 12m or 1y.")
    @SuppressWarnings("NullAway.Init")
    private String horizon;

    /** A fitted model as it goes to JSON. */
    record Model(
            String name, Map<String, Double> parameters, double logLikelihood, Map<String, Double> standardErrors) {
        static Model of(String name, Fit fit) {
            var parameters = new LinkedHashMap<String, Double>();
            var errors = new LinkedHashMap<String, Double>();
            for (Parameter parameter : fit.parameters()) {
                parameters.put(parameter.name(), parameter.value());
                errors.put(parameter.name(), parameter.standardError());
            }
            return new Model(name, parameters, fit.logLikelihood(), errors);
        }
    }

    record Spend(double p, double q, double gamma, double logLikelihood) {}

    record Results(Model model, @Nullable Spend spend, double horizon, String unit, String until) {}

    @Override
    Outcome analyse(Progress progress) {
        double ahead = days(horizon) / unit.days;
        var rows = input.read(List.of(CUSTOMER, TIME, AMOUNT), progress);
        var customers = rows.keys(CUSTOMER);
        var days = rows.days(TIME);
        var amounts = rows.has(AMOUNT) ? rows.numbers(AMOUNT) : new double[rows.size()];
        int[] kept = java.util.stream.IntStream.range(0, rows.size())
                .filter(i -> customers.has(i) && days[i] != DataRows.NO_TIME && !Double.isNaN(amounts[i]))
                .toArray();
        var card = new Card();
        card.read(
                input.fileName(),
                rows.size(),
                kept.length,
                List.of(new Card.LeftOut("rows without customer, time or amount", rows.size() - kept.length)));
        if (kept.length == 0) throw Problem.invalid("no_purchases", "no row has a customer, a time and an amount");
        long last = Arrays.stream(kept).mapToLong(i -> days[i]).max().orElseThrow();
        long end = until == null ? last : until.toEpochDay();
        var data = RecencyFrequency.fromTransactions(
                Arrays.stream(kept).map(i -> customers.codes()[i]).toArray(),
                Arrays.stream(kept).mapToLong(i -> days[i]).toArray(),
                Arrays.stream(kept).mapToDouble(i -> amounts[i]).toArray(),
                unit.days,
                end);
        progress.begin("fitting BG/NBD");
        var model = BgNbd.fit(data);
        var fit = model.fit().orElseThrow();
        progress.end("%,d customers".formatted(data.size()));
        var spend = rows.has(AMOUNT) ? GammaGamma.fit(data) : null;
        var expected = model.expectedPurchases(data, ahead);
        var alive = model.pAlive(data);
        var worth = new double[data.size()];
        Arrays.fill(worth, Double.NaN);
        if (spend != null) worth = spend.expectedSpend(data);
        var expectedSpend = worth;
        var table = ResultRows.of(data.size())
                .text("customer", i -> customers.names().get(data.customer(i)))
                .count("frequency", data::frequency)
                .decimal("recency", data::recency)
                .decimal("age", data::age)
                .decimal("expectedPurchases", expected)
                .decimal("pAlive", alive)
                .decimal("expectedSpend", expectedSpend)
                .decimal("value", i -> expected[i] * expectedSpend[i]);
        var words = new ArrayList<String>();
        words.add("BG/NBD on %,d customers, log-likelihood %.4f".formatted(data.size(), fit.logLikelihood()));
        return new Outcome(
                new Results(
                        Model.of("bgnbd", fit),
                        spend == null ? null : new Spend(spend.p(), spend.q(), spend.gamma(), spend.logLikelihood()),
                        ahead,
                        unit.name().toLowerCase(Locale.ROOT),
                        LocalDate.ofEpochDay(end).toString()),
                words,
                table,
                List.of(),
                card);
    }

    private static double days(String length) {
        var match = LENGTH.matcher(length.strip().toLowerCase(Locale.ROOT));
        if (!match.matches())
            throw Problem.invalid(
                    "length_invalid",
                    "--horizon '%s' is no length of time; write 39w, 90d, 12m or 1y".formatted(length));
        double number = Double.parseDouble(match.group(1));
        return number
                * switch (match.group(2)) {
                    case "d" -> 1;
                    case "w" -> 7;
                    case "m" -> 365.25 / 12;
                    default -> 365.25;
                };
    }
}
