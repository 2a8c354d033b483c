package io.rekindle.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class MentionsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> HERS =
            Set.of("shop-user-9", "42", "black", "Annabel von Ehren", "auth0|5f7c8ec7", "4711471147114", "O\"Neil-1");
    private static final Mentions GONE =
            new Mentions(Map.of(-8_123_456_789_012_345_678L, 17L, 8_000_000_000_000_000_001L, -18L), HERS::contains);

    @ParameterizedTest
    @CsvSource(delimiter = '§', textBlock = """
            long words count everywhere                     § {"a":"shop-user-9","b":["shop-user-9"]}     § {"a":"[erased]","b":["[erased]"]}
            as names of fields too                          § {"shop-user-9":1}                           § {"[erased]":1}
            within a sentence                               § {"a":"by shop-user-9, (shop-user-9)"}       § {"a":"by [erased], ([erased])"}
            within an address                               § {"a":"https://x.example/u/shop-user-9?b=1"} § {"a":"https://x.example/u/[erased]?b=1"}
            not within another word                         § {"a":"shop-user-99 xshop-user-9"}           § {"a":"shop-user-99 xshop-user-9"}
            of several words                                § {"a":"Annabel von Ehren"}                   § {"a":"[erased]"}
            with a stroke                                   § {"a":"auth0|5f7c8ec7"}                      § {"a":"[erased]"}
            with a quote in it                              § {"a":"O\\"Neil-1"}                          § {"a":"[erased]"}
            a short one is a price elsewhere                § {"price":42,"size":"42","colour":"black"}   § {"price":42,"size":"42","colour":"black"}
            and somebody in a field of a person             § {"invited_by":"42","userId":42,"by":"black"} § {"invited_by":"[erased]","userId":"[erased]","by":"[erased]"}
            in its list too                                 § {"friend":["42","43"],"n":[42]}             § {"friend":["[erased]","43"],"n":[42]}
            after an object the field is the outer's        § {"friend":[{"n":"42"},"42"]}                § {"friend":[{"n":"42"},"[erased]"]}
            not as part of what such a field says           § {"invited_by":"table 42"}                   § {"invited_by":"table 42"}
            a long number counts everywhere                 § {"card":4711471147114}                      § {"card":"[erased]"}
            an id is another's, as a text or a number       § {"l":"-8123456789012345678","r":8000000000000000001} § {"l":"17","r":-18}
            numbers stay as they were written               § {"a":2.50,"b":1e3, "c" : 42.0}              § {"a":2.50,"b":1e3, "c" : 42.0}
            """)
    void itTakesOutWhoIsMeant(String why, String text, String without) {
        assertThat(GONE.without("", text)).as(why).isEqualTo(without);
    }

    @ParameterizedTest
    @CsvSource({
        "referredBy, true",
        "referred_by, true",
        "referrer, true",
        "invited_by, true",
        "user_id, true",
        "userId, true",
        "User ID, true",
        "customer-no, true",
        "推荐人, true",
        "会员号, true",
        "baby, false",
        "hobby, false",
        "users, false",
        "customer_rating, false",
        "order_id, false",
        "size, false",
        "'', false",
        "_, false"
    })
    void aFieldIsCalledAfterAPerson(String field, boolean is) {
        assertThat(Mentions.isOfAPerson(field)).isEqualTo(is);
    }

    @Test
    void aValueIsJudgedByTheNameItHasElsewhere() {
        assertThat(GONE.without("referredBy", "\"42\"")).isEqualTo("\"[erased]\"");
        assertThat(GONE.without("referredBy", "42")).isEqualTo("\"[erased]\"");
        assertThat(GONE.without("size", "\"42\"")).isEqualTo("\"42\"");
    }

    @Test
    void textsOfOurOwnNameIdsByNumbers() {
        assertThat(GONE.renamed("customers -8123456789012345678 and 8000000000000000001"))
                .isEqualTo("customers 17 and -18");
        assertThat(GONE.renamed("tag:a:hand:-8123456789012345678:2026-01-01")).isEqualTo("tag:a:hand:17:2026-01-01");
        assertThat(GONE.renamed("shop-user-9 80000000000000000011 8000000000000000002"))
                .isEqualTo("shop-user-9 80000000000000000011 8000000000000000002");
    }

    /** Against another way: the same tree, walked. */
    @Test
    void ofAnyDocumentWhatIsLeftIsTheSameTreeWithoutThem() {
        var random = new Random(11);
        for (int i = 0; i < 5_000; i++) {
            var tree = any(random, 4);
            var text = tree.toString();
            assertThat(JSON.readTree(GONE.without("", text))).as(text).isEqualTo(walked("", tree));
            assertThat(Mentions.none().without("", text)).isEqualTo(text);
        }
    }

    private static final String[] NAMES = {"size", "invited_by", "userId", "a\"b\\", "", "名", "推荐人", "x,y:{"};
    private static final String[] WORDS = {
        "42",
        "black",
        "shop-user-9",
        "O\"Neil-1",
        "free",
        "",
        "[]{}\"\\",
        "\n,:",
        "Annabel von Ehren",
        "ñ-\u00e9",
        "-8123456789012345678"
    };

    private static JsonNode any(Random random, int depth) {
        var nodes = JsonNodeFactory.instance;
        int kind = random.nextInt(depth == 0 ? 4 : 8);
        if (kind == 0) return nodes.numberNode(random.nextBoolean() ? 42 : random.nextInt(100));
        if (kind == 1) return nodes.booleanNode(random.nextBoolean());
        if (kind < 4) return nodes.stringNode(WORDS[random.nextInt(WORDS.length)]);
        if (kind < 6) {
            var array = nodes.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) array.add(any(random, depth - 1));
            return array;
        }
        var object = nodes.objectNode();
        for (int i = random.nextInt(5); i > 0; i--)
            object.set(NAMES[random.nextInt(NAMES.length)], any(random, depth - 1));
        return object;
    }

    private static JsonNode walked(String field, JsonNode node) {
        var nodes = JsonNodeFactory.instance;
        if (node.isArray()) {
            var array = nodes.arrayNode();
            node.forEach(one -> array.add(walked(field, one)));
            return array;
        }
        if (node.isObject()) {
            var object = nodes.objectNode();
            node.properties().forEach(one -> object.set(one.getKey(), walked(one.getKey(), one.getValue())));
            return object;
        }
        boolean person = Set.of("invited_by", "userId", "推荐人").contains(field);
        var text = node.asString();
        boolean isShort = text.equals("42") || text.equals("black");
        if (text.equals("-8123456789012345678")) return nodes.stringNode("17");
        return HERS.contains(text) && (!isShort || person) ? nodes.stringNode("[erased]") : node;
    }
}
