package io.rekindle.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.SystemClock;
import io.rekindle.testing.RekindleTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.json.JsonMapper;

/** Where a reason is asked for, nothing is shown in clear without one. */
@RekindleTest
class AccessReasonTest {
    private static final Caller PLANNER = new Caller("a planner", Set.of(Role.PLANNER));
    private static final Caller ANALYST = new Caller("an analyst", Set.of(Role.ANALYST));

    private final AccessLog asking;
    private final AccessLog notAsking;

    AccessReasonTest(@Autowired JdbcClient jdbc, @Autowired SystemClock clock, @Autowired JsonMapper json) {
        asking = new AccessLog(jdbc, clock, new AccessLogSettings(true), json);
        notAsking = new AccessLog(jdbc, clock, new AccessLogSettings(false), json);
    }

    @AfterEach
    void noCall() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void aConsoleIsToldToAskWhomItWouldShowSomething() {
        assertThat(asking.asksReason(PLANNER)).isTrue();
        assertThat(asking.asksReason(ANALYST))
                .as("sees nothing in clear anyway")
                .isFalse();
        assertThat(notAsking.asksReason(PLANNER)).isFalse();
    }

    @Test
    void theReasonOpensAndABlankOneDoesNot() {
        call(null);
        assertThat(asking.showsClear(PLANNER)).isFalse();
        assertThat(notAsking.showsClear(PLANNER)).isTrue();
        call("  ");
        assertThat(asking.showsClear(PLANNER)).isFalse();
        call("客户来电");
        assertThat(asking.showsClear(PLANNER)).isTrue();
        assertThat(asking.showsClear(ANALYST)).isFalse();
    }

    private static void call(@Nullable String reason) {
        var request = new MockHttpServletRequest("GET", "/api/customers/1");
        if (reason != null) request.addHeader("X-Access-Reason", URLEncoder.encode(reason, StandardCharsets.UTF_8));
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
    }
}
