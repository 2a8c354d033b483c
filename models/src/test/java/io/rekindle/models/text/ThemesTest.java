package io.rekindle.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThemesTest {
    private static final String[][] SUBJECTS = {
        {"delivery", "courier", "parcel", "doorstep", "tracking number"},
        {"battery", "charger", "power cable", "standby", "voltage"},
        {"早餐", "餐厅", "品种", "牛奶", "面包"},
        {"空调", "噪音", "隔壁", "马路", "施工"}
    };
    private static final String[] ENGLISH = {
        "the %s and our %s yesterday", "about my %s with that %s", "%s before the %s"
    };
    private static final String[] CHINESE = {"他们的%s和%s", "我们对%s跟%s说过", "这里%s还有%s"};

    /** Texts on one of four subjects each; the last subject's are rated 2 lower. */
    private static List<String> texts(int count, double[] rating, long seed) {
        var random = new SplittableRandom(seed);
        var texts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            int subject = random.nextInt(4);
            var words = SUBJECTS[subject];
            var frames = subject < 2 ? ENGLISH : CHINESE;
            int one = random.nextInt(5);
            int other = (one + 1 + random.nextInt(4)) % 5;
            texts.add(frames[random.nextInt(3)].formatted(words[one], words[other]) + (subject < 2 ? " " + i : "" + i));
            rating[i] = 3 + random.nextInt(3) - (subject == 3 ? 2 : 0);
        }
        return texts;
    }

    @Test
    void subjectsOfTwoLanguagesAreFoundAndWhatCostsMostComesFirst() {
        double[] rating = new double[400];
        var themes = Themes.of(texts(400, rating, 3), rating, 4, 1);
        assertThat(themes.themes()).hasSize(4);
        var worst = themes.themes().getFirst();
        assertThat(worst.phrases()).contains("空调", "噪音", "隔壁", "马路", "施工");
        var association = worst.rating().orElseThrow();
        assertThat(association.difference()).isCloseTo(-2, within(.3));
        assertThat(association.low()).isLessThan(-2).isGreaterThan(-2.5);
        assertThat(association.p()).isLessThan(1e-6);
        assertThat(association.impact()).isCloseTo(association.difference() * worst.share(), within(1e-12));
        assertThat(worst.sentences()).isNotEmpty().allMatch(sentence -> sentence.matches(".*(空调|噪音|隔壁|马路|施工).*"));
        for (var theme : themes.themes().subList(1, 4))
            assertThat(List.of(SUBJECTS))
                    .anySatisfy(subject -> assertThat(theme.phrases()).contains(subject));
        assertThat(themes.ofText(0)).hasSize(1);
    }

    @Test
    void theOrderOfTheRowsDoesNotMatterAndTheSeedIsKept() {
        double[] rating = new double[300];
        var texts = texts(300, rating, 5);
        var order = new ArrayList<>(IntStream.range(0, 300).boxed().toList());
        Collections.shuffle(order, new Random(8));
        var shuffled = order.stream().map(texts::get).toList();
        double[] ratings = order.stream().mapToDouble(i -> rating[i]).toArray();
        var one = Themes.of(texts, rating, 0, 7);
        var other = Themes.of(shuffled, ratings, 0, 7);
        assertThat(other.themes()).isEqualTo(one.themes());
        for (int k = 0; k < 300; k++) assertThat(other.ofText(k)).isEqualTo(one.ofText(order.get(k)));
    }

    @Test
    void withoutRatingsOrWithOneRatingThereIsNoDifference() {
        double[] rating = new double[200];
        var texts = texts(200, rating, 9);
        assertThat(Themes.of(texts, null, 4, 1).themes())
                .allMatch(theme -> theme.rating().isEmpty());
        Arrays.fill(rating, 3);
        assertThat(Themes.of(texts, rating, 4, 1).themes())
                .allSatisfy(
                        theme -> assertThat(theme.rating().orElseThrow().p()).isNaN());
    }

    /** What guests complain of, from 1,500 reviews: the noise is a theme, breakfast is another. */
    @Test
    void hotelReviewsShowTheirThemes() {
        var hotels = Reviews.hotels();
        var some = new ArrayList<String>();
        var ratings = new ArrayList<Double>();
        for (int i = 0; i < hotels.texts().size(); i += 5) {
            some.add(hotels.texts().get(i));
            ratings.add(hotels.positive()[i] ? 1.0 : 0.0);
        }
        var themes = Themes.of(some, ratings.stream().mapToDouble(r -> r).toArray(), 12, 1);
        assertThat(themes.themes()).anySatisfy(theme -> {
            assertThat(theme.phrases()).contains("早餐");
            assertThat(theme.texts()).isGreaterThan(100);
        });
        assertThat(themes.themes()).anySatisfy(theme -> {
            assertThat(theme.phrases()).containsAnyOf("隔音", "声音");
            assertThat(theme.rating().orElseThrow().difference()).isNegative();
        });
        assertThat(themes.themes().getFirst().rating().orElseThrow().p()).isLessThan(.001);
    }

    @Test
    void tooLittleTextIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Themes.of(List.of("one text", ""), null, 0, 1))
                .withMessageContaining("phrases come back");
        assertThatIllegalArgumentException().isThrownBy(() -> Themes.of(List.of(), null, 0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Themes.of(List.of("a"), new double[2], 0, 1))
                .withMessageContaining("one for each");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Themes.of(List.of("a"), null, 1, 1))
                .withMessageContaining("2 to 100");
    }

    @Test
    void sentencesEndWhereTheyDoInBothLanguages() {
        assertThat(Sentences.of("It cost 3.50. Fine! ok?")).containsExactly("It cost 3.50.", "Fine!", "ok?");
        assertThat(Sentences.of("房间干净，服务好。早餐差!")).containsExactly("房间干净", "服务好。", "早餐差!");
        assertThat(Sentences.of("one, two, three")).containsExactly("one, two, three");
        assertThat(Sentences.of(" ... ")).isEmpty();
    }
}
