package io.rekindle.platform.web;

import io.rekindle.platform.Problem;
import io.rekindle.platform.ProblemBody;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** A problem as the answer of a filter, which no advice of resources sees. */
final class ProblemResponse {
    private ProblemResponse() {}

    static void write(HttpServletResponse response, JsonMapper json, Problem problem) throws IOException {
        response.setStatus(problem.kind().status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), ProblemBody.of(problem));
    }
}
