package io.rekindle.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class RuleJsonTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Vocabulary VOCABULARY = vocabulary();
    private static final Schema SCHEMA = schema();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'trait':'city','is':'equals','value':'Wien'}",
                "{'trait':'city','is':'in','value':['Wien',7,true]}",
                "{'trait':'points','is':'between','value':[1,2.5]}",
                "{'trait':'birthday','is':'between','value':['1980-01-01','1990-12-31']}",
                "{'trait':'vip','is':'exists'}",
                "{'event':'Product Viewed','count':{'atLeast':2},'withinDays':90,'where':[{'property':'category','is':'equals','value':'shoes'}]}",
                "{'event':'Product Viewed','sum':{'atLeast':100,'atMost':200.5}}",
                "{'event':'Product Viewed','last':{'beforeDays':30}}",
                "{'orders':{'count':{'atLeast':2},'revenue':{'atLeast':-5},'lastOrder':{'beforeDays':90}},'withinDays':365}",
                "{'all':[{'tier':['high']},{'any':[{'group':['at_risk']},{'not':{'stage':['lost']}}]}]}",
                "{'score':'p_alive','atLeast':0.2,'atMost':0.9}",
                "{'message':{'campaignId':7,'state':['sent','delivered']},'withinDays':30}",
                "{'message':{}}",
                "{'segment':5}"
            })
    void aRuleOfTheLanguageIsAcceptedByParserAndSchema(String rule) {
        var json = rule.replace('\'', '"');
        assertThat(SCHEMA.validate(json, InputFormat.JSON)).isEmpty();
        var read = read(json);
        assertThat(RuleJson.write(read))
                .as("written and read again")
                .isEqualTo(RuleJson.write(read(RuleJson.write(read).toString())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "[]",
                "{}",
                "{'all':[]}",
                "{'all':{'tier':['high']}}",
                "{'tier':['high'],'stage':['lost']}",
                "{'not':[{'tier':['high']}]}",
                "{'tier':'high'}",
                "{'tier':[]}",
                "{'tier':['high'],'extra':1}",
                "{'trait':'city'}",
                "{'trait':'city','is':'like','value':'W'}",
                "{'trait':'city','is':'equals'}",
                "{'trait':'city','is':'equals','value':null}",
                "{'trait':'city','is':'equals','value':['a']}",
                "{'trait':'city','is':'in','value':[]}",
                "{'trait':'city','is':'greater','value':'5'}",
                "{'trait':'city','is':'between','value':[1]}",
                "{'trait':'city','is':'between','value':[1,'1990-01-01']}",
                "{'trait':'city','is':'before','value':'yesterday'}",
                "{'trait':'city','is':'exists','value':true}",
                "{'trait':' ','is':'exists'}",
                "{'event':'X'}",
                "{'event':'','count':{'atLeast':1}}",
                "{'event':'X','count':{}}",
                "{'event':'X','count':{'atLeast':-1}}",
                "{'event':'X','count':{'atLeast':1.5}}",
                "{'event':'X','count':{'min':1}}",
                "{'event':'X','count':{'atLeast':'2'}}",
                "{'event':'X','last':{'withinDays':1,'beforeDays':2}}",
                "{'event':'X','last':{'withinDays':0}}",
                "{'event':'X','count':{'atLeast':1},'withinDays':40000}",
                "{'event':'X','count':{'atLeast':1},'withinDays':2.5}",
                "{'event':'X','count':{'atLeast':1},'where':{'property':'a','is':'exists'}}",
                "{'event':'X','count':{'atLeast':1},'where':[{'property':'a..b','is':'exists'}]}",
                "{'event':'X','count':{'atLeast':1},'where':[{'property':'a\\\\b','is':'exists'}]}",
                "{'event':'X','count':{'atLeast':1},'where':[{'is':'exists'}]}",
                "{'orders':{}}",
                "{'orders':{'count':{'atLeast':1}},'within':5}",
                "{'orders':7}",
                "{'score':'p_alive'}",
                "{'score':'p_alive','atLeast':'0.5'}",
                "{'message':{'state':['gone']}}",
                "{'message':{'campaignId':0}}",
                "{'segment':'5'}",
                "{'segment':0}"
            })
    void whatIsNotARuleIsRefusedByParserAndSchema(String rule) {
        var json = rule.replace('\'', '"');
        assertThat(SCHEMA.validate(json, InputFormat.JSON))
                .as("the schema's faults")
                .isNotEmpty();
        assertThat(faults(json)).as("the parser's faults").isNotEmpty();
    }

    @Test
    void everyFaultIsToldWithItsPlace() {
        var faults = faults("""
                {"all":[{"tier":["high","vip"]},
                        {"event":"X","count":{"atLeast":"2"},"where":[{"property":"a","is":"equals","vaule":1}]},
                        {"not":{"any":[{"score":"luck","atLeast":1},{"stage":["asleep"]},{"segment":99}]}},
                        {"orders":{"revenue":{"atLeast":5,"atMost":1}}}]}
                """);
        assertThat(faults)
                .containsKeys(
                        "all[0].tier[1]",
                        "all[1].count.atLeast",
                        "all[1].where[0].vaule",
                        "all[1].where[0].value",
                        "all[2].not.any[0].score",
                        "all[2].not.any[1].stage[0]",
                        "all[2].not.any[2].segment",
                        "all[3].orders.revenue")
                .hasSize(8);
        assertThat(faults.get("all[2].not.any[0].score")).contains("p_alive");
        assertThat(faults.get("all[2].not.any[2].segment")).isEqualTo("there is no segment 99");
    }

    @Test
    void aRuleNestedTooDeepIsRefusedBeforeItHurts() {
        var json = "{\"not\":".repeat(400) + "{\"tier\":[\"high\"]}" + "}".repeat(400);
        assertThat(faults(json).values()).singleElement().asString().contains("nested");
    }

    @Test
    void whateverTheGeneratorMakesSurvivesWritingAndReading() {
        var random = new Random(5);
        for (int i = 0; i < 300; i++) {
            var rule = NaiveRules.random(random, 4, List.of(1L));
            var json = RuleJson.write(rule).toString();
            assertThat(SCHEMA.validate(json, InputFormat.JSON)).as(json).isEmpty();
            assertThat(RuleJson.write(RuleJson.readStored(JSON.readTree(json))).toString())
                    .isEqualTo(json);
            // A tag must be there and be compared as its values allow: of which the generator knows nothing.
            if (!json.contains("\"tag\""))
                assertThat(RuleJson.write(read(json)).toString()).isEqualTo(json);
        }
    }

    @Test
    void aRuleIsSaidInEnglishAndInChinese() {
        var rule = read("""
                {"all":[{"orders":{"count":{"atLeast":2},"lastOrder":{"beforeDays":90}},"withinDays":365},
                        {"event":"Product Viewed","count":{"atMost":0},"withinDays":30},
                        {"any":[{"tier":["high"]},{"not":{"trait":"city","is":"in","value":["Wien","北京"]}}]}]}
                """);
        var words = new RuleWords(VOCABULARY, id -> "segment " + id).of(rule);
        assertThat(words.en())
                .isEqualTo(
                        "customers who ordered at least 2 times and ordered last 90 days ago or earlier in the last 365 days,"
                                + " and did “Product Viewed” not once in the last 30 days, and [are in value tier high, or do not fit:"
                                + " [have city equal to one of “Wien”, “北京”]]");
        assertThat(words.zh())
                .isEqualTo("近 365 天内下单至少 2 次且最近一次下单在 90 天前或更早，且近 30 天内“Product Viewed”从未发生，"
                        + "且（价值分层为高价值，或不符合“city为“Wien”、“北京”之一”）的客户");
    }

    @Test
    void onceIsSaidAsOnceAndAGroupOfOneNeedsNoBrackets() {
        var rule = read("{'all':[{'orders':{'count':{'atLeast':1}}},{'any':[{'tier':['high']}]}]}".replace('\'', '"'));
        assertThat(new RuleWords(VOCABULARY, id -> "segment " + id).of(rule).en())
                .isEqualTo("customers who ordered at least once, and are in value tier high");
    }

    private static Rule read(String json) {
        return RuleJson.read(
                JSON.readTree(json),
                VOCABULARY,
                id -> id == 99
                        ? Optional.of(new Problem.Fault("", "segment_unknown", "there is no segment 99"))
                        : Optional.empty());
    }

    private static Map<String, String> faults(String json) {
        var problem = catchThrowableOfType(Problem.class, () -> read(json));
        assertThat(problem).as("refused: %s", json).isNotNull();
        assertThat(problem.code()).isEqualTo("segment_rule_invalid");
        return problem.faults().stream()
                .collect(java.util.stream.Collectors.toMap(Problem.Fault::place, Problem.Fault::message));
    }

    private static Schema schema() {
        try (var in = RuleJson.class.getResourceAsStream("/segment/rule.schema.json")) {
            if (in == null) throw new AssertionError("the schema is not on the class path");
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Vocabulary vocabulary() {
        return Vocabulary.of(Stream.concat(
                        Stream.of(
                                choice("tier", List.of("high", "middle", "low"), "高价值"),
                                choice("group", SmallHistory.GROUPS, "组"),
                                choice("stage", SmallHistory.STAGES, "期")),
                        SmallHistory.SCORES.stream()
                                .map(score -> new Field(
                                        "score." + score, Field.Type.NUMBER, new Words(score, score), List.of())))
                .toList());
    }

    private static Field choice(String path, List<String> values, String zh) {
        return new Field(
                path,
                Field.Type.CHOICE,
                new Words(path, path),
                values.stream()
                        .map(value -> new Field.Value(value, new Words(value, zh)))
                        .toList());
    }
}
