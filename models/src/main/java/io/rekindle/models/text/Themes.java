package io.rekindle.models.text;

import io.rekindle.models.experiment.Lift;
import io.rekindle.models.experiment.MultipleComparisons;
import io.rekindle.models.experiment.Sample;
import io.rekindle.models.experiment.TwoSample;
import io.rekindle.models.numeric.Indices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What texts are about, English, Chinese or mixed: themes, each with its keyphrases and the sentences that say it best, and
 * how the ratings of the texts that speak of it differ from the others'.
 *
 * <p>What: {@link Phrases} finds the keyphrases. Two are the more alike, the more alike the company is they keep: their positive
 * pointwise mutual information with all others, within a sentence and, at less weight, the next. Spherical k-means on these
 * makes groups of phrases; how many, the silhouette decides unless told. A sentence belongs to the theme most of its
 * phrases, the rarer the more, belong to; a text to the themes of its sentences, so it may have several, or none.
 *
 * <p>Ratings: mean of the texts with the theme against that of those without, Welch's interval, p adjusted for the number of
 * themes (Benjamini-Hochberg). It goes with the theme; whether the theme is why, only an experiment tells.
 *
 * <p>Source: Levy and Goldberg (2014) for positive mutual information with smoothed contexts; Arthur and Vassilvitskii (2007) for
 * the seeding; Hornik et al. (2012) for spherical k-means.
 *
 * <p>Numerics: texts are sorted first; neither their order nor that of a map changes anything; the same seed gives the same
 * themes. Complexity: linear in the texts, plus phrases² × themes × rounds with at most 600 phrases. Keyphrases are looked for in
 * 250,000 sentences at most, drawn by lot where there are more: every run of words of every sentence would have to be kept, and
 * none that counts is missing from so many. All sentences are then read for them. Unchangeable.
 */
public final class Themes {
    private static final int FEWEST_SENTENCES = 3;
    private static final double FEWEST_SHARE = .0015;
    private static final int FEWEST_PHRASES = 6;
    private static final double NEXT_SENTENCE = .3;
    private static final double SMOOTHED_CONTEXT = .75;
    private static final int FEWEST_THEMES = 4;
    private static final int MOST_THEMES = 16;
    private static final int MOST_ROUNDS = 15;
    private static final int STARTS = 8;
    private static final int STARTS_TO_CHOOSE = 2;
    private static final int SHOWN_PHRASES = 8;
    private static final int SHOWN_SENTENCES = 3;
    private static final int SHORTEST = 4;
    private static final int LONGEST = 45;
    private static final double ALPHA = .05;
    private static final int MOST_LEARNT = 250_000;

    private final List<Theme> themes;
    private final int[][] ofText;
    private final int phrases;

    private Themes(List<Theme> themes, int[][] ofText, int phrases) {
        this.themes = List.copyOf(themes);
        this.ofText = ofText;
        this.phrases = phrases;
    }

    /**
     * A theme.
     *
     * @param phrases what it is about, the most telling first
     * @param texts that speak of it
     * @param share of all texts
     * @param praise mean probability, by the built-in word list, that what its sentences say is praise; NaN when they say neither
     * @param rating how the ratings differ; empty without ratings
     * @param sentences that say it best, as written
     */
    public record Theme(
            List<String> phrases,
            int texts,
            double share,
            double praise,
            Optional<Rating> rating,
            List<String> sentences) {
        public Theme {
            phrases = List.copyOf(phrases);
            sentences = List.copyOf(sentences);
        }
    }

    /**
     * Ratings of the texts with a theme against those without.
     *
     * @param with mean rating of the texts that speak of it
     * @param without mean rating of the others
     * @param difference with − without; low and high are its 95 % interval, NaN when it cannot be measured
     * @param p adjusted for the number of themes; NaN when it cannot be measured
     * @param impact difference × share: what the mean of all would gain or lose
     */
    public record Rating(
            double with, double without, double difference, double low, double high, double p, double impact) {}

