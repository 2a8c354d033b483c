package io.rekindle.app.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code analyze sentiment}, {@code themes} and {@code products} on files. */
class TextAndProductAnalysesTest {
    @TempDir
    Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** The sentences of a public set as a CSV of text and label. */
    private Path sentences(String name) throws IOException {
        var csv = new StringBuilder("text,label\n");
        for (var line : Files.readAllLines(SharedFile.of("en_reviews/" + name))) {
            int tab = line.lastIndexOf('\t');
            csv.append('"')
                    .append(line.substring(0, tab).replace("\"", "\"\""))
                    .append("\",")
                    .append(line.substring(tab + 1).strip())
                    .append('\n');
        }
        return file(name + ".csv", csv.toString());
    }

    private static boolean warns(JsonNode json, String code) {
        for (var warning : json.path("card").path("warnings"))
            if (warning.path("code").asString().equals(code)) return true;
        return false;
    }

    @Test
    void englishSentencesAreLearntAndOthersJudged() throws IOException {
        var train = sentences("amazon_cells_labelled.txt");
        var score =
                file("new.csv", "id,text\n1,\"Great phone, works perfectly\"\n2,Broke after a week. Useless!\n3,\n");
        var page = folder.resolve("sentiment.html");
        var ran = Ran.analyze(
                "sentiment",
                "--train",
                train.toString(),
                "--text",
                "text",
                "--label",
                "label",
                "--score",
                score.toString(),
                "--chart",
                page.toString(),
                "--json");
        var json = ran.json();
        assertThat(json.path("evaluation").path("accuracy").asDouble()).isGreaterThanOrEqualTo(.81);
        assertThat(json.path("evaluation").path("texts").asInt()).isEqualTo(1000);
        assertThat(json.path("builtIn").path("accuracy").asDouble()).isGreaterThan(.8);
        assertThat(json.path("rows").size()).isEqualTo(3);
        assertThat(json.path("rows").path(0).path("sentiment").asString()).isEqualTo("positive");
        assertThat(json.path("rows").path(1).path("sentiment").asString()).isEqualTo("negative");
        assertThat(json.path("rows").path(1).path("reason1").asString()).containsPattern("(broke|useless).* -[0-9.]+");
        assertThat(json.path("rows").path(2).path("probability").isNull()).isTrue();
        assertThat(warns(json, "texts_unknown")).isTrue();
        assertThat(Files.readString(page)).contains("Calibration", "How sure the judgements are");
    }

    @Test
    void withoutScoreTheTrainingRowsAreJudgedInTheirOrderByModelsThatHaveNotSeenThem() throws IOException {
        var csv = new StringBuilder("stars,said\n");
        for (int i = 0; i < 60; i++)
            csv.append(i % 3 == 0 ? "5,good room " : i % 3 == 1 ? "1,dirty room " : "3,a room ")
                    .append(i)
                    .append('\n');
        var out = folder.resolve("rows.csv");
        var ran = Ran.analyze(
                "sentiment",
                "--train",
                file("stars.csv", csv.toString()).toString(),
                "--text",
                "said",
                "--label",
                "stars",
                "--output",
                out.toString(),
                "--json");
        var json = ran.json();
        assertThat(json.path("ratings").path("positive").path(0).asString()).isEqualTo("5");
        assertThat(json.path("ratings").path("negative").path(0).asString()).isEqualTo("1");
        assertThat(json.path("evaluation").path("texts").asInt()).isEqualTo(40);
        assertThat(json.path("card").path("data").path(0).path("leftOut").toString())
                .contains("neither praise nor complaint");
        assertThat(warns(json, "few_texts")).isTrue();
        var lines = Files.readAllLines(out);
        assertThat(lines).hasSize(61);
        assertThat(lines.getFirst()).isEqualTo("row,probability,sentiment,reason1,reason2,reason3");
        assertThat(lines.get(1)).startsWith("1,").contains(",positive,");
        assertThat(lines.get(2)).startsWith("2,").contains(",negative,");
        // What is neither praise nor complaint is not learnt from, and judged like any other text.
        assertThat(lines.get(3)).matches("3,0\\.\\d+,(positive|negative),.*");
        assertThat(warns(json, "texts_unknown")).isFalse();
    }

    @Test
    void withoutTrainingTheWordListJudgesAndIsCompared() throws IOException {
        var texts = file("texts.csv", "text,label\n很干净，推荐,好评\n太脏了，再也不来,差评\nlovely place,好评\n");
        var json = Ran.analyze("sentiment", "--text", "text", "--label", "label", "--score", texts.toString(), "--json")
                .json();
        assertThat(json.path("model").asString()).isEqualTo("built-in");
        assertThat(json.path("scored").path("accuracy").asDouble()).isEqualTo(1);
        assertThat(warns(json, "built_in")).isTrue();
    }

