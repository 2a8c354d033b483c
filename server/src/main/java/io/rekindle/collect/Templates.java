package io.rekindle.collect;

import java.util.List;

/** A file of each kind to begin with: headings in English or Chinese, which the guess knows, and rows as an example. */
public final class Templates {
    /** Spreadsheets take a text for UTF-8 only when it begins with this. */
    private static final String MARK = "\ufeff";

    private Templates() {}

    /** The file's text, with a byte-order mark. */
    public static String of(ImportKind kind, boolean chinese) {
        return MARK + String.join("\r\n", rows(kind, chinese)) + "\r\n";
    }

    private static List<String> rows(ImportKind kind, boolean chinese) {
        return switch (kind) {
            case CUSTOMERS ->
                chinese
                        ? List.of(
                                "客户编号,邮箱,手机号,姓名,生日,性别,省份,城市,邮编,注册时间,邮件同意,短信同意,同意来源,同意时间,同意版本,同意凭证",
                                "C-1001,li.na@example.com,+8613800000001,李娜,1990-05-17,女,浙江,杭州,310000,2025-03-01T10:00:00+08:00,是,否,门店开卡,2025-03-01T10:00:00+08:00,member_card@2,签字表 4711")
                        : List.of(
                                "customer_id,email,phone,first_name,last_name,birthday,gender,street,city,state,postcode,country,created_at,consent_email,consent_sms,consent_source,consent_time,consent_wording,consent_proof",
                                "C-1001,ann@example.com,+442079460001,Ann,Example,1990-05-17,female,1 High Street,London,,SW1A 1AA,GB,2025-03-01T10:00:00Z,yes,no,checkout form,2025-03-01T10:00:00Z,newsletter@3,form 4711");
            case ORDERS ->
                chinese
                        ? List.of(
                                "订单号,下单时间,客户编号,邮箱,商品编号,商品名称,类目,数量,单价,币种",
                                "A-1,2026-01-05T10:00:00+08:00,C-1001,,P-1,绿茶,茶叶,2,25.00,")
                        : List.of(
                                "order_id,time,customer,email,product_id,product_name,category,quantity,unit_price,currency",
                                "A-1,2026-01-05T10:00:00Z,C-1001,,P-1,Green tea,Tea,2,2.50,");
            case PRODUCTS ->
                chinese
                        ? List.of("商品编号,商品名称,类目,售价,成本,币种,生效日期", "P-1001,绿茶,茶叶,25.00,9.50,,2026-01-01")
                        : List.of(
                                "product_id,product_name,category,price,cost,currency,valid_from",
                                "P-1001,Green tea,Tea,2.50,0.95,,2026-01-01");
            case COSTS ->
                chinese
                        ? List.of("日期,渠道,活动名称,费用,币种", "2026-01-05,短信,春季回归-1001,320.00,")
                        : List.of(
                                "day,channel,campaign,amount,currency",
                                "2026-01-05,email,Spring win-back 1001,320.00,");
            case SURVEYS ->
                chinese
                        ? List.of("客户编号,邮箱,回答时间,问卷,指标,评分,评论", "C-1001,,2026-01-05T10:00:00+08:00,售后回访,nps,9,物流很快")
                        : List.of(
                                "customer,email,time,survey,measure,score,comment",
                                "C-1001,,2026-01-05T10:00:00Z,after delivery,nps,9,Quick and friendly");
            case CAMPAIGN_HISTORY ->
                chinese
                        ? List.of("客户编号,邮箱,时间,活动名称,渠道,结果", "C-1001,,2026-01-05T10:00:00+08:00,春季回归,email,已打开")
                        : List.of(
                                "customer,email,time,campaign,channel,outcome",
                                "C-1001,,2026-01-05T10:00:00Z,Spring win-back,email,opened");
        };
    }
}