    /** A sentence, its text, and what it says. */
    private record Said(int text, String sentence) {}

    /**
     * Finds them.
     *
     * @param texts blank ones count as texts without a theme
     * @param rating by text, NaN where there is none; null without ratings
     * @param count how many themes; 0 to let the texts decide
     * @throws IllegalArgumentException when too few phrases come back to make themes of
     */
    public static Themes of(List<String> texts, double @Nullable [] rating, int count, long seed) {
        if (rating != null && rating.length != texts.size())
            throw new IllegalArgumentException(
                    "%d texts and %d ratings; there must be one for each".formatted(texts.size(), rating.length));
        if (count != 0 && (count < 2 || count > 100))
            throw new IllegalArgumentException("%d themes; they are 2 to 100".formatted(count));
        int[] order = Indices.sorted(texts.size(), (a, b) -> texts.get(a).compareTo(texts.get(b)));
        List<Said> said = new ArrayList<>();
        for (int i : order) for (String sentence : Sentences.of(texts.get(i))) said.add(new Said(i, sentence));
        List<String> sentences = said.stream().map(Said::sentence).toList();
        List<String> learnt = drawn(sentences, seed);
        int fewest = Math.max(FEWEST_SENTENCES, (int) (FEWEST_SHARE * learnt.size()));
        Phrases phrases = Phrases.of(sentences, learnt, fewest);
        int v = phrases.phrases.size();
        if (v < Math.max(FEWEST_PHRASES, 2 * count))
            throw new IllegalArgumentException(
                    "too little to make themes of: %d different phrases come back in %d sentences or more; give more texts"
                            .formatted(v, fewest));
        double[][] company = company(phrases, said);
        Groups groups = count > 0
                ? Groups.best(company, phrases.count, Math.min(count, v), STARTS, seed)
                : Groups.natural(company, phrases.count, most(said.size(), v), seed);
        return new Builder(texts, rating, said, phrases, company, groups).build();
    }

    /** As many as are learnt from, in their order; each has the same chance to be one of them. */
    private static List<String> drawn(List<String> sentences, long seed) {
        if (sentences.size() <= MOST_LEARNT) return sentences;
        var random = new SplittableRandom(seed);
        List<String> drawn = new ArrayList<>(MOST_LEARNT);
        for (int s = 0; drawn.size() < MOST_LEARNT; s++)
            if (random.nextInt(sentences.size() - s) < MOST_LEARNT - drawn.size()) drawn.add(sentences.get(s));
        return drawn;
    }

    /** A thousand sentences do not show sixteen themes. */
    private static int most(int sentences, int phrases) {
        int shown = Math.max(FEWEST_THEMES, (int) (Math.sqrt(sentences) / 4));
        return Math.min(Math.min(MOST_THEMES, shown), phrases / 2);
    }

    /** Each phrase's positive mutual information with every other, made length 1. */
    private static double[][] company(Phrases phrases, List<Said> said) {
        int v = phrases.phrases.size();
        double[][] together = new double[v][v];
        for (int s = 0; s < phrases.ofSentence.length; s++) {
            pairs(phrases.ofSentence[s], phrases.ofSentence[s], 1, together);
            if (s + 1 < phrases.ofSentence.length
                    && said.get(s).text() == said.get(s + 1).text()) {
                pairs(phrases.ofSentence[s], phrases.ofSentence[s + 1], NEXT_SENTENCE, together);
                pairs(phrases.ofSentence[s + 1], phrases.ofSentence[s], NEXT_SENTENCE, together);
            }
        }
        double[] sum = new double[v];
        double[] context = new double[v];
        double contexts = 0;
        for (int i = 0; i < v; i++) {
            sum[i] = Arrays.stream(together[i]).sum();
            context[i] = Math.pow(sum[i], SMOOTHED_CONTEXT);
            contexts += context[i];
        }
        for (int i = 0; i < v; i++) {
            double length = 0;
            for (int j = 0; j < v; j++) {
                double information =
                        together[i][j] > 0 ? Math.log(together[i][j] * contexts / (sum[i] * context[j])) : 0;
                // One meeting of two rare phrases is chance as often as not.
                together[i][j] = Math.max(0, information) * together[i][j] / (together[i][j] + 1);
                length += together[i][j] * together[i][j];
            }
            if (length == 0) {
                together[i][i] = 1;
                length = 1;
            }
            for (int j = 0; j < v; j++) together[i][j] /= Math.sqrt(length);
        }
        return together;
    }