    @Test
    void textsThatCannotBeLearntFromAreToldInOneLine() throws IOException {
        var one = file("one.csv", "text,label\ngood,1\nfine,1\n").toString();
        assertThat(Ran.analyze("sentiment", "--train", one, "--text", "text", "--label", "label")
                        .failure())
                .contains("all 2 rated texts of one.csv are praise");
        var clear = file("clear.csv", "text,label\ngood,a\nfine,b\n").toString();
        assertThat(Ran.analyze("sentiment", "--train", clear, "--text", "text", "--label", "label")
                        .failure())
                .contains("which ratings in clear.csv are praise?", "a, b");
        assertThat(Ran.analyze("sentiment", "--train", one, "--text", "words", "--label", "label")
                        .failure())
                .contains("one.csv has no column 'words'");
        assertThat(Ran.analyze("sentiment", "--train", one, "--text", "text").failure())
                .contains("--label COLUMN");
        assertThat(Ran.analyze("sentiment", "--text", "text").failure()).contains("--train", "--score");
        var empty = file("empty.csv", "").toString();
        assertThat(Ran.analyze("sentiment", "--score", empty, "--text", "text").failure())
                .contains("empty.csv is empty");
        var blank = file("blank.csv", "text,label\n,1\n,0\n").toString();
        assertThat(Ran.analyze("sentiment", "--train", blank, "--text", "text", "--label", "label")
                        .failure())
                .contains("no row of blank.csv has a text and a rating");
        var many = new StringBuilder("text,label\n");
        for (int i = 0; i < 200; i++) many.append("t,id").append(i).append('\n');
        assertThat(Ran.analyze(
                                "sentiment",
                                "--train",
                                file("many.csv", many.toString()).toString(),
                                "--text",
                                "text",
                                "--label",
                                "label")
                        .failure())
                .contains("more than 101 different values");
    }

    @Test
    void themesOfImdbSentencesAreFoundWithTheirRatings() throws IOException {
        var page = folder.resolve("themes.html");
        var assigned = folder.resolve("assigned.csv");
        var json = Ran.analyze(
                        "themes",
                        "--input",
                        sentences("imdb_labelled.txt").toString(),
                        "--map",
                        "rating=label",
                        "--themes",
                        "6",
                        "--assignments",
                        assigned.toString(),
                        "--chart",
                        page.toString(),
                        "--json")
                .json();
        assertThat(json.path("themes").size()).isBetween(4, 6);
        assertThat(json.path("rows").path(0).path("sentence1").asString()).isNotEmpty();
        assertThat(json.path("rows").path(0).path("difference").asDouble()).isNegative();
        assertThat(Files.readAllLines(assigned).getFirst()).isEqualTo("row,theme,phrases");
        assertThat(Files.readString(page)).contains("Which themes go with low ratings");
    }

    @Test
    void textsWithoutThemesAreToldInOneLine() throws IOException {
        var few = file("few.csv", "text\nhello there\nsomething else\n").toString();
        assertThat(Ran.analyze("themes", "--input", few).failure()).contains("too little to make themes of");
        var blank = file("blank.csv", "text,x\n,1\n").toString();
        assertThat(Ran.analyze("themes", "--input", blank).failure()).contains("no row of blank.csv has a text");
        var other = file("other.csv", "a,b\n1,2\n").toString();
        assertThat(Ran.analyze("themes", "--input", other).failure()).contains("--map text=COLUMN");
    }

    /** One product rises, one stays, one falls, one is taken back whole; week by week for a year. */
    @Test
    void productsAreFoundInTheirStages() throws IOException {
        var random = new SplittableRandom(5);
        var csv = new StringBuilder("product,time,quantity,price,customer\n");
        var start = LocalDate.of(2025, 1, 6);
        for (int day = 0; day < 364; day++) {
            double week = day / 7.0;
            sell(csv, "riser", start.plusDays(day), week < 26 ? 0 : Math.exp((week - 26) * .1), 5, random);
            sell(csv, "stayer", start.plusDays(day), 10, 2, random);
            sell(csv, "faller", start.plusDays(day), 12 * Math.exp(-.06 * Math.max(0, week - 20)), 1, random);
        }
        csv.append("returned,2025-05-05,3,10,ann\nreturned,2025-05-09,-3,10,ann\n");
        csv.append("lonely,2025-06-05,1,4,bob\n");
        var page = folder.resolve("products.html");
        var ran = Ran.analyze(
                "products",
                "--input",
                file("sales.csv", csv.toString()).toString(),
                "--chart",
                page.toString(),
                "--json");
        var json = ran.json();
        assertThat(row(json, "riser").path("stage").asString()).isEqualTo("growth");
        assertThat(row(json, "stayer").path("stage").asString()).isEqualTo("maturity");
        assertThat(row(json, "faller").path("stage").asString()).isEqualTo("decline");
        assertThat(row(json, "lonely").path("stage").asString()).isEqualTo("unclear");
        assertThat(row(json, "lonely").path("note").asString()).contains("1 periods only");
        assertThat(row(json, "returned").path("turnover").asDouble()).isZero();
        assertThat(row(json, "returned").path("note").asString()).isEqualTo("nothing was sold");
        assertThat(row(json, "stayer").path("xyz").asString()).isEqualTo("X");
        assertThat(row(json, "stayer").path("level").asDouble()).isCloseTo(70, within(8.0));
        assertThat(json.path("abc").path("A").asInt()).isBetween(1, 2);
        double shares = 0;
        for (var row : json.path("rows")) shares += row.path("share").asDouble();
        assertThat(shares).isCloseTo(1, within(1e-9));
        assertThat(warns(json, "season_unknown")).isTrue();
        assertThat(warns(json, "refunds")).isTrue();
        assertThat(json.path("decomposition").path(0).path("cycle").asInt()).isEqualTo(7);
        assertThat(Files.readString(page)).contains("Products by stage of life", "All sales over time");
    }

