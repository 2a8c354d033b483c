package io.rekindle.platform.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the web server refuses before any of our filters sees it, such as an address it cannot decode, as problem
 * details too. Made by the web server itself, by name.
 */
public final class ProblemValve extends ErrorReportValve {
    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) return;
        var known = HttpStatus.resolve(status);
        var problem = JsonNodeFactory.instance
                .objectNode()
                .put("title", known == null ? "Problem" : known.getReasonPhrase())
                .put("status", status)
                .put("detail", detail(status))
                .put("code", status == 400 ? "request_rejected" : "http_" + status);
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            response.setCharacterEncoding("UTF-8");
            var writer = response.getReporter();
            if (writer == null) return;
            writer.write(problem.toString());
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            // Nobody is left to tell: the connection is closed, or an answer was begun.
            container.getLogger().debug("a refusal could not be told", gone);
        }
    }

    private static String detail(int status) {
        if (status == 400)
            return "the address or the request is spelled in a way that is not taken, such as with '%00', '%2F', '|'"
                    + " or '..'; percent-encode what is no letter, digit, '-', '.', '_' or '~'";
        return status >= 500
                ? "something failed on our side; the server's log has the details"
                : "the request cannot be answered";
    }
}
