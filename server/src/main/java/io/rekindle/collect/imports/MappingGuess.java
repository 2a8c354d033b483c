package io.rekindle.collect.imports;

import io.rekindle.collect.OrderMapping;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A first guess at a file's mapping, for a person to correct: by the names shops give columns, and the times' form. */
final class MappingGuess {
    /** Names in the order of trust, as {@link #bare} writes them. */
    private static final Map<String, List<String>> NAMES = Map.of(
            "order_id",
                    List.of(
                            "orderid",
                            "ordernumber",
                            "orderno",
                            "invoiceno",
                            "invoice",
                            "invoiceid",
                            "invoicenumber",
                            "transactionid",
                            "receiptid",
                            "receiptno",
                            "order",
                            "订单号",
                            "订单编号",
                            "订单id",
                            "单号"),
            "time",
                    List.of(
                            "time",
                            "orderedat",
                            "orderdate",
                            "ordertime",
                            "invoicedate",
                            "createdat",
                            "purchasedate",
                            "transactiondate",
                            "timestamp",
                            "datetime",
                            "date",
                            "下单时间",
                            "订单时间",
                            "创建时间",
                            "付款时间",
                            "时间",
                            "日期"),
            "customer",
                    List.of(
                            "customer",
                            "customerid",
                            "customerno",
                            "customernumber",
                            "userid",
                            "clientid",
                            "memberid",
                            "buyerid",
                            "客户id",
                            "客户编号",
                            "客户号",
                            "客户代码",
                            "客户",
                            "会员id",
                            "会员编号",
                            "会员号",
                            "会员",
                            "用户id",
                            "用户编号",
                            "用户",
                            "买家id",
                            "买家"),
            "email", List.of("email", "emailaddress", "customeremail", "mail", "邮箱", "电子邮箱", "邮件"),
            "product_id",
                    List.of(
                            "productid",
                            "sku",
                            "stockcode",
                            "itemid",
                            "articleid",
                            "productcode",
                            "itemcode",
                            "商品id",
                            "商品编号",
                            "商品编码",
                            "货号"),
            "product_name",
                    List.of("productname", "description", "product", "itemname", "title", "商品名称", "商品名", "商品", "品名"),
            "category", List.of("category", "productcategory", "department", "类目", "品类", "分类", "商品类目"),
            "quantity", List.of("quantity", "qty", "units", "pieces", "count", "数量", "件数", "购买数量"),
            "unit_price", List.of("unitprice", "price", "itemprice", "pricepereach", "单价", "价格", "商品单价"),
            "currency", List.of("currency", "currencycode", "币种", "货币"));

    /** The empty pattern is ISO 8601. */
    private static final List<String> TIME_FORMATS = List.of(
            "",
            "M/d/yyyy[ H:mm[:ss]]",
            "d/M/yyyy[ H:mm[:ss]]",
            "d.M.yyyy[ H:mm[:ss]]",
            "d-M-yyyy[ H:mm[:ss]]",
            "yyyy/M/d[ H:mm[:ss]]",
            "yyyy-M-d[ H:mm[:ss]]",
            "yyyyMMdd[ HHmmss]",
            "yyyy年M月d日[ H:mm[:ss]]");

    private MappingGuess() {}

    /** Field → column, each column once. */
    static Map<String, String> fields(List<String> columns) {
        var guess = new LinkedHashMap<String, String>();
        for (var field : OrderMapping.FIELDS)
            NAMES.getOrDefault(field, List.of()).stream()
                    .flatMap(name ->
                            columns.stream().filter(column -> bare(column).equals(name)))
                    .filter(column -> !guess.containsValue(column))
                    .findFirst()
                    .ifPresent(column -> guess.put(field, column));
        return guess;
    }

    /** The forms that read every one of these times; several only where they read them differently, as day and month. */
    static List<String> timeFormats(List<String> times, ZoneId zone) {
        var given = times.stream().filter(time -> !time.isEmpty()).toList();
        if (given.isEmpty()) return List.of();
        var forms = new LinkedHashMap<List<Instant>, String>();
        for (var pattern : TIME_FORMATS) {
            var form = Times.of(pattern, zone);
            var read = given.stream().map(form::read).filter(Objects::nonNull).toList();
            if (read.size() == given.size()) forms.putIfAbsent(read, pattern);
        }
        return List.copyOf(forms.values());
    }

    private static String bare(String column) {
        return column.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }
}
