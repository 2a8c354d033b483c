package io.rekindle.collect.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What clients and shops really send, with every value of a person planted as {@code Zqx}: none may stay, and what is
 * marked {@code Keep} must, because segments and orders need it.
 */
class PersonalPayloadsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record Copied(String kept, Map<String, String> aside) {}

    private static Copied copied(String json, String root) {
        var text = new JsonText(new PersonalFields(List.of()));
        text.begin();
        try (var in = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            in.nextToken();
            var kept = text.object(in, root, root.equals("traits"));
            return new Copied(kept, Objects.requireNonNullElse(text.personal(), Map.of()));
        }
    }

    private static String kept(String json, String root) {
        var copied = copied(json, root);
        assertThat(copied.kept()).doesNotContain("Zqx");
        assertThat(count(copied.kept(), "Keep")).as(copied.kept()).isEqualTo(count(json, "Keep"));
        assertThat(JSON.readTree(copied.kept()).isObject()).isTrue();
        return copied.kept();
    }

    private static int count(String text, String word) {
        return text.split(word, -1).length - 1;
    }

    /** A number that no double holds would be infinite for whoever counts with it. */
    @Test
    void aNumberBeyondADoubleStaysAsItWasWritten() {
        assertThat(kept("{\"n\":[1e999,-1E400,1e309,1e+308,1.5e308,1e-400,12e3]}", "properties"))
                .isEqualTo("{\"n\":[\"1e999\",\"-1E400\",\"1e309\",\"1e+308\",1.5e308,\"1e-400\",12e3]}");
    }

    @Test
    void theContextOfAMobileClient() {
        kept("""
                {"app": {"name": "KeepApp", "version": "1.2.3", "build": "4", "namespace": "Keep.app"},
                 "device": {"id": "Zqx-7F2A", "advertisingId": "Zqx-ad", "adTrackingEnabled": true, "manufacturer": "Keep",
                  "model": "KeepPhone", "name": "Zqx's iPhone", "type": "Keep", "token": "Zqxtoken"},
                 "campaign": {"name": "Keep", "source": "Keep", "medium": "Keep"},
                 "library": {"name": "Keep", "version": "1"}, "locale": "Keep-DE", "os": {"name": "Keep", "version": "17"},
                 "network": {"bluetooth": false, "carrier": "Keep", "wifi": true, "ssid": "Zqx home"},
                 "location": {"city": "Keep", "country": "Keep", "latitude": 52.5, "longitude": 13.4},
                 "externalIds": [{"id": "Zqx", "type": "ios.idfa"}],
                 "traits": {"name": "Zqx", "city": "Keep", "facebook": "Zqx.meyer"}, "userAgent": "Zqx", "ip": "Zqx"}
                """, "context");
    }

    @Test
    void theTraitsSegmentSpecifiesAndThoseShopsAdd() {
        var kept = kept("""
                {"address": {"street": "Zqx", "city": "Zqx"}, "age": 34, "avatar": "Zqx", "birthday": "1990-05-01Zqx",
                 "company": {"name": "Keep", "industry": "Keep", "employee_count": 10}, "createdAt": "Keep",
                 "description": "Zqx", "email": "Zqx", "firstName": "Zqx", "gender": "Keep", "id": "Keep", "lastName": "Zqx",
                 "name": {"first": "Zqx", "last": "Zqx"}, "phone": "Zqx", "title": "Zqx", "username": "Zqx", "website": "Zqx",
                 "contact": {"name": "Zqx", "preference": "Keep"}, "facebook": "Zqx", "instagram": "Zqx", "twitter_handle": "Zqx",
                 "tiktok": "Zqx", "whatsapp": "Zqx", "telegram": "Zqx", "city": "Keep", "country": "Keep", "plan": "Keep",
                 "children": [{"name": "Zqx", "birthdate": "2019-01-02Zqx", "gender": "Keep"}], "tier": "Keep"}
                """, "traits");
        var read = JSON.readTree(kept);
        assertThat(read.get("birth_year").intValue()).isEqualTo(1990);
        assertThat(read.at("/children/0/birth_year").intValue()).isEqualTo(2019);
        assertThat(kept).doesNotContain("05-01", "01-02");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'dob': '1985-03-07'}",
                "{'date_of_birth': '07.03.1985'}",
                "{'customer_dob': '3/7/1985'}",
                "{'Geburtsdatum': '7. März 1985'}",
                "{'date_de_naissance': '19850307'}",
                "{'fechaNacimiento': {'year': 1985, 'month': 3, 'day': 7}}",
                "{'生日': '1985年3月7日'}",
                "{'出生日期': 19850307}",
                "{'birthday': '1985-03-07', 'birth_year': 1985}",
                "{'birth_year': 1985, 'birthday': '1985-03-07'}"
            })
    void ofABirthdayTheYearStays(String traits) {
        assertThat(copied(traits.replace('\'', '"'), "traits").kept()).isEqualTo("{\"birth_year\":1985}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'--03-07'", "'7 March'", "478569600000", "'unknown'"})
    void withoutAYearNothingOfItStays(String birthday) {
        var copied = copied("{\"birthday\":%s}".formatted(birthday.replace('\'', '"')), "traits");
        assertThat(copied.kept()).isEqualTo("{}");
        assertThat(copied.aside()).containsOnlyKeys("traits.birthday");
    }

    @Test
    void anOrderOfShopify() {
        kept("""
                {"order_id": "Keep-1001", "total": 12.5, "currency": "Keep", "coupon": "Keep", "browser_ip": "Zqx",
                 "contact_email": "Zqx", "note": "Zqx", "note_attributes": [{"name": "Zqx", "value": "Zqx"}],
                 "billing_address": {"first_name": "Zqx", "address1": "Zqx", "zip": "Zqx", "name": "Zqx"},
                 "billing": {"name": "Zqx", "line1": "Zqx", "line2": "Zqx", "postal_code": "Zqx", "city": "Keep", "country": "Keep"},
                 "shipping": {"name": "Zqx", "phone": "Zqx", "line1": "Zqx", "state": "Keep", "method": "Keep"},
                 "shipping_lines": [{"title": "Keep", "price": 4}], "customer": {"name": "Zqx", "last_name": "Zqx", "tags": "Keep"},
                 "recipient": "Zqx", "gift_message": "Zqx", "delivery_instructions": "Zqx",
                 "products": [{"product_id": "Keep-1", "sku": "Keep", "name": "Keep", "category": "Keep", "brand": "Keep",
                   "variant": "Keep", "price": 12.5, "quantity": 1, "engraving": "Zqx", "personalisation": "Zqx",
                   "custom_text": "Zqx", "monogram": "Zqx"}]}
                """, "properties");
    }

    @Test
    void anOrderOfWooCommerceAndOneOfMagento() {
        kept("""
                {"id": 7, "status": "Keep", "customer_ip_address": "Zqx", "customer_user_agent": "Zqx", "customer_note": "Zqx",
                 "billing": {"first_name": "Zqx", "last_name": "Zqx", "company": "Keep", "address_1": "Zqx", "address_2": "Zqx",
                   "city": "Keep", "state": "Keep", "postcode": "Zqx", "country": "Keep", "email": "Zqx", "phone": "Zqx"},
                 "payment_method": "Keep", "line_items": [{"name": "Keep", "product_id": "Keep", "subtotal": "20"}]}
                """, "properties");
        kept("""
                {"increment_id": "Keep", "customer_firstname": "Zqx", "customer_lastname": "Zqx", "customer_dob": "Zqx",
                 "customer_taxvat": "Zqx", "remote_ip": "Zqx", "x_forwarded_for": "Zqx", "customer_gender": "Keep",
                 "customer_group": "Keep", "store_name": "Keep", "shipping_description": "Keep", "grand_total": 4,
                 "items": [{"sku": "Keep", "name": "Keep", "qty_ordered": 1}], "street": ["Zqx", "Zqx"], "telephone": "Zqx"}
                """.replace("customer_taxvat", "taxvat"), "properties");
    }

    @Test
    void checkoutsInGermanFrenchSpanishAndChinese() {
        kept("""
                {"Rechnung": {"Name": "Zqx", "Ort": "Keep", "PLZ": "Zqx"}, "Empfänger": "Zqx", "Grußbotschaft": "Zqx", "Gravur": "Zqx",
                 "Lieferhinweis": "Zqx", "Kontoinhaber": "Zqx", "Kategorie": "Keep", "Stadt": "Keep", "Geschlecht": "Keep"}
                """, "properties");
        kept("""
                {"destinataire": {"nom": "Zqx"}, "livraison": {"nom": "Zqx", "ville": "Keep"}, "message_cadeau": "Zqx",
                 "gravure": "Zqx", "adresse_livraison": "Zqx", "catégorie": "Keep", "ville": "Keep", "titulaire": "Zqx"}
                """, "properties");
        kept("""
                {"destinatario": "Zqx", "envío": {"nombre": "Zqx", "ciudad": "Keep"}, "mensaje_regalo": "Zqx", "grabado": "Zqx",
                 "notas_pedido": "Zqx", "categoría": "Keep", "ciudad": "Keep", "pasajeros": [{"nombre": "Zqx", "asiento": "Keep"}]}
                """, "properties");
        kept("""
                {"收货信息": {"名称": "Zqx", "城市": "Keep"}, "贺卡内容": "Zqx", "刻字": "Zqx", "发票抬头": "Zqx", "微博": 3, "抖音号": "Zqx",
                 "支付宝账号": "Zqx", "商品名称": "Keep", "类目": "Keep", "城市": "Keep", "订单号": "Keep", "性别": "Keep",
                 "乘客": [{"名字": "Zqx", "座位": "Keep"}]}
                """, "properties");
    }

    @Test
    void whatSegmentsAndOrdersNeedStays() {
        kept("""
                {"name": "Keep", "facebook": 12, "line": "Keep", "device": "Keep", "billing": "Keep monthly", "shipping": 4.9,
                 "customer": "Keep-7", "title": "Keep", "line_id": "Keep-1", "lines": ["Keep"], "gift": true, "gift_wrap": "Keep",
                 "city": "Keep", "gender": "Keep", "category": "Keep", "product_name": "Keep", "birth_year": 1990,
                 "engraving": true, "occupation": "Keep", "language": "Keep", "payment": {"name": "Keep"}, "brand": {"name": "Keep"}}
                """, "properties");
    }
}
