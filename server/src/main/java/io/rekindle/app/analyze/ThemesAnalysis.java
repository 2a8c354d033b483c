package io.rekindle.app.analyze;

import io.rekindle.models.text.Themes;
import io.rekindle.models.text.Themes.Rating;
import io.rekindle.models.text.Themes.Theme;
import io.rekindle.platform.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rekindle analyze themes}: what short texts are about, and which themes go with low ratings. */
@Command(
        name = "themes",
        description = {
            "What short Chinese or English texts are about: themes with their keyphrases and the sentences that say it best; with ratings, which themes go with low ones.",
            "Fields: text, rating (optional, a number).",
            "Rows: theme, phrases, texts, share, praise, rating, ratingOthers, difference, low, high, p, impact, sentence1, sentence2, sentence3."
        },
        mixinStandardHelpOptions = true)
final class ThemesAnalysis extends Analysis {
    private static final Field TEXT = Field.text("text");
    private static final Field RATING = Field.number("rating").optional();
    private static final int NAMED = 3;
    private static final double FEW_THEMED = .5;
    private static final double SIGNIFICANT = .05;

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--themes",
            paramLabel = "N",
            description = "How many (default: as many as the texts show, 4 to 16).")
    private int count;

    @Option(
            names = "--assignments",
            paramLabel = "FILE",
            description = "Write which row speaks of which theme: row, theme, phrases.")
    private @Nullable Path assignments;

    record Found(
            String theme,
            List<String> phrases,
            int texts,
            double share,
            double praise,
            @Nullable Rating rating,
            List<String> sentences) {}

    record Results(int texts, int phrases, int themed, List<Found> themes) {}

    @Override
    Outcome analyse(Progress progress) {
        if (assignments != null) ResultFile.check(assignments, "--assignments", ".csv", ".csv.gz", ".parquet");
        if (count != 0 && (count < 2 || count > 100))
            throw Problem.invalid("themes_invalid", "--themes %d must lie between 2 and 100".formatted(count));
        var rows = input.read(List.of(TEXT, RATING), progress);
        var all = rows.texts(TEXT);
        int[] used = IntStream.range(0, rows.size())
                .filter(i -> !all.get(i).isBlank())
                .toArray();
        var card = new Card();
        card.read(
                input.fileName(),
                rows.size(),
                used.length,
                List.of(new Card.LeftOut("rows without a text", rows.size() - used.length)));
        if (used.length == 0) throw Problem.invalid("no_texts", "no row of %s has a text".formatted(input.fileName()));
        var texts = Arrays.stream(used).mapToObj(all::get).toList();
        double[] rating = ratings(rows, used, card);
        progress.begin("finding themes");
        var themes = Themes.of(texts, rating, count, seed());
        progress.end("%d themes of %d phrases".formatted(themes.themes().size(), themes.phrases()));
        int themed = (int) IntStream.range(0, texts.size())
                .filter(i -> themes.ofText(i).length > 0)
                .count();
        if (themed < FEW_THEMED * texts.size())
            card.warn(
                    "few_themed",
                    "only %,d of %,d texts speak of a theme: they are short, or each says something of its own"
                            .formatted(themed, texts.size()));
        if (assignments != null) write(themes, used, assignments);
        var results = new Results(
                texts.size(),
                themes.phrases(),
                themed,
                themes.themes().stream()
                        .map(theme -> new Found(
                                name(theme),
                                theme.phrases(),
                                theme.texts(),
                                theme.share(),
                                theme.praise(),
                                theme.rating().orElse(null),
                                theme.sentences()))
                        .toList());
        return new Outcome(results, words(results), table(themes.themes()), charts(themes.themes()), card);
    }

    private static double @Nullable [] ratings(DataRows rows, int[] used, Card card) {
        if (!rows.has(RATING)) {
            card.warn(
                    "no_ratings",
                    "no column holds a rating: which themes go with low ones is not known; --map rating=COLUMN");
            return null;
        }
        double[] numbers = rows.numbers(RATING);
        double[] rating = Arrays.stream(used).mapToDouble(i -> numbers[i]).toArray();
        long without = Arrays.stream(rating).filter(Double::isNaN).count();
        if (without == rating.length) {
            card.warn("no_ratings", "no text has a rating: which themes go with low ones is not known");
            return null;
        }
        if (without > 0)
            card.warn(
                    "ratings_missing",
                    "%,d of %,d texts have no rating; they make themes and no difference"
                            .formatted(without, rating.length));
        if (Arrays.stream(rating).filter(r -> !Double.isNaN(r)).distinct().count() == 1)
            card.warn("rating_constant", "all ratings are the same: no theme can go with low ones");
        return rating;
    }

    private static void write(Themes themes, int[] used, Path file) {
        var row = new ArrayList<Integer>();
        var theme = new ArrayList<Integer>();
        for (int i = 0; i < used.length; i++)
            for (int number : themes.ofText(i)) {
                row.add(used[i] + 1);
                theme.add(number);
            }
        ResultFile.write(
                ResultRows.of(row.size())
                        .count("row", row::get)
                        .count("theme", k -> theme.get(k) + 1)
                        .text("phrases", k -> name(themes.themes().get(theme.get(k)))),
                file);
    }

    private static String name(Theme theme) {
        return String.join(", ", theme.phrases().stream().limit(NAMED).toList());
    }

    private static ResultRows table(List<Theme> themes) {
        var rows = ResultRows.of(themes.size())
                .count("theme", k -> k + 1)
                .text("phrases", k -> String.join(", ", themes.get(k).phrases()))
                .count("texts", k -> themes.get(k).texts())
                .decimal("share", k -> themes.get(k).share())
                .decimal("praise", k -> themes.get(k).praise())
                .decimal("rating", k -> of(themes.get(k), Rating::with))
                .decimal("ratingOthers", k -> of(themes.get(k), Rating::without))
                .decimal("difference", k -> of(themes.get(k), Rating::difference))
                .decimal("low", k -> of(themes.get(k), Rating::low))
                .decimal("high", k -> of(themes.get(k), Rating::high))
                .decimal("p", k -> of(themes.get(k), Rating::p))
                .decimal("impact", k -> of(themes.get(k), Rating::impact));
        for (int s = 0; s < 3; s++) {
            int place = s;
            rows.text("sentence" + (s + 1), k -> {
                var sentences = themes.get(k).sentences();
                return place < sentences.size() ? sentences.get(place) : "";
            });
        }
        return rows;
    }

    private static double of(Theme theme, ToDoubleFunction<Rating> part) {
        return theme.rating().isPresent() ? part.applyAsDouble(theme.rating().get()) : Double.NaN;
    }

    private static List<String> words(Results results) {
        var words = new ArrayList<String>();
        words.add(String.format(
                Locale.ROOT,
                "%,d texts, %,d keyphrases, %d themes; %,d texts speak of one or more",
                results.texts(),
                results.phrases(),
                results.themes().size(),
                results.themed()));
        for (var theme : results.themes()) {
            var rating = theme.rating();
            if (rating == null || !(rating.p() < SIGNIFICANT) || rating.difference() >= 0) continue;
            words.add(String.format(
                    Locale.ROOT,
                    "goes with low ratings: %s (%.1f %% of the texts): %.2f against %.2f, difference %.2f (%.2f to %.2f)",
                    theme.theme(),
                    100 * theme.share(),
                    rating.with(),
                    rating.without(),
                    rating.difference(),
                    rating.low(),
                    rating.high()));
        }
        return words;
    }

    private static List<Chart> charts(List<Theme> themes) {
        var charts = new ArrayList<Chart>();
        var names = themes.stream().map(ThemesAnalysis::name).toList();
        charts.add(bars(
                "How many speak of it",
                "Share of the texts that speak of each theme; a text may speak of several.",
                "share of the texts",
                names,
                themes.stream().mapToDouble(Theme::share).toArray()));
        if (themes.stream().anyMatch(theme -> theme.rating().isPresent()))
            charts.add(bars(
                    "Which themes go with low ratings",
                    "Mean rating of the texts that speak of a theme less that of the others. It goes with the theme; whether the theme is why, an experiment tells.",
                    "difference in rating",
                    names,
                    themes.stream()
                            .mapToDouble(theme -> of(theme, Rating::difference))
                            .toArray()));
        charts.add(bars(
                "What is said of it",
                "Mean probability, by the built-in word list, that the sentences on a theme are praise.",
                "probability of praise",
                names,
                themes.stream().mapToDouble(Theme::praise).toArray()));
        return charts;
    }

    private static Chart bars(String title, String caption, String axis, List<String> names, double[] values) {
        return new Chart.BarGroups(title, caption, "", axis, names, List.of(new Chart.Bars(axis, values)));
    }
}
