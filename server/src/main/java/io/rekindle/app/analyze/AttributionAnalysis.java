package io.rekindle.app.analyze;

import io.rekindle.models.attribution.Attribution;
import io.rekindle.models.attribution.MarkovAttribution;
import io.rekindle.models.attribution.Paths;
import io.rekindle.models.attribution.Shapley;
import io.rekindle.models.attribution.ShapleyAttribution;
import io.rekindle.models.attribution.TouchRule;
import io.rekindle.platform.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze attribution}: which contacts get the credit, by every model side by side. */
@Command(
        name = "attribution",
        description = {
            "Which contacts on the way to a conversion get the credit, by every model side by side.",
            "Either one row for each path, fields: path (channels joined by the separator), conversions, value (optional), nulls (optional).",
            "Or one row for each contact, fields: customer, time, channel, conversion (optional: 1 where it ended in one), value (optional). A conversion ends a path.",
            "Rows: model, channel, conversions, value, share, removalEffect."
        },
        mixinStandardHelpOptions = true)
final class AttributionAnalysis extends Analysis {
    private static final Field PATH = Field.text("path").optional();
    private static final Field CONVERSIONS = Field.number("conversions").optional();
    private static final Field VALUE = Field.number("value").optional();
    private static final Field NULLS = Field.number("nulls").optional();
    private static final Field CUSTOMER = Field.key("customer").optional();
    private static final Field TIME = Field.moment("time").optional();
    private static final Field CHANNEL = Field.key("channel").optional();
    private static final Field CONVERSION = Field.number("conversion").optional();
    /** In microseconds. */
    private static final double DAY = 86_400e6;

    @Mixin
    private InputOptions input = new InputOptions();

    /** Each is taken away from the chain once. */
    private static final int MOST_CHANNELS = 2_000;

    @Option(names = "--separator", description = "Between the channels of a path (default: \"${DEFAULT-VALUE}\").")
    private String separator = ">";

    @Option(names = "--order", description = "Last channels that make a state of the chain: 1, 2 or 3 (default: 1).")
    private int order = 1;

    @Option(
            names = "--half-life",
            paramLabel = "N",
            description =
                    "Of the time decay: days where contacts have times, else contacts (default: 7 days, or 2 contacts).")
    private @Nullable Double halfLife;

    @Option(
            names = "--samples",
            description =
                    "Orders of channels drawn for Shapley over the chain beyond 12 channels (default: ${DEFAULT-VALUE}).")
    private int samples = 500;

    record Part(String channel, double conversions, double value, double share) {}

    record Results(
            long paths,
            double conversions,
            double value,
            double nulls,
            double conversionRate,
            int order,
            int states,
            Map<String, List<Part>> models,
            Map<String, Double> removalEffects) {}

