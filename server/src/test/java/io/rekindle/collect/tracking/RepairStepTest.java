package io.rekindle.collect.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a repair makes of texts that ought to be numbers. */
class RepairStepTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @CsvSource({"track,event", "page,name", "screen,name"})
    void aNewNameStandsWhereItsTypeHasIt(String type, String field) {
        var item = (ObjectNode) JSON.readTree("{\"type\":\"%s\",\"%s\":\"Old\"}".formatted(type, field));
        new RepairStep("event", null, "New", null, null).apply(item);
        assertThat(item.toString()).isEqualTo("{\"type\":\"%s\",\"%s\":\"New\"}".formatted(type, field));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "12.50|12.50",
                "€ 12.50|12.50",
                "12.50 EUR|12.50",
                "-3|-3",
                "-$12.50|-12.50",
                "$-12.50|-12.50",
                "12.50 kr|12.50",
                "1,234|1234",
                "1,234.56|1234.56",
                "12,345,678.9|12345678.9",
                "1 234.56|1234.56",
            })
    void aCommaSetsThousandsApartWhereItStandsBetweenThem(String text, BigDecimal number) {
        assertThat(converted(text, null).decimalValue()).isEqualByComparingTo(number);
    }

    /** Twelve and a half taken for 1250 would be a hundred times what was paid. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "12,50",
                "€ 12,50",
                "0,99",
                "1.234,56",
                "1,23,456",
                "1,2345",
                "12E3",
                ",5",
                "many",
                "\u221212.50",
                "(12.50)",
                "12.50-",
                "12k",
                "1.5M",
                "1.5 Mio",
                "3 %",
                "A12",
                "12 ct",
                "$12.50 USD"
            })
    void whatMayBeAnotherNumberStaysAsItIs(String text) {
        assertThat(converted(text, null)).isEqualTo(JsonNodeFactory.instance.stringNode(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"12,50|12.50", "€ 12,50|12.50", "1.234,56|1234.56", "1.234|1234", "0,99 €|0.99"})
    void aStepSaysWhereTheCommaBeginsTheDecimals(String text, BigDecimal number) {
        assertThat(converted(text, true).decimalValue()).isEqualByComparingTo(number);
        assertThat(converted("12.50", true)).isEqualTo(JsonNodeFactory.instance.stringNode("12.50"));
    }

    private static JsonNode converted(String text, @Nullable Boolean comma) {
        var item = JSON.createObjectNode();
        item.putObject("properties").put("total", text);
        new RepairStep("convert", "properties.total", "number", null, comma).apply(item);
        return item.at("/properties/total");
    }
}
