package io.rekindle.platform;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/**
 * A problem as it travels: RFC 9457, with its {@code code}, {@code parameters} and the first hundred {@code errors};
 * {@code moreErrors} counts the rest.
 */
public final class ProblemBody {
    /** More would help nobody and could fill an answer of many megabytes. */
    private static final int MOST_FAULTS = 100;

    private ProblemBody() {}

    public static ProblemDetail of(Problem problem) {
        int status = problem.kind().status();
        var body = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), problem.detail());
        var known = HttpStatus.resolve(status);
        body.setTitle(known == null ? "Problem" : known.getReasonPhrase());
        body.setProperty("code", problem.code());
        if (!problem.parameters().isEmpty()) body.setProperty("parameters", problem.parameters());
        var faults = problem.faults();
        if (!faults.isEmpty()) body.setProperty("errors", faults.subList(0, Math.min(faults.size(), MOST_FAULTS)));
        if (faults.size() > MOST_FAULTS) body.setProperty("moreErrors", faults.size() - MOST_FAULTS);
        return body;
    }
}
