package io.rekindle.predict;

import io.rekindle.segment.Words;

/** The scores of a customer. */
enum Score {
    P_ALIVE("p_alive", "probability to be still a customer", "活跃概率"),
    EXPECTED_PURCHASES("expected_purchases", "expected purchases", "预期购买次数"),
    EXPECTED_SPEND("expected_spend", "expected amount of a purchase", "预期客单价"),
    EXPECTED_VALUE("expected_value", "expected value", "预期价值");

    private final String code;
    private final String en;
    private final String zh;

    Score(String code, String en, String zh) {
        this.code = code;
        this.en = en;
        this.zh = zh;
    }

    /** As stored and as rules write it. */
    String code() {
        return code;
    }

    Words label() {
        return new Words(en, zh);
    }
}
