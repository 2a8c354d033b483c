package io.rekindle.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentimentTest {
    private static final List<String> GOOD = List.of("great", "lovely", "blorf", "quick", "好", "干净", "推荐");
    private static final List<String> BAD = List.of("broken", "rude", "zint", "slow", "差", "脏", "吵");
    private static final List<String> EITHER = List.of("the room", "parcel", "it was", "day", "房间", "我们", "早餐");

    /** Some texts of both kinds: one in eight says the contrary of what it is. */
    private static Reviews some(int count, long seed) {
        var random = new SplittableRandom(seed);
        var texts = new ArrayList<String>();
        boolean[] positive = new boolean[count];
        for (int i = 0; i < count; i++) {
            positive[i] = random.nextInt(5) < 3;
            var said = positive[i] ^ random.nextInt(8) == 0 ? GOOD : BAD;
            texts.add(EITHER.get(random.nextInt(EITHER.size())) + " " + said.get(random.nextInt(said.size())) + " "
                    + EITHER.get(random.nextInt(EITHER.size())) + " " + random.nextInt(50));
        }
        return new Reviews(List.copyOf(texts), positive);
    }

    @Test
    void hotelReviewsAreToldApartAsWellAsTheReference() {
        var found = Reviews.hotels().outOfFold();
        assertThat(found.texts()).isEqualTo(7_765);
        // Character 1–2-grams with logistic regression: .8986.
        assertThat(found.accuracy()).isGreaterThanOrEqualTo(.905);
        assertThat(found.calibrationSlope()).isBetween(.9, 1.1);
        for (var bin : found.bins()) assertThat(bin.actual()).isCloseTo(bin.predicted(), within(.05));
    }

    @Test
    void englishSentencesAreToldApartAsWellAsTheReferences() {
        for (var reviews : List.of(Reviews.amazon(), Reviews.imdb())) {
            var found = reviews.outOfFold();
            assertThat(found.texts()).isEqualTo(1_000);
            assertThat(found.accuracy()).isGreaterThanOrEqualTo(.81);
            assertThat(found.calibrationSlope()).isBetween(.85, 1.15);
        }
    }

    /** What the documentation says of the start without training. */
    @Test
    void theWordListTellsFourOfFiveApart() {
        assertThat(Reviews.amazon().builtIn().accuracy()).isCloseTo(.84, within(.01));
        assertThat(Reviews.imdb().builtIn().accuracy()).isCloseTo(.824, within(.01));
        assertThat(Reviews.hotels().builtIn().accuracy()).isCloseTo(.786, within(.01));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Great value, works perfectly!",
                "not bad at all",
                "I can't recommend it highly enough... wonderful",
                "房间很干净，服务态度非常好",
                "不错，下次还会来",
                "ＧＲＥＡＴ"
            })
    void theWordListKnowsPraise(String text) {
        assertThat(new BuiltInSentiment().of(text).positive()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "It doesn't work.",
                "not good",
                "isn't very comfortable",
                "The staff were friendly but the room was dirty and noisy",
                "房间不太干净",
                "服务态度太差，再也不会来了",
                "没有那么好"
            })
    void theWordListKnowsComplaint(String text) {
        assertThat(new BuiltInSentiment().of(text).positive()).isFalse();
    }

    @Test
    void aTextThatSaysNothingIsNotKnown() {
        var opinion = new BuiltInSentiment().of("the of and 42");
        assertThat(opinion.known()).isFalse();
        assertThat(opinion.probability()).isEqualTo(.5);
        assertThat(opinion.reasons()).isEmpty();
        assertThat(new BuiltInSentiment().of("").known()).isFalse();
        var some = some(200, 3);
        var trained = TrainedSentiment.fit(some.texts(), some.positive());
        assertThat(trained.of("").known()).isFalse();
        assertThat(trained.of("").probability()).isBetween(.05, .95);
    }

    /** Words no list knows are learnt from the ratings, and given as reasons. */
    @Test
    void wordsOfTheTradeAreLearnt() {
        var some = some(600, 5);
        var model = TrainedSentiment.fit(some.texts(), some.positive());
        assertThat(new BuiltInSentiment().of("parcel blorf").known()).isFalse();
        assertThat(model.of("parcel blorf").probability()).isGreaterThan(.6);
        assertThat(model.of("parcel zint").probability()).isLessThan(.4);
        assertThat(model.of("the room zint parcel").reasons().getFirst().words())
                .contains("zint");
        assertThat(model.of("the room zint parcel").reasons().getFirst().logOdds())
                .isNegative();
        assertThat(model.of("我们房间脏").reasons().getFirst().words()).contains("脏");
    }

    /**
     * Texts of one to four words of praise or complaint, weaker and stronger ones, among words that say nothing; the odds of
     * praise are known.
     *
     * @param careless share of the ratings that are given with eyes shut
     * @param truth filled with each text's probability of a rating that is praise
     */
    private static Reviews known(int count, double careless, SplittableRandom random, double[] truth) {
        var texts = new ArrayList<String>();
        boolean[] positive = new boolean[count];
        for (int i = 0; i < count; i++) {
            var text = new StringBuilder();
            double logOdds = .3;
            for (int k = random.nextInt(4); k >= 0; k--) {
                boolean praise = random.nextBoolean();
                int strength = random.nextInt(GOOD.size());
                text.append(EITHER.get(random.nextInt(EITHER.size())))
                        .append(' ')
                        .append((praise ? GOOD : BAD).get(strength))
                        .append(' ')
                        .append(random.nextInt(300))
                        .append(' ');
                logOdds += (praise ? 1 : -1) * (.3 + .4 * strength);
            }
            truth[i] = careless / 2 + (1 - careless) / (1 + Math.exp(-logOdds));
            positive[i] = random.nextDouble() < truth[i];
            texts.add(text.toString());
        }
        return new Reviews(texts, positive);
    }

    /**
     * Twelve bins of 250 fresh texts: of what is said with probability p the share p is true. One of the 36 bins goes beyond the
     * bound by chance in one run of a hundred.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0, .2, .5})
    void probabilitiesHoldInEveryBinHoweverCarelessTheRatings(double careless) {
        var random = new SplittableRandom(7);
        var learnt = known(2_000, careless, random, new double[2_000]);
        var model = TrainedSentiment.fit(learnt.texts(), learnt.positive());
        int count = 3_000;
        double[] truth = new double[count];
        var fresh = known(count, careless, random, truth);
        double[] said = fresh.texts().stream()
                .mapToDouble(text -> model.of(text).probability())
                .toArray();
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted((a, b) -> Double.compare(said[a], said[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        double apart = 0;
        for (int from = 0; from < count; from += 250) {
            double expected = 0;
            double variance = 0;
            double happened = 0;
            for (int k = from; k < from + 250; k++) {
                double p = said[order[k]];
                expected += p;
                variance += p * (1 - p);
                happened += fresh.positive()[order[k]] ? 1 : 0;
                apart += Math.abs(p - truth[order[k]]) / count;
            }
            assertThat(Math.abs(happened - expected) / Math.sqrt(variance))
                    .as("standard errors in the bin around %.2f", expected / 250)
                    .isLessThan(3.63);
        }
        // And text by text they are near the truth.
        assertThat(apart).isLessThan(.08);
    }

    /** With three ratings of ten turned round no text is certain, and none is called so. */
    @Test
    void hotelGuestsProbabilitiesHoldWhereRatingsAreTurnedRound() {
        var found = Reviews.hotels().careless(20, .3, 3).outOfFold();
        for (var bin : found.bins())
            assertThat(Math.abs(bin.actual() - bin.predicted())
                            / Math.sqrt(bin.predicted() * (1 - bin.predicted()) / bin.texts()))
                    .as("standard errors in the bin around %.2f", bin.predicted())
                    .isLessThan(3.2);
        assertThat(found.bins().getFirst().predicted()).isGreaterThan(.2);
        assertThat(found.bins().getLast().predicted()).isLessThan(.8);
        assertThat(found.auc()).isGreaterThan(.6);
    }

    @Test
    void theOrderOfTheRowsDoesNotMatter() {
        var some = some(300, 11);
        var order =
                new ArrayList<>(IntStream.range(0, some.texts().size()).boxed().toList());
        Collections.shuffle(order, new java.util.Random(4));
        var texts = order.stream().map(some.texts()::get).toList();
        boolean[] positive = new boolean[order.size()];
        for (int i = 0; i < positive.length; i++) positive[i] = some.positive()[order.get(i)];
        var one = TrainedSentiment.fit(some.texts(), some.positive());
        var other = TrainedSentiment.fit(texts, positive);
        for (String text : List.of("the room was lovely", "脏", "parcel zint day", "nothing known"))
            assertThat(other.of(text)).isEqualTo(one.of(text));
    }

    /** A phrase only one text has, whose own rating taught it: the model that had not seen the text does not name it. */
    @Test
    void reasonsOfTextsHeldOutAreThoseOfTheModelThatJudgedThem() {
        var some = some(300, 11);
        var texts = new ArrayList<>(some.texts());
        texts.set(7, "quxar blimfel " + texts.get(7));
        int[] fold = IntStream.range(0, 300).map(i -> i % 5).toArray();
        var heldOut = TrainedSentiment.opinionsOutOfFold(texts, some.positive(), fold, 1);
        assertThat(heldOut.probability()).isEqualTo(TrainedSentiment.outOfFold(texts, some.positive(), fold, 1));
        for (int i = 0; i < 300; i++)
            assertThat(heldOut.opinions().get(i).probability()).isEqualTo(heldOut.probability()[i]);
        assertThat(TrainedSentiment.fit(texts, some.positive())
                        .of(texts.get(7))
                        .reasons()
                        .toString())
                .contains("quxar");
        assertThat(heldOut.opinions().get(7).reasons()).isNotEmpty();
        assertThat(heldOut.opinions().get(7).reasons().toString()).doesNotContain("quxar", "blimfel");
    }

    @Test
    void everyRowTwiceIsEveryRowOnce() {
        var some = some(300, 13);
        var texts = new ArrayList<>(some.texts());
        texts.addAll(some.texts());
        boolean[] positive = new boolean[texts.size()];
        for (int i = 0; i < positive.length; i++) positive[i] = some.positive()[i % 300];
        var one = TrainedSentiment.fit(some.texts(), some.positive());
        var twice = TrainedSentiment.fit(texts, positive);
        for (String text : List.of("the room was lovely", "脏", "parcel zint day"))
            assertThat(twice.of(text).probability()).isCloseTo(one.of(text).probability(), within(1e-3));
    }

    /** 4,000 texts of which 1,000 are drawn to hold out: the probabilities hold as those learnt from all do. */
    @Test
    void ofVeryManyTextsAPartIsHeldOutAndStandsForAll() {
        var random = new SplittableRandom(9);
        int count = 4_000;
        double[] truth = new double[count];
        var all = known(count, .2, random, truth);
        int[] fold = IntStream.range(0, count).map(i -> i % 5).toArray();
        double[] probability = TrainedSentiment.outOfFold(all.texts(), all.positive(), fold, 3, 1_000);
        assertThat(probability).doesNotContain(Double.NaN);
        var found = SentimentEvaluation.of(probability, all.positive());
        assertThat(found.texts()).isEqualTo(count);
        assertThat(found.calibrationSlope()).isBetween(.85, 1.15);
        double apart = 0;
        for (int i = 0; i < count; i++) apart += Math.abs(probability[i] - truth[i]) / count;
        assertThat(apart).isLessThan(.1);
        assertThat(TrainedSentiment.outOfFold(all.texts(), all.positive(), fold, 3, 1_000))
                .isEqualTo(probability);
        assertThat(TrainedSentiment.outOfFold(all.texts(), all.positive(), fold, 4, 1_000))
                .isNotEqualTo(probability);
        // The model learns from all, and its probabilities are as near the truth.
        var model = TrainedSentiment.fit(all.texts(), all.positive(), 3, 1_000);
        assertThat(model.texts()).isEqualTo(count);
        double near = 0;
        for (int i = 0; i < count; i += 4)
            near += Math.abs(model.of(all.texts().get(i)).probability() - truth[i]) / (count / 4.0);
        assertThat(near).isLessThan(.1);
    }

    /** Where one text in forty is a complaint, the complaints are drawn first, and weighed for what they are. */
    @Test
    void rareComplaintsAreNotLostWhereAPartIsHeldOut() {
        var random = new SplittableRandom(15);
        var texts = new ArrayList<String>();
        boolean[] positive = new boolean[8_000];
        for (int i = 0; i < positive.length; i++) {
            positive[i] = i % 40 != 0;
            var said = positive[i] ^ random.nextInt(8) == 0 ? GOOD : BAD;
            texts.add(said.get(random.nextInt(said.size())) + " " + random.nextInt(1_000_000));
        }
        int[] fold = IntStream.range(0, positive.length).map(i -> i / 40 % 5).toArray();
        double[] probability = TrainedSentiment.outOfFold(texts, positive, fold, 1, 400);
        double mean = java.util.Arrays.stream(probability).average().orElse(0);
        assertThat(mean).isCloseTo(39 / 40.0, within(.006));
        assertThat(SentimentEvaluation.of(probability, positive).auc()).isGreaterThan(.8);
    }

    /** However often a few texts are written, they are few. */
    @Test
    void aFewTextsWrittenVeryOftenAreAllHeldOut() {
        var texts = new ArrayList<String>();
        boolean[] positive = new boolean[900];
        for (int i = 0; i < positive.length; i++) {
            positive[i] = i % 3 > 0;
            texts.add(positive[i] ? "lovely parcel " + i % 20 : "broken");
        }
        int[] fold = IntStream.range(0, positive.length).map(i -> i / 3 % 5).toArray();
        assertThat(TrainedSentiment.outOfFold(texts, positive, fold, 1, 100))
                .isEqualTo(TrainedSentiment.outOfFold(texts, positive, fold));
    }

    @Test
    void whatCannotBeLearntFromIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedSentiment.fit(List.of("good", "fine"), new boolean[] {true, true}))
                .withMessageContaining("all texts are praise");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedSentiment.fit(List.of(), new boolean[0]))
                .withMessageContaining("no text");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedSentiment.fit(List.of("good"), new boolean[2]))
                .withMessageContaining("one for each");
        // Two texts, or the same text with both ratings, are little and no fault.
        assertThat(TrainedSentiment.fit(List.of("good", "bad"), new boolean[] {true, false})
                        .of("good")
                        .positive())
                .isTrue();
        assertThat(TrainedSentiment.fit(List.of("so so", "so so"), new boolean[] {true, false})
                        .of("so so")
                        .probability())
                .isCloseTo(.5, within(.01));
    }

    @Test
    void aFoldWithoutOneOfTheKindsIsLeftOut() {
        var probability = TrainedSentiment.outOfFold(
                List.of("good", "bad", "fine"), new boolean[] {true, false, true}, new int[] {0, 1, 0});
        assertThat(probability).hasSize(3);
        assertThat(probability[0]).isNaN();
        assertThat(probability[1]).isNaN();
    }

    @Test
    void figuresOfAnEvaluationAreThoseByHand() {
        var found = SentimentEvaluation.of(new double[] {.9, .6, .4, .2}, new boolean[] {true, false, true, false});
        assertThat(found.accuracy()).isEqualTo(.5);
        assertThat(found.baseline()).isEqualTo(.5);
        // Praise above complaint: .9 over both, .4 over .2 only: 3 of 4.
        assertThat(found.auc()).isEqualTo(.75);
        assertThat(found.brier()).isCloseTo((.01 + .36 + .36 + .04) / 4, within(1e-12));
        assertThat(found.logLoss())
                .isCloseTo(-(Math.log(.9) + Math.log(.4) + Math.log(.4) + Math.log(.8)) / 4, within(1e-12));
    }
}