    private static void sell(
            StringBuilder csv, String product, LocalDate day, double mean, double price, SplittableRandom random) {
        int pieces = (int) Math.floor(mean * (.8 + .4 * random.nextDouble()) + random.nextDouble());
        if (pieces > 0) csv.append("%s,%s,%d,%s,%d\n".formatted(product, day, pieces, price, random.nextInt(9)));
    }

    private static JsonNode row(JsonNode json, String product) {
        for (var row : json.path("rows")) if (row.path("product").asString().equals(product)) return row;
        throw new AssertionError("no product " + product);
    }

    @Test
    void onlineRetailsProductsAreLookedThrough() {
        var json = Ran.analyze(
                        "products",
                        "--input",
                        SharedFile.of("online_retail/online_retail_to_2011-08.csv.gz")
                                .toString(),
                        "--map",
                        "product=StockCode,time=InvoiceDate,quantity=Quantity,price=UnitPrice,customer=CustomerID",
                        "--output",
                        folder.resolve("products.parquet").toString(),
                        "--json")
                .json();
        assertThat(json.path("products").asInt()).isBetween(3_000, 4_500);
        assertThat(json.path("outputRows").asInt())
                .isEqualTo(json.path("products").asInt());
        assertThat(json.path("stages").path("maturity").asInt()).isPositive();
        assertThat(json.path("stages").path("decline").asInt()).isPositive();
        // Nobody buys on a Saturday.
        assertThat(json.path("decomposition").path(0).path("places").toString()).contains("saturday");
        assertThat(warns(json, "refunds")).isTrue();
        assertThat(warns(json, "season_unknown")).isTrue();
    }

    /** Ann gives back two of three bought at 10 and one bought at 8, bob one he bought before the file begins. */
    @Test
    void refundsAreWorthWhatWasPaidAndTheRestIsTold() throws IOException {
        var sales = file("refunds.csv", """
                product,time,quantity,price,customer
                cup,2026-01-05,2,8,ann
                cup,2026-01-06,3,10,ann
                cup,2026-01-20,-2,4,ann
                cup,2026-01-21,-1,7,bob
                cup,2026-01-22,5,1,cy
                cup,2026-01-23,-1,8,ann
                """).toString();
        var json = Ran.analyze("products", "--input", sales, "--json").json();
        assertThat(json.path("turnover").asDouble()).isEqualTo(1 * 8 + 1 * 10 + 5 * 1);
        assertThat(json.path("pieces").asDouble()).isEqualTo(7);
        assertThat(json.path("refundsSetAside").asDouble()).isEqualTo(7);
        assertThat(json.path("card").path("warnings").toString())
                .contains(
                        "2 refunds were taken off",
                        "worth 7.00 at their own prices",
                        "the turnover is 23.00 where the rows sum to 28.00");
        // Amounts without pieces are taken back as money.
        var amounts = file("amounts.csv", """
                product,time,amount,customer
                cup,2026-01-05,30,ann
                cup,2026-01-06,20,ann
                cup,2026-01-20,-25,ann
                """).toString();
        var money = Ran.analyze("products", "--input", amounts, "--json").json();
        assertThat(money.path("turnover").asDouble()).isEqualTo(25);
        assertThat(money.path("pieces").asDouble()).isEqualTo(1);
    }

    @Test
    void salesThatCannotBeAreToldInOneLine() throws IOException {
        var empty = file("empty.csv", "product,time\n").toString();
        assertThat(Ran.analyze("products", "--input", empty).failure()).contains("has column names and no rows");
        var none = file("none.csv", "product,time\n,2026-01-01\na,\n").toString();
        assertThat(Ran.analyze("products", "--input", none).failure())
                .contains("no row of none.csv has a product and a time");
        var word = file("word.csv", "product,time,quantity\na,2026-01-01,NaN\n").toString();
        assertThat(Ran.analyze("products", "--input", word).failure()).contains("row 2, column quantity");
        var back = file("back.csv", "product,time,quantity\na,2026-01-02,-1\n").toString();
        assertThat(Ran.analyze("products", "--input", back).failure()).contains("every sale was refunded");
        var far = file("far.csv", "product,time\na,1790-01-01\nb,2026-01-01\n").toString();
        assertThat(Ran.analyze("products", "--input", far).code()).isEqualTo(1);
        var one = file("one.csv", "product,time\na,2026-01-01\n").toString();
        assertThat(Ran.analyze("products", "--input", one, "--json")
                        .json()
                        .path("products")
                        .asInt())
                .isEqualTo(1);
    }
}
