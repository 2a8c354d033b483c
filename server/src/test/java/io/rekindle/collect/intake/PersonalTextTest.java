package io.rekindle.collect.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.collect.intake.PersonalText.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "anna@example.com",
                "write to anna.b+shop@example.co.uk, please",
                "mailto:anna@example.com",
                "anna@example",
                "anna@@example.com",
                "anna%40example.com",
                "anna＠example.com",
                "邮箱:li.na@例子.公司",
                "/unsubscribe/anna@example.com",
                "+4917012345678",
                "contact:+49 (170) 123-4567",
                "tel:+86 138 0013 8000",
                "%2B4917012345678",
                "203.0.113.7",
                "from 203.0.113.7:8080",
                "2001:db8::8a2e:370:7334",
                "2001:0db8:0000:0000:0000:8a2e:0370:7334",
                "00:1B:44:11:3A:B7",
                "11010519491231002X"
            })
    void whatStandsForAPersonIsFoundInEveryField(String text) {
        for (var kind : List.of(Kind.FREE, Kind.IDENTIFIER))
            assertThat(PersonalText.isIn(text, kind)).as(kind.name()).isTrue();
        var redacted = PersonalText.redacted("before " + text + " after", Kind.FREE);
        assertThat(PersonalText.isIn(redacted, Kind.FREE)).as(redacted).isFalse();
        assertThat(redacted).startsWith("before ").endsWith(" after").contains("[personal]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "13800138000",
                "电话13800138000谢谢",
                "138 0013 8000",
                "8613800138000",
                "0049 170 1234567",
                "0170 1234567",
                "030/12345678",
                "06 12 34 56 78",
                "06.12.34.56.78",
                "(415) 555-2671",
                "call 415-555-2671 now"
            })
    void aNumberWithoutAPlusIsFoundWhereTheShopsOwnNumbersAreNot(String text) {
        assertThat(PersonalText.isIn(text, Kind.FREE)).isTrue();
        assertThat(PersonalText.isIn(text, Kind.IDENTIFIER)).isFalse();
    }

    /** Numbers the networks publish for tests. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "4111111111111111",
                "4111 1111 1111 1111",
                "4111-1111-1111-1111",
                "5555555555554444",
                "2223003122003222",
                "378282246310005",
                "30569309025904",
                "6011111111111117",
                "3530111333300000",
                "6205500000000000004",
                "4222222222222"
            })
    void aCardsNumberIsFoundWhateverTheFieldAndNotWhereTheShopsOwnNumbersAre(String card) {
        for (var kind : List.of(Kind.FREE, Kind.NUMBER))
            assertThat(PersonalText.isIn(card, kind)).as(kind.name()).isTrue();
        for (var kind : List.of(Kind.IDENTIFIER, Kind.REFERENCE))
            assertThat(PersonalText.isIn(card, kind)).as(kind.name()).isFalse();
        if (card.length() > 13)
            assertThat(PersonalText.redacted("paid with " + card + ".", Kind.FREE))
                    .isEqualTo("paid with [personal].");
        for (int i = 0; i < card.length(); i++)
            assertThat(card.charAt(i) < '0' || PersonalText.isIn(changed(card, i), Kind.FREE))
                    .as("%s with another digit at %d", card, i)
                    .isEqualTo(card.charAt(i) < '0');
    }

    private static String changed(String card, int place) {
        var digits = card.toCharArray();
        digits[place] = (char) ('0' + (digits[place] - '0' + 1) % 10);
        return new String(digits);
    }

    /** Of a hundred numbers that follow each other ten pass Luhn's test. */
    @Test
    void timesAndAddressesOfPagesAreNoCards() {
        for (int i = 0; i < 100; i++) {
            for (var time : List.of(1_767_322_800_000L, 1_767_322_800_000_000L, 1_767_322_800_000_000_000L))
                assertThat(PersonalText.isIn(Long.toString(time + i), Kind.FREE))
                        .isFalse();
            var number = Long.toString(4_006_381_333_900L + i);
            assertThat(PersonalText.isIn("https://shop.example/p/1" + number + "?page=2", Kind.FREE))
                    .isFalse();
            assertThat(PersonalText.isIn("EAN " + number, Kind.FREE)).isFalse();
            assertThat(PersonalText.isIn("order-555" + number, Kind.FREE)).isFalse();
        }
        assertThat(PersonalText.isIn("0000000000000000", Kind.FREE)).isFalse();
        assertThat(PersonalText.isIn("4111 1111 1111 1111 1111", Kind.FREE)).isFalse();
    }

    @Test
    void whatANumberIsOfIsToldByItsName() {
        var fields = new PersonalFields(List.of());
        for (var name : List.of("card", "payment", "pan", "memo", "number", "value", "card_ref", "creditId", "卡编号"))
            assertThat(fields.judge(name).kind().mayBeCards()
                            || fields.judge(name) == PersonalFields.Judgement.PERSONAL)
                    .as(name)
                    .isTrue();
        for (var name : List.of("order_id", "orderId", "messageId", "product_id", "sku", "ean", "order", "订单号"))
            assertThat(fields.judge(name).kind().mayBeCards()).as(name).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@",
                "@handle",
                "2 @ 4.99",
                "2@4.99",
                "2026-01-02T03:04:05.678Z",
                "2026-01-02T03:04:05+08:00",
                "05/01/2026 10:30",
                "01.02.2026 12:30:00",
                "1767322800000",
                "550e8400-e29b-41d4-a716-446655440000",
                "order-20260105-000123",
                "100-2026-000123",
                "0.123456789",
                "1234567.89",
                "1.234.567,89",
                "SKU 8412345678905",
                "12:30:45",
                "std::vector",
                "a::b",
                "1.2.3",
                "192.168.1",
                "10.0.19041.1288",
                "1+1=2",
                "+10 % off 12 items",
                "iPhone 15 Pro, 256 GB",
                "110105194912310021",
                "https://www.example.com/p/12345?page=2"
            })
    void whatOnlyLooksLikeItIsLeftAlone(String text) {
        assertThat(PersonalText.isIn(text, Kind.FREE)).isFalse();
        assertThat(PersonalText.redacted(text, Kind.FREE)).isSameAs(text);
    }

    @Test
    void aVersionIsNoIpAddress() {
        assertThat(PersonalText.isIn("4.1.2.3", Kind.VERSION)).isFalse();
        assertThat(PersonalText.isIn("4.1.2.3", Kind.FREE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "email",
                "E-Mail",
                "work_email",
                "customerName",
                "first_name",
                "recipient-name",
                "Vorname",
                "nachname",
                "prénom",
                "Straße",
                "clientIp",
                "user_ip",
                "remote_addr",
                "X-Forwarded-For",
                "homePhone",
                "手机号",
                "姓名",
                "邮箱",
                "收货地址",
                "身份证号码",
                "联系电话",
                "apellidos",
                "teléfono",
                "dirección",
                "coordinates",
                "search",
                "anna@example.com"
            })
    void aFieldIsPersonalByItsName(String name) {
        assertThat(new PersonalFields(List.of()).contains(name, false)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "product_name",
                "name",
                "category",
                "ship",
                "zipper",
                "membership",
                "headphone",
                "iphone",
                "tip",
                "city",
                "country",
                "gender",
                "order_id",
                "coupon",
                "订单号",
                "手机品牌",
                "城市",
                "campaign",
                "filename",
                "eventName",
                "title"
            })
    void otherFieldsAreNot(String name) {
        assertThat(new PersonalFields(List.of()).contains(name, false)).isFalse();
    }

    @Test
    void aPagesAddressKeepsWhatIsNobodys() {
        var fields = new PersonalFields(List.of());
        assertThat(Urls.withoutPersonalParameters(
                        "https://shop.example/p?utm_source=mail&email=a%40b.de&page=2&gclid=x1&ref=a@b.de&vorname=Anna&tel=%2B4917012345678#top",
                        fields))
                .isEqualTo("https://shop.example/p?utm_source=mail&page=2#top");
        assertThat(Urls.withoutPersonalParameters("/x#/basket?email=a@b.de&step=2", fields))
                .isEqualTo("/x#/basket?step=2");
        assertThat(Urls.withoutPersonalParameters("/x#access_token=abc", fields))
                .isEqualTo("/x");
        var nobodys = "https://shop.example/p?order_id=15012345678&sort=price&utm_campaign=name%20day";
        assertThat(Urls.withoutPersonalParameters(nobodys, fields)).isEqualTo(nobodys);
    }
}
