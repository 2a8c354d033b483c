package io.rekindle.platform;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** A problem as it travels: RFC 9457, with its {@code code}, {@code parameters} and {@code errors}. */
public final class ProblemBody {
    private ProblemBody() {}

    public static ProblemDetail of(Problem problem) {
        int status = problem.kind().status();
        var body = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), problem.detail());
        var known = HttpStatus.resolve(status);
        body.setTitle(known == null ? "Problem" : known.getReasonPhrase());
        body.setProperty("code", problem.code());
        if (!problem.parameters().isEmpty()) body.setProperty("parameters", problem.parameters());
        if (!problem.faults().isEmpty()) body.setProperty("errors", problem.faults());
        return body;
    }
}