    @Override
    Outcome analyse(Progress progress) {
        var rows = input.read(List.of(PATH, CONVERSIONS, VALUE, NULLS, CUSTOMER, TIME, CHANNEL, CONVERSION), progress);
        var card = new Card();
        boolean timed = !rows.has(PATH);
        if (timed && !(rows.has(CUSTOMER) && rows.has(TIME) && rows.has(CHANNEL)))
            throw input.notMapped(
                    "which columns hold the paths? Say so with --map path=COLUMN,conversions=COLUMN, or for single contacts --map customer=COLUMN,time=COLUMN,channel=COLUMN,conversion=COLUMN");
        if (!timed && !rows.has(CONVERSIONS))
            throw input.notMapped("which column holds conversions? Say so with --map conversions=COLUMN");
        var paths = timed ? fromContacts(rows, card) : fromPaths(rows, card);
        if (paths.count() == 0)
            throw Problem.invalid("no_paths", "no row of %s makes a path".formatted(input.fileName()));
        if (paths.channels().size() > MOST_CHANNELS)
            throw Problem.invalid(
                    "too_many_channels",
                    "%s has %,d different channels, and at most %,d can be compared; is the right column mapped, and the separator (--separator) the right one?"
                            .formatted(input.fileName(), paths.channels().size(), MOST_CHANNELS));
        if (paths.conversions() == 0) card.warn("no_conversions", "no path converted; there is nothing to attribute");
        else if (paths.nulls() == 0)
            card.warn(
                    "no_nulls",
                    "every path converted; what paths without a conversion would tell, the Markov models cannot know");

        double decay = halfLife == null ? (timed ? 7 : 2) : halfLife;
        var models = new LinkedHashMap<String, Attribution>();
        models.put("first", new TouchRule.First().attribute(paths));
        models.put("last", new TouchRule.Last().attribute(paths));
        models.put("linear", new TouchRule.Linear().attribute(paths));
        models.put("timeDecay", new TouchRule.TimeDecay(decay).attribute(paths));
        models.put("position", new TouchRule.Position(.4, .4).attribute(paths));
        progress.begin("removal effects");
        var markov = MarkovAttribution.of(paths, order);
        progress.end("%,d states".formatted(markov.states()));
        models.put("markov", markov.attribution());
        models.put("shapley", ShapleyAttribution.ofPaths(paths));
        int channels = paths.channels().size();
        if (channels <= 63) {
            progress.begin("Shapley over the chain");
            models.put(
                    "shapleyMarkov", ShapleyAttribution.ofChain(paths, order, samples, new SplittableRandom(seed())));
            progress.end(channels <= Shapley.EXACT ? "exact" : "%,d orders".formatted(2 * samples));
            if (channels > Shapley.EXACT)
                card.warn(
                        "sampled",
                        "%d channels are too many to ask every coalition: shapleyMarkov rests on %,d sampled orders"
                                .formatted(channels, 2 * samples));
        } else card.warn("too_many_channels", channels + " channels: shapleyMarkov is left out beyond 63");
        card.warn(
                "not_incremental",
                "attribution divides credit among contacts that were there; what would be missing without them only a held-out group tells");

        var names = List.copyOf(models.keySet());
        var removal = new LinkedHashMap<String, Double>();
        for (var effect : markov.removals()) removal.put(effect.channel(), effect.conversions());
        var parts = new LinkedHashMap<String, List<Part>>();
        for (var name : names) parts.put(name, parts(models.getOrDefault(name, markov.attribution())));
        record Row(String model, Part part) {}
        var all = names.stream()
                .flatMap(name -> parts.getOrDefault(name, List.of()).stream().map(part -> new Row(name, part)))
                .toList();
        var table = ResultRows.of(all.size())
                .text("model", i -> all.get(i).model())
                .text("channel", i -> all.get(i).part().channel())
                .decimal("conversions", i -> all.get(i).part().conversions())
                .decimal("value", i -> all.get(i).part().value())
                .decimal("share", i -> all.get(i).part().share())
                .decimal(
                        "removalEffect",
                        i -> all.get(i).model().equals("markov")
                                ? removal.getOrDefault(all.get(i).part().channel(), Double.NaN)
                                : Double.NaN);

        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,.0f conversions of %,.0f paths (%.4f %%) through %d channels",
                paths.conversions(),
                paths.conversions() + paths.nulls(),
                100 * markov.conversionRate(),
                channels));
        var byShare = parts.getOrDefault("markov", List.of()).stream()
                .sorted(Comparator.comparingDouble(Part::share).reversed())
                .toList();
        for (var part : byShare.stream().limit(12).toList())
            words.add(String.format(
                    Locale.ROOT,
                    "  %s: %.2f %% by removal effect, %.2f %% first, %.2f %% last",
                    part.channel(),
                    100 * part.share(),
                    100 * models.getOrDefault("first", markov.attribution()).share(part.channel()),
                    100 * models.getOrDefault("last", markov.attribution()).share(part.channel())));
        var shown = byShare.stream().limit(15).map(Part::channel).toList();
        var chart = new Chart.BarGroups(
                "Credit by model",
                "Each channel's share of the conversions. Where the models disagree, an experiment is worth its cost.",
                "channel",
                "share",
                shown,
                names.stream()
                        .map(name -> new Chart.Bars(
                                name,
                                shown.stream()
                                        .mapToDouble(channel -> models.getOrDefault(name, markov.attribution())
                                                .share(channel))
                                        .toArray()))
                        .toList());
        return new Outcome(
                new Results(
                        paths.count(),
                        paths.conversions(),
                        paths.value(),
                        paths.nulls(),
                        markov.conversionRate(),
                        order,
                        markov.states(),
                        parts,
                        removal),
                words,
                table,
                List.of(chart),
                card);
    }

    private static List<Part> parts(Attribution attribution) {
        return attribution.credits().stream()
                .map(credit -> new Part(
                        credit.channel(), credit.conversions(), credit.value(), attribution.share(credit.channel())))
                .toList();
    }

    private Paths fromPaths(DataRows rows, Card card) {
        var texts = rows.texts(PATH);
        double[] conversions = rows.numbers(CONVERSIONS);
        double[] value = rows.has(VALUE) ? rows.numbers(VALUE) : new double[rows.size()];
        double[] nulls = rows.has(NULLS) ? rows.numbers(NULLS) : new double[rows.size()];
        var split = Pattern.compile(Pattern.quote(separator.strip().isEmpty() ? separator : separator.strip()));
        var builder = Paths.builder();
        int used = 0;
        for (int row = 0; row < rows.size(); row++) {
            var path = split.splitAsStream(texts.get(row))
                    .map(String::strip)
                    .filter(channel -> !channel.isEmpty())
                    .toList();
            if (path.isEmpty() || Double.isNaN(conversions[row])) continue;
            try {
                builder.add(path, conversions[row], zeroIfNone(value[row]), zeroIfNone(nulls[row]));
            } catch (IllegalArgumentException refused) {
                throw Problem.invalid(
                        "path_refused", "%s, row %d: %s".formatted(input.fileName(), row + 2, refused.getMessage()));
            }
            used++;
        }
        card.read(
                input.fileName(),
                rows.size(),
                used,
                List.of(new Card.LeftOut("rows without a path or conversions", rows.size() - used)));
        return builder.build();
    }

    private static double zeroIfNone(double amount) {
        return Double.isNaN(amount) ? 0 : amount;
    }

    /** A customer's contacts in order of time; a conversion ends a path, what is left at the end led nowhere. */
    private Paths fromContacts(DataRows rows, Card card) {
        var customers = rows.keys(CUSTOMER);
        var channels = rows.keys(CHANNEL);
        long[] moments = rows.moments(TIME);
        rows.warnOfMixedOffsets(TIME, card);
        double[] conversion = rows.has(CONVERSION) ? rows.numbers(CONVERSION) : new double[rows.size()];
        double[] value = rows.has(VALUE) ? rows.numbers(VALUE) : new double[rows.size()];
        Integer[] ordered = IntStream.range(0, rows.size())
                .filter(row -> customers.has(row)
                        && moments[row] != DataRows.NO_TIME
                        && (channels.has(row) || conversion[row] > 0))
                .boxed()
                .toArray(Integer[]::new);
        // At the same moment a contact goes before the conversion; then by channel, so that row order does not matter.
        Arrays.sort(
                ordered,
                Comparator.<Integer>comparingInt(row -> customers.codes()[row])
                        .thenComparingLong(row -> moments[row])
                        .thenComparingDouble(row -> zeroIfNone(conversion[row]))
                        .thenComparing(channels::name)
                        .thenComparingDouble(row -> zeroIfNone(value[row])));
        card.read(
                input.fileName(),
                rows.size(),
                ordered.length,
                List.of(new Card.LeftOut(
                        "rows without customer, time, or both channel and conversion", rows.size() - ordered.length)));
        var builder = Paths.builder();
        var path = new ArrayList<String>();
        var times = new ArrayList<Long>();
        long unreached = 0;
        for (int i = 0; i < ordered.length; i++) {
            int row = ordered[i];
            if (channels.has(row)) {
                path.add(channels.name(row));
                times.add(moments[row]);
            }
            boolean converted = conversion[row] > 0;
            boolean last = i + 1 == ordered.length
                    || customers.codes()[ordered[i + 1]] != customers.codes()[row];
            if (!converted && !last) continue;
            if (!path.isEmpty()) {
                double[] ages = times.stream()
                        .mapToDouble(time -> (moments[row] - time) / DAY)
                        .toArray();
                builder.add(path, ages, converted ? conversion[row] : 0, zeroIfNone(value[row]), converted ? 0 : 1);
            } else unreached++;
            path.clear();
            times.clear();
        }
        if (unreached > 0)
            card.warn(
                    "conversions_without_contact",
                    "%,d conversions had no contact before them and are attributed to none".formatted(unreached));
        return builder.build();
    }
}