    private static void pairs(int[] one, int[] other, double weight, double[][] together) {
        for (int a : one) for (int b : other) together[a][b] += weight;
    }

    /** Groups of phrases and how near each is to the middle of its own. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Groups(int[] of, int count, double[] nearness, double quality) {
        static Groups natural(double[][] points, int[] weight, int most, long seed) {
            Groups best = null;
            for (int k = Math.min(FEWEST_THEMES, most); k <= most; k++) {
                Groups groups = best(points, weight, Math.max(1, k), STARTS_TO_CHOOSE, seed);
                if (best == null || groups.quality > best.quality + 1e-12) best = groups;
            }
            if (best == null) throw new IllegalStateException("no phrase to group");
            return best(points, weight, best.count, STARTS, seed);
        }

        static Groups best(double[][] points, int[] weight, int count, int starts, long seed) {
            Groups best = null;
            var random = new SplittableRandom(seed * 31 + count);
            for (int start = 0; start < starts; start++) {
                Groups groups = once(points, weight, count, random);
                if (best == null || groups.quality > best.quality + 1e-12) best = groups;
            }
            if (best == null) throw new IllegalStateException("no phrase to group");
            return best;
        }

        private static Groups once(double[][] points, int[] weight, int count, SplittableRandom random) {
            int v = points.length;
            double[][] middle = seeds(points, weight, count, random);
            int[] of = new int[v];
            double[][] near = new double[v][count];
            for (int round = 0; round < MOST_ROUNDS; round++) {
                boolean moved = false;
                for (int i = 0; i < v; i++) {
                    int best = 0;
                    for (int g = 0; g < count; g++) {
                        near[i][g] = dot(points[i], middle[g]);
                        if (near[i][g] > near[i][best]) best = g;
                    }
                    moved |= best != of[i] || round == 0;
                    of[i] = best;
                }
                if (!moved) break;
                for (int g = 0; g < count; g++) {
                    double[] sum = new double[v];
                    for (int i = 0; i < v; i++)
                        if (of[i] == g) for (int j = 0; j < v; j++) sum[j] += Math.sqrt(weight[i]) * points[i][j];
                    double length = Math.sqrt(dot(sum, sum));
                    // An emptied group keeps its middle: it may be filled again.
                    if (length > 0) for (int j = 0; j < v; j++) middle[g][j] = sum[j] / length;
                }
            }
            double quality = 0;
            double all = 0;
            double[] nearness = new double[v];
            for (int i = 0; i < v; i++) {
                nearness[i] = near[i][of[i]];
                double next = 0;
                for (int g = 0; g < count; g++) if (g != of[i]) next = Math.max(next, near[i][g]);
                double mine = 1 - nearness[i];
                double other = 1 - next;
                double w = Math.sqrt(weight[i]);
                quality += w * (other - mine) / Math.max(Math.max(mine, other), 1e-12);
                all += w;
            }
            return new Groups(of, count, nearness, quality / all);
        }

        private static double[][] seeds(double[][] points, int[] weight, int count, SplittableRandom random) {
            int v = points.length;
            double[][] middle = new double[count][];
            double[] far = new double[v];
            Arrays.fill(far, 1);
            for (int g = 0; g < count; g++) {
                double sum = 0;
                for (int i = 0; i < v; i++) sum += weight[i] * far[i];
                double at = random.nextDouble() * sum;
                int chosen = 0;
                for (int i = 0; i < v; i++) {
                    at -= weight[i] * far[i];
                    chosen = i;
                    if (at < 0) break;
                }
                middle[g] = points[chosen].clone();
                for (int i = 0; i < v; i++) {
                    double distance = Math.max(0, 1 - dot(points[i], middle[g]));
                    far[i] = Math.min(far[i], distance * distance);
                }
            }
            return middle;
        }

        private static double dot(double[] one, double[] other) {
            double sum = 0;
            for (int j = 0; j < one.length; j++) sum += one[j] * other[j];
            return sum;
        }
    }

    private static final class Builder {
        private final List<String> texts;
        private final double @Nullable [] rating;
        private final List<Said> said;
        private final Phrases phrases;
        private final Groups groups;
        private final double[] rarity;
        private final double[] telling;

        Builder(
                List<String> texts,
                double @Nullable [] rating,
                List<Said> said,
                Phrases phrases,
                double[][] company,
                Groups groups) {
            this.texts = texts;
            this.rating = rating;
            this.said = said;
            this.phrases = phrases;
            this.groups = groups;
            this.rarity = new double[company.length];
            this.telling = new double[company.length];
            for (int i = 0; i < company.length; i++) {
                rarity[i] = Math.log(1 + (double) said.size() / phrases.count[i]);
                telling[i] = groups.nearness()[i] * Math.sqrt(phrases.count[i]);
            }
        }

        Themes build() {
            int[] themeOf = new int[said.size()];
            double[] strength = new double[said.size()];
            boolean[][] speaks = new boolean[groups.count()][texts.size()];
            for (int s = 0; s < themeOf.length; s++) {
                double[] score = new double[groups.count()];
                themeOf[s] = -1;
                for (int phrase : phrases.ofSentence[s]) {
                    int group = groups.of()[phrase];
                    score[group] += rarity[phrase] * groups.nearness()[phrase];
                }
                for (int g = 0; g < score.length; g++)
                    if (score[g] > strength[s] + 1e-12) {
                        strength[s] = score[g];
                        themeOf[s] = g;
                    }
                if (themeOf[s] >= 0) speaks[themeOf[s]][said.get(s).text()] = true;
            }
            int[] used = IntStream.range(0, groups.count())
                    .filter(g -> IntStream.range(0, texts.size()).anyMatch(i -> speaks[g][i]))
                    .toArray();
            List<Theme> found = new ArrayList<>();
            for (int g : used) found.add(theme(g, speaks[g], themeOf, strength));
            List<Theme> rated = adjusted(found);
            int[] order = Indices.sorted(rated.size(), (a, b) -> compare(rated.get(a), rated.get(b)));
            List<Theme> themes = Arrays.stream(order).mapToObj(rated::get).toList();
            int[][] ofText = new int[texts.size()][];
            for (int i = 0; i < ofText.length; i++) {
                int text = i;
                ofText[i] = IntStream.range(0, order.length)
                        .filter(k -> speaks[used[order[k]]][text])
                        .toArray();
            }
            return new Themes(themes, ofText, phrases.phrases.size());
        }

        /** Where there are ratings, what costs most first; else what most texts speak of. */
        private static int compare(Theme one, Theme other) {
            int result = Double.compare(
                    one.rating().map(Rating::impact).orElse(0.0),
                    other.rating().map(Rating::impact).orElse(0.0));
            if (result == 0) result = Integer.compare(other.texts(), one.texts());
            return result != 0
                    ? result
                    : one.phrases().getFirst().compareTo(other.phrases().getFirst());
        }

