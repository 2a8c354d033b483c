package io.rekindle.plan.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.platform.Problem.Fault;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiquidTextTest {
    private static final Map<String, String> ANN = Map.of(
            "customer.first_name", "Ann", "customer.city", "<b>Köln & Bonn</b>", "shop_url", "http://shop/?a=1&b=2");

    private static final ZonedDateTime NOW = ZonedDateTime.parse("2031-12-31T23:30:00+08:00[Asia/Shanghai]");

    @Test
    void nowIsTheBusinessClocks() throws TemplateSyntaxException {
        assertThat(render("{{ 'now' | date: '%Y-%m-%d %H:%M' }}", Escape.NONE)).isEqualTo("2031-12-31 23:30");
        assertThat(render("{% assign day = \"Today\" | date: '%d.%m.%Y' %}{{ day }}", Escape.NONE))
                .isEqualTo("31.12.2031");
        assertThat(render("{{ '2026-05-01' | date: '%d.%m.' }}", Escape.NONE)).isEqualTo("01.05.");
    }

    @Test
    void mailsMadeAtOnceNeverGetEachOthersValues() throws Exception {
        var text = LiquidText.parse("html", "{{ offer.code }} {% if x %}{% endif %}{{ offer.code }}", Escape.HTML);
        try (var senders = Executors.newFixedThreadPool(8)) {
            var wrong = new ArrayList<Future<Long>>();
            for (int sender = 0; sender < 8; sender++) {
                int mine = sender;
                wrong.add(senders.submit(() -> IntStream.range(0, 5_000)
                        .mapToObj(n -> mine + "-" + n)
                        .filter(code -> !text.render(Map.of("offer.code", code), NOW, new ArrayList<>())
                                .equals(code + " " + code))
                        .count()));
            }
            for (var count : wrong) assertThat(count.get()).isZero();
        }
    }

    @Test
    void thePlacesThatNeedAValueAreKnownBeforeAnybodyGetsTheMail() throws TemplateSyntaxException {
        assertThat(needing("a\n{{ offer.code | upcase }}\n{{ customer.offer }} {{ 'offer' }} {{ offers }}"))
                .containsExactly("2 offer.code | upcase");
        assertThat(needing("{% assign code = offer.code %}\n{{ code }}")).containsExactly("2 code");
        assertThat(needing("{% assign code = 'X' %}{% if customer.city == 'offer' %}\n{{ offer.code }}{% endif %}"))
                .containsExactly("2 offer.code");
        assertThat(needing("{% if offer.code %}{{ offer.code }}{% endif %}\n{{ offer['code'] }}"))
                .containsExactly("2 offer['code']");
        assertThat(needing(
                        "{{ offer.code | default: 'none' }}{% case offer.kind %}{% when 'percent' %}{{ offer.value }}"
                                + "{% endcase %}{% comment %}{{ offer.code }}{% endcomment %}"))
                .isEmpty();
        assertThat(needing("{% if offer %}{% assign c = offer.code %}{% else %}{% assign c = 'X' %}{% endif %}{{ c }}"))
                .isEmpty();
    }

    private static List<String> needing(String source) throws TemplateSyntaxException {
        return LiquidText.parse("html", source, Escape.HTML).needing("offer").stream()
                .map(fault -> fault.line() + " " + fault.message())
                .toList();
    }

    @Test
    void valuesArePutIn() throws TemplateSyntaxException {
        assertThat(render("Hi {{ customer.first_name | upcase }}!", Escape.NONE))
                .isEqualTo("Hi ANN!");
    }

    @Test
    void aValueInHtmlIsEscapedWhateverTheFilters() throws TemplateSyntaxException {
        assertThat(render("<p>{{ customer.city }}</p>", Escape.HTML))
                .isEqualTo("<p>&lt;b&gt;Köln &amp; Bonn&lt;/b&gt;</p>");
        assertThat(render("{{ customer.city | append: '<script>' }}", Escape.HTML))
                .doesNotContain("<");
        assertThat(render("{% assign x = customer.city %}{{ x }}", Escape.HTML)).doesNotContain("<");
        assertThat(render("<a href=\"{{ shop_url }}\">", Escape.HTML))
                .isEqualTo("<a href=\"http://shop/?a=1&amp;b=2\">");
    }

    @Test
    void aSubjectStaysOneLine() throws TemplateSyntaxException {
        var text = LiquidText.parse("subject", "Hi {{ customer.first_name }}", Escape.ONE_LINE);
        assertThat(text.render(Map.of("customer.first_name", "Ann\r\nBcc: all@example.com"), NOW, new ArrayList<>()))
                .isEqualTo("Hi Ann Bcc: all@example.com");
    }

    @Test
    void everyMissingValueIsToldWithItsLine() throws TemplateSyntaxException {
        var missing = new ArrayList<TemplateFault>();
        LiquidText.parse(
                        "html",
                        "{{ customer.first_name }}\n{{ customer.last_name | upcase }}\n\n{{ offer.code }}",
                        Escape.HTML)
                .render(ANN, NOW, missing);
        assertThat(missing)
                .containsExactly(
                        new TemplateFault(
                                "html",
                                2,
                                new Fault("", "no_value", "{value}").with("value", "customer.last_name | upcase")),
                        new TemplateFault("html", 4, new Fault("", "no_value", "{value}").with("value", "offer.code")));
    }

    @Test
    void whatHasADefaultOrIsNotReachedIsNotMissing() throws TemplateSyntaxException {
        assertThat(render("{{ customer.nick | default: 'friend' }}", Escape.NONE))
                .isEqualTo("friend");
        assertThat(render("{% if customer.nick %}{{ customer.nick }}{% else %}you{% endif %}", Escape.NONE))
                .isEqualTo("you");
    }

    @Test
    void aSyntaxErrorIsToldWithItsLine() {
        assertThat(faults("Hi\n{% if customer.city %}")).containsExactly(2);
        assertThat(faults("Hi\n\n{{ customer.first_name | nosuchfilter }}")).containsExactly(3);
        assertThat(faults("Hi {{ customer.first_name")).containsExactly(1);
        assertThat(faults("a\n{% frobnicate %}\n{% include 'x' %}")).containsExactly(2, 3);
    }

    @Test
    void filesAreOutOfReach() {
        assertThat(LiquidText.faults(Map.of("html", "{% include '/etc/passwd' %}")))
                .singleElement()
                .satisfies(fault -> assertThat(fault.message()).contains("not allowed"));
        assertThat(LiquidText.faults(Map.of("html", "{%- include_relative 'x' -%}")))
                .hasSize(1);
    }

    @Test
    void rawTextAndCommentsAreLeftAlone() throws TemplateSyntaxException {
        assertThat(render("{% raw %}{{ x }}{% endraw %}{% comment %}{{ y }}{% endcomment %}.", Escape.NONE))
                .isEqualTo("{{ x }}.");
    }

    @Test
    void whitespaceControlAndQuotesKeepTheirMeaning() throws TemplateSyntaxException {
        assertThat(render("a {{- customer.first_name -}} b", Escape.NONE)).isEqualTo("aAnnb");
        assertThat(render("{{ customer.first_name | append: ' }} ' }}", Escape.NONE))
                .isEqualTo("Ann }} ");
    }

    @Test
    void loopsAreBounded() throws TemplateSyntaxException {
        assertThat(render("{% for i in (1..3) %}{{ i }}{% endfor %}", Escape.NONE))
                .isEqualTo("123");
        assertThatThrownBy(() -> render("{% for i in (1..2000000000) %}x{% endfor %}", Escape.NONE))
                .isInstanceOf(TemplateLimitException.class);
    }

    @Test
    void valuesCannotGrowWithoutEnd() {
        var doubling = "{% assign s = 'aaaaaaaaaaaaaaaa' %}" + "{% assign s = s | append: s %}".repeat(40);
        assertThatThrownBy(() -> render(doubling, Escape.NONE)).isInstanceOf(TemplateLimitException.class);
        var long_ = "x".repeat(2_000);
        assertThatThrownBy(() -> render("{% for i in (1..900) %}" + long_ + "{% endfor %}", Escape.NONE))
                .isInstanceOf(TemplateLimitException.class);
    }

    private static String render(String source, Escape escape) throws TemplateSyntaxException {
        var missing = new ArrayList<TemplateFault>();
        var rendered = LiquidText.parse("html", source, escape).render(ANN, NOW, missing);
        assertThat(missing).isEmpty();
        return rendered;
    }

    private static List<Integer> faults(String source) {
        return LiquidText.faults(Map.of("html", source)).stream()
                .map(TemplateFault::line)
                .toList();
    }
}
