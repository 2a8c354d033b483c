package io.rekindle.export.webhooks;

import io.rekindle.platform.AlertListener;
import io.rekindle.platform.CommittedView;
import io.rekindle.platform.SystemClock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes alerts down for the webhooks that name their type. They are about no customer and stand at no place of the log. */
@Component
class WebhookAlerts implements AlertListener {
    private static final long NOBODY = 0;

    private final JdbcClient jdbc;
    private final SystemClock clock;
    private final JsonMapper json;
    private final WebhookSender sender;

    WebhookAlerts(JdbcClient jdbc, SystemClock clock, JsonMapper json, WebhookSender sender) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.json = json;
        this.sender = sender;
    }

    private record Body(String type, Instant timestamp, Map<String, Object> data) {}

    /** Whether a delivery of this place is an alert's. */
    static boolean isAlert(long seq) {
        return seq < 0;
    }

    @Override
    public void told(Alert alert) {
        int written = jdbc.sql("""
                        insert into webhook_deliveries (webhook_id, seq, event, customer_id, body, state, attempts, due_at, made_at)
                        select id, :seq, :type, :nobody, :body, 'waiting', 0, :now, :now from webhooks where :type = any (events)
                        on conflict (webhook_id, seq) do nothing
                        """)
                .param("seq", -1 - alert.number())
                .param("type", alert.type())
                .param("nobody", NOBODY)
                .param("body", json.writeValueAsString(new Body(alert.type(), alert.at(), alert.data())))
                .param("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                .update();
        if (written > 0) CommittedView.afterCommit(sender::wake);
    }
}
