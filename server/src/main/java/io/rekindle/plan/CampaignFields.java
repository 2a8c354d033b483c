package io.rekindle.plan;

import io.rekindle.segment.Field;
import io.rekindle.segment.FieldSource;
import io.rekindle.segment.Words;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Campaigns whose messages rules may ask for. */
@Component
@Order(3)
class CampaignFields implements FieldSource {
    private final JdbcClient jdbc;

    CampaignFields(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Field> fields() {
        var campaigns = jdbc.sql("select id, name from campaigns order by id desc")
                .query((r, n) -> new Field.Value(
                        Long.toString(r.getLong("id")), new Words(r.getString("name"), r.getString("name"))))
                .list();
        return List.of(new Field("message.campaignId", Field.Type.CHOICE, new Words("campaign", "活动"), campaigns));
    }
}
