package io.rekindle.platform.web;

import io.rekindle.platform.JsonMistake;
import io.rekindle.platform.Problem;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

/** Every failure as problem details (RFC 9457) with a stable {@code code}; what is ours is logged, never shown. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Pattern NAMES_A_CLASS = Pattern.compile("[a-z]\\.[a-z]+\\.[A-Za-z]|[A-Z][A-Za-z]+Exception");
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> onProblem(Problem problem) {
        return answer(problem.kind().status(), problem.code(), problem.detail(), problem.faults());
    }

    @ExceptionHandler
    ResponseEntity<Object> onIllegalArgument(IllegalArgumentException e) {
        var words = String.valueOf(e.getMessage());
        if (NAMES_A_CLASS.matcher(words).find()) {
            LOG.error("a request failed", e);
            return answer(400, "invalid_value", "a value here is not valid", List.of());
        }
        return answer(400, "invalid_value", words, List.of());
    }

    @ExceptionHandler
    ResponseEntity<Object> onWrongType(MethodArgumentTypeMismatchException e) {
        var words = "'%s' is not a valid %s".formatted(e.getValue(), e.getName());
        return answer(400, "invalid_value", words, List.of(new Problem.Fault(e.getName(), words)));
    }

    /** The resource checks what it knows to check; what only the database refuses is still the caller's value. */
    @ExceptionHandler
    ResponseEntity<Object> onUnstorable(DataIntegrityViolationException e) {
        if (!(e.getMostSpecificCause() instanceof SQLException sql)
                || sql.getSQLState() == null
                || !sql.getSQLState().startsWith("22")) return onAnything(e);
        LOG.warn("a value was refused by the database, state {}", sql.getSQLState());
        return answer(
                400, "invalid_value", "a value is larger, longer or finer than what can be stored here", List.of());
    }

    @ExceptionHandler
    ResponseEntity<Object> onForbidden(AccessDeniedException e) {
        return answer(403, "not_allowed", "your role does not allow this", List.of());
    }

    @ExceptionHandler
    ResponseEntity<Object> onAnything(Exception e) {
        if (e instanceof ErrorResponseException known)
            return answer(known.getStatusCode().value(), "http_error", String.valueOf(known.getMessage()), List.of());
        LOG.error("a request failed", e);
        return answer(
                500, "internal_error", "something failed on our side; the server's log has the details", List.of());
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) return onProblem(problem);
            if (cause instanceof JacksonException json) return onProblem(JsonMistake.problem(json));
        }
        return answer(400, "malformed_json", "the body is missing or cannot be read; send JSON", List.of());
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @org.jspecify.annotations.Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        if (body instanceof ProblemDetail detail
                && (detail.getProperties() == null || !detail.getProperties().containsKey("code")))
            detail.setProperty("code", "http_" + status.value());
        return new ResponseEntity<>(body, headers, status);
    }

    private static ResponseEntity<Object> answer(int status, String code, String detail, List<Problem.Fault> faults) {
        var body = ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), detail);
        var known = HttpStatus.resolve(status);
        body.setTitle(known == null ? "Problem" : known.getReasonPhrase());
        body.setProperty("code", code);
        if (!faults.isEmpty()) body.setProperty("errors", faults);
        return ResponseEntity.status(status)
                .contentType(org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON)
                .body(body);
    }
}
