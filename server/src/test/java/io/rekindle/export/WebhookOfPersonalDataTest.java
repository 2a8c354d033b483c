package io.rekindle.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.testing.RekindleTest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** Where a reason is asked for, user ids are sent to nobody without one. */
@RekindleTest
@TestPropertySource(properties = "rekindle.access.reason-required=true")
class WebhookOfPersonalDataTest {
    private final Webhooks webhooks;
    private final JdbcClient jdbc;

    WebhookOfPersonalDataTest(@Autowired Webhooks webhooks, @Autowired JdbcClient jdbc) {
        this.webhooks = webhooks;
        this.jdbc = jdbc;
    }

    @AfterEach
    void nobodyIsToldAnyMore() {
        jdbc.sql("delete from webhooks").update();
        SecurityContextHolder.clearContext();
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void userIdsAreToldOnlyByOneWhoMaySeeThemAndTheAuditTrailSaysSo() {
        call(null);
        assertThatThrownBy(() -> webhooks.create(draft("hook", true, true))).hasMessageContaining("user ids in clear");
        long id = webhooks.create(draft("hook", false, true)).webhook().id();
        assertThat(words(id)).doesNotContain("user ids");
        assertThatThrownBy(() -> webhooks.update(id, draft("hook", true, true)))
                .hasMessageContaining("user ids in clear");
        assertThat(webhooks.get(id).withUserId()).isFalse();

        call("request 4711");
        assertThat(webhooks.update(id, draft("hook", true, true)).withUserId()).isTrue();
        assertThat(words(id)).contains("with user ids in clear");

        // Somewhere else is to somebody else; to stop needs no reason, to go on does.
        call(null);
        assertThatThrownBy(() -> webhooks.update(id, draft("hook", null, null)))
                .hasMessageContaining("user ids in clear");
        assertThat(webhooks.update(id, draft("hook", null, false)).active()).isFalse();
        assertThatThrownBy(() -> webhooks.update(id, draft("hook", null, true)))
                .hasMessageContaining("user ids in clear");
    }

    private static Webhook.Draft draft(String name, @Nullable Boolean withUserId, @Nullable Boolean active) {
        return new Webhook.Draft(name, "https://hooks.example/in", List.of("Nothing Of The Kind"), withUserId, active);
    }

    private String words(long id) {
        return jdbc.sql("select detail from audit_trail where thing = :thing order by id desc limit 1")
                .param("thing", "webhook " + id)
                .query(String.class)
                .single();
    }

    private static void call(@Nullable String reason) {
        SecurityContextHolder.getContext()
                .setAuthentication(new TestingAuthenticationToken("an administrator", "", "ROLE_ADMIN"));
        var request = new MockHttpServletRequest("PUT", "/api/webhooks/1");
        if (reason != null) request.addHeader("X-Access-Reason", reason.replace(" ", "%20"));
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
    }
}