        private Theme theme(int group, boolean[] speaks, int[] themeOf, double[] strength) {
            int[] own = Phrases.best(
                    IntStream.range(0, telling.length)
                            .filter(i -> groups.of()[i] == group)
                            .toArray(),
                    telling);
            int count = 0;
            for (boolean yes : speaks) if (yes) count++;
            var built = new BuiltInSentiment();
            double praise = 0;
            int heard = 0;
            double[] score = new double[said.size()];
            for (int s = 0; s < score.length; s++) {
                if (themeOf[s] != group) continue;
                Words words = Words.of(said.get(s).sentence());
                if (words.size() >= SHORTEST && words.size() <= LONGEST)
                    score[s] = strength[s] / Math.sqrt(5 + phrases.ofSentence[s].length + words.size() / 5.0);
                var opinion = built.of(said.get(s).sentence());
                if (!opinion.known()) continue;
                praise += opinion.probability();
                heard++;
            }
            return new Theme(
                    Arrays.stream(own)
                            .limit(SHOWN_PHRASES)
                            .mapToObj(phrases.phrases::get)
                            .toList(),
                    count,
                    (double) count / texts.size(),
                    heard > 0 ? praise / heard : Double.NaN,
                    rating == null ? Optional.empty() : Optional.of(rating(rating, speaks, count)),
                    sentences(score, themeOf, group));
        }

