package io.rekindle.collect.imports;

import io.rekindle.collect.ImportKind;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A first guess at a file's mapping, for a person to correct: by the names shops give columns, and the times' form. */
final class MappingGuess {
    private static final Pattern COMMA = shows("[.]", ",");
    private static final Pattern POINT = shows(",", "[.]");

    /** Names in the order of trust, as {@link #bare} writes them. */
    private static final Map<String, List<String>> ORDERS = Map.of(
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

    private static final Map<String, List<String>> CUSTOMERS = Map.ofEntries(
            Map.entry(
                    "customer",
                    List.of(
                            "customer",
                            "customerid",
                            "customerno",
                            "customernumber",
                            "userid",
                            "clientid",
                            "memberid",
                            "accountid",
                            "recid",
                            "id",
                            "客户id",
                            "客户编号",
                            "客户号",
                            "客户代码",
                            "会员id",
                            "会员编号",
                            "会员号",
                            "用户id",
                            "用户编号",
                            "编号")),
            Map.entry(
                    "email",
                    List.of("email", "emailaddress", "customeremail", "mail", "邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件")),
            Map.entry(
                    "phone",
                    List.of(
                            "phone",
                            "phonenumber",
                            "mobile",
                            "mobilephone",
                            "mobilenumber",
                            "cellphone",
                            "telephone",
                            "tel",
                            "手机",
                            "手机号",
                            "手机号码",
                            "电话",
                            "电话号码",
                            "联系电话")),
            Map.entry("first_name", List.of("firstname", "givenname", "forename", "名", "名字")),
            Map.entry("last_name", List.of("lastname", "surname", "familyname", "姓", "姓氏")),
            Map.entry("name", List.of("name", "fullname", "customername", "contactname", "姓名", "客户姓名", "客户名称", "会员姓名")),
            Map.entry("birthday", List.of("birthday", "dateofbirth", "birthdate", "dob", "生日", "出生日期", "出生年月日")),
            Map.entry("gender", List.of("gender", "sex", "性别")),
            Map.entry(
                    "street",
                    List.of("street", "streetaddress", "address", "address1", "addressline1", "地址", "详细地址", "街道")),
            Map.entry("house_number", List.of("housenumber", "streetnumber", "houseno", "门牌号")),
            Map.entry("street_2", List.of("street2", "address2", "addressline2", "地址2")),
            Map.entry("suburb", List.of("suburb", "district", "neighbourhood", "neighborhood", "区", "区县")),
            Map.entry("city", List.of("city", "town", "locality", "城市", "市", "所在城市")),
            Map.entry("state", List.of("state", "province", "region", "county", "省", "省份")),
            Map.entry("postcode", List.of("postcode", "postalcode", "zip", "zipcode", "邮编", "邮政编码")),
            Map.entry("country", List.of("country", "countrycode", "国家", "国家地区")),
            Map.entry("language", List.of("language", "locale", "lang", "语言")),
            Map.entry("company", List.of("company", "organisation", "organization", "公司", "公司名称", "单位")),
            Map.entry(
                    "social_security",
                    List.of("socsecid", "socialsecurity", "socialsecuritynumber", "ssn", "身份证号", "身份证号码")),
            Map.entry(
                    "created_at",
                    List.of(
                            "createdat",
                            "registeredat",
                            "signupdate",
                            "joinedat",
                            "customersince",
                            "注册时间",
                            "注册日期",
                            "入会时间")),
            Map.entry("time", List.of("time", "updatedat", "modifiedat", "lastmodified", "更新时间", "修改时间")),
            Map.entry("consent_source", List.of("consentsource", "permissionsource", "同意来源", "授权来源")),
            Map.entry("consent_time", List.of("consenttime", "consentdate", "consentat", "同意时间", "授权时间")),
            Map.entry(
                    "consent_wording",
                    List.of("consentwording", "consentversion", "consenttextversion", "同意文本版本", "同意版本", "授权版本")),
            Map.entry("consent_proof", List.of("consentproof", "proofofconsent", "同意凭证", "授权凭证")),
            Map.entry(
                    "consent.email",
                    List.of("consentemail", "emailconsent", "emailoptin", "newsletter", "邮件同意", "邮件授权")),
            Map.entry("consent.sms", List.of("consentsms", "smsconsent", "smsoptin", "短信同意", "短信授权")));

    private static final List<String> WHO =
            List.of("customerid", "userid", "memberid", "客户编号", "客户号", "客户id", "会员号", "会员编号", "用户id");
    private static final List<String> WHOSE_EMAIL = List.of("emailaddress", "邮箱", "电子邮箱", "邮箱地址");
    private static final List<String> WHOSE_PHONE = List.of("mobile", "phonenumber", "手机号", "手机", "电话");

    private static final Map<String, List<String>> PRODUCTS = Map.of(
            "product_id",
                    List.of("sku", "stockcode", "itemid", "productcode", "itemcode", "商品编号", "商品编码", "商品id", "货号"),
            "product_name", List.of("name", "title", "description", "itemname", "商品名称", "商品名", "品名"),
            "category", List.of("productcategory", "department", "类目", "品类", "分类", "商品类目"),
            "price", List.of("unitprice", "saleprice", "listprice", "价格", "售价", "单价"),
            "cost", List.of("unitcost", "costprice", "purchaseprice", "成本", "成本价", "进价"),
            "currency", List.of("currencycode", "币种", "货币"),
            "valid_from", List.of("validsince", "since", "effectivefrom", "from", "updatedat", "生效时间", "生效日期"));
    private static final Map<String, List<String>> COSTS = Map.of(
            "day", List.of("date", "日期", "时间", "天"),
            "channel", List.of("medium", "platform", "渠道", "平台"),
            "campaign", List.of("campaignname", "campaignid", "活动", "活动名称", "推广计划"),
            "amount", List.of("cost", "costs", "spend", "spent", "amountspent", "费用", "花费", "消耗", "金额"),
            "currency", List.of("currencycode", "币种", "货币"),
            "row_id", List.of("lineid", "recordid", "行号", "行id"));
    private static final Map<String, List<String>> SURVEYS = Map.of(
            "customer", WHO,
            "email", WHOSE_EMAIL,
            "phone", WHOSE_PHONE,
            "time", List.of("answeredat", "submittedat", "date", "responsedate", "回答时间", "提交时间", "时间"),
            "survey", List.of("surveyname", "form", "问卷", "问卷名称"),
            "measure", List.of("scoretype", "type", "metric", "指标", "评分类型"),
            "score", List.of("rating", "nps", "npsscore", "评分", "分数", "得分"),
            "comment", List.of("answer", "feedback", "verbatim", "text", "评论", "意见", "反馈", "留言"),
            "response_id", List.of("responseid", "answerid", "答卷编号"));
    private static final Map<String, List<String>> CAMPAIGN_HISTORY = Map.of(
            "customer", WHO,
            "email", WHOSE_EMAIL,
            "phone", WHOSE_PHONE,
            "time", List.of("eventtime", "senttime", "timestamp", "date", "时间", "发送时间", "事件时间"),
            "campaign", List.of("campaignname", "campaignid", "活动", "活动名称"),
            "channel", List.of("medium", "渠道"),
            "outcome", List.of("event", "status", "action", "eventtype", "结果", "状态", "事件"),
            "message_id", List.of("messageid", "sendid", "消息编号"));

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

    /** Field → names, in the order in which fields choose. */
    private static Map<String, List<String>> names(ImportKind kind) {
        var named = switch (kind) {
            case CUSTOMERS -> CUSTOMERS;
            case ORDERS -> ORDERS;
            case PRODUCTS -> PRODUCTS;
            case COSTS -> COSTS;
            case SURVEYS -> SURVEYS;
            case CAMPAIGN_HISTORY -> CAMPAIGN_HISTORY;
        };
        var inOrder = new LinkedHashMap<String, List<String>>();
        for (var field : kind.fields()) inOrder.put(field, named.getOrDefault(field, List.of()));
        new TreeMap<>(named).forEach(inOrder::putIfAbsent);
        return inOrder;
    }

    /** Field → column, each column once; a column called like the field itself comes first. */
    static Map<String, String> fields(ImportKind kind, List<String> columns) {
        var guess = new LinkedHashMap<String, String>();
        names(kind)
                .forEach((field, names) -> Stream.concat(Stream.of(bare(field)), names.stream())
                        .flatMap(name ->
                                columns.stream().filter(column -> bare(column).equals(name)))
                        .filter(column -> !guess.containsValue(column))
                        .findFirst()
                        .ifPresent(column -> guess.put(field, column)));
        return guess;
    }

    /** The kind that knows most of the columns; a required field that none of them is counts against it. */
    static ImportKind kind(List<String> columns) {
        var best = ImportKind.ORDERS;
        int most = Integer.MIN_VALUE;
        for (var kind : ImportKind.values()) {
            var guessed = fields(kind, columns);
            long found = kind.required().stream().filter(guessed::containsKey).count();
            long missing = kind.required().size() - found + (namesNobody(kind, guessed) ? 1 : 0);
            int weight = Math.toIntExact(guessed.size() + found - 2 * missing);
            if (weight > most) {
                most = weight;
                best = kind;
            }
        }
        return best;
    }

    private static boolean namesNobody(ImportKind kind, Map<String, String> guessed) {
        return kind != ImportKind.PRODUCTS
                && kind != ImportKind.COSTS
                && !guessed.containsKey("customer")
                && !guessed.containsKey("email")
                && !guessed.containsKey("phone");
    }

    /** A number whose decimals can begin with nothing else: behind thousands, or not three of them. */
    private static Pattern shows(String thousands, String decimals) {
        return Pattern.compile("\\D*(?:\\d{1,3}(?:%1$s\\d{3})+%2$s\\d+|\\d+%2$s(?:\\d{1,2}|\\d{4,}))\\D*"
                .formatted(thousands, decimals));
    }

    /** Whether a comma begins the decimals of numbers, as far as they show it; null when they do not, or show both. */
    static @Nullable Boolean decimalComma(List<String> numbers) {
        boolean comma = numbers.stream().anyMatch(COMMA.asMatchPredicate());
        boolean point = numbers.stream().anyMatch(POINT.asMatchPredicate());
        return comma == point ? null : comma;
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