        private List<String> sentences(double[] score, int[] themeOf, int group) {
            int[] own = IntStream.range(0, themeOf.length)
                    .filter(s -> themeOf[s] == group && score[s] > 0)
                    .toArray();
            List<String> shown = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            for (int s : Phrases.best(own, score)) {
                if (shown.size() == SHOWN_SENTENCES) break;
                if (seen.add(Arrays.toString(phrases.ofSentence[s])))
                    shown.add(said.get(s).sentence());
            }
            return shown;
        }

        private static Rating rating(double[] rating, boolean[] speaks, int count) {
            double[] with = IntStream.range(0, rating.length)
                    .filter(i -> speaks[i] && !Double.isNaN(rating[i]))
                    .mapToDouble(i -> rating[i])
                    .sorted()
                    .toArray();
            double[] without = IntStream.range(0, rating.length)
                    .filter(i -> !speaks[i] && !Double.isNaN(rating[i]))
                    .mapToDouble(i -> rating[i])
                    .sorted()
                    .toArray();
            double one = Arrays.stream(with).average().orElse(Double.NaN);
            double other = Arrays.stream(without).average().orElse(Double.NaN);
            double difference = one - other;
            double impact = Double.isNaN(difference) ? 0 : difference * count / rating.length;
            Lift lift = TwoSample.means(Sample.of(without), Sample.of(with), ALPHA);
            return switch (lift) {
                case Lift.Measured measured ->
                    new Rating(one, other, difference, measured.low(), measured.high(), measured.p(), impact);
                case Lift.NotMeasurable not ->
                    new Rating(one, other, difference, Double.NaN, Double.NaN, Double.NaN, impact);
            };
        }

        private static List<Theme> adjusted(List<Theme> themes) {
            int[] measured = IntStream.range(0, themes.size())
                    .filter(k -> themes.get(k).rating().isPresent()
                            && !Double.isNaN(themes.get(k).rating().get().p()))
                    .toArray();
            double[] p = MultipleComparisons.benjaminiHochberg(Arrays.stream(measured)
                    .mapToDouble(k -> themes.get(k).rating().orElseThrow().p())
                    .toArray());
            List<Theme> adjusted = new ArrayList<>(themes);
            for (int m = 0; m < measured.length; m++) {
                Theme theme = themes.get(measured[m]);
                Rating raw = theme.rating().orElseThrow();
                adjusted.set(
                        measured[m],
                        new Theme(
                                theme.phrases(),
                                theme.texts(),
                                theme.share(),
                                theme.praise(),
                                Optional.of(new Rating(
                                        raw.with(),
                                        raw.without(),
                                        raw.difference(),
                                        raw.low(),
                                        raw.high(),
                                        p[m],
                                        raw.impact())),
                                theme.sentences()));
            }
            return adjusted;
        }
    }

    /** The themes: where there are ratings, the one that goes with the greatest loss first; else by number of texts. */
    public List<Theme> themes() {
        return themes;
    }

    /** For each text the numbers of its themes, ascending; the caller's own copy. */
    public int[] ofText(int text) {
        return ofText[text].clone();
    }

    /** Number of keyphrases the themes are made of. */
    public int phrases() {
        return phrases;
    }
}
