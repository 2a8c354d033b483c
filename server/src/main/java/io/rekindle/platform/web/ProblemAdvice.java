package io.rekindle.platform.web;

import io.rekindle.platform.Problem;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Every failure as problem details (RFC 9457) with a stable {@code code}; what is ours is logged, never shown. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> onProblem(Problem problem) {
        return answer(problem.kind().status(), problem.code(), problem.detail(), problem.faults());
    }

    @ExceptionHandler
    ResponseEntity<Object> onIllegalArgument(IllegalArgumentException e) {
        return answer(400, "invalid_value", String.valueOf(e.getMessage()), List.of());
    }

    @ExceptionHandler
    ResponseEntity<Object> onWrongType(MethodArgumentTypeMismatchException e) {
        return answer(400, "invalid_value", "'%s' is not a valid %s".formatted(e.getValue(), e.getName()), List.of());
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
            if (cause instanceof UnrecognizedPropertyException unknown)
                return answer(
                        400,
                        "unknown_field",
                        "there is no field '%s' here".formatted(unknown.getPropertyName()),
                        List.of(new Problem.Fault(
                                place(unknown), "unknown field; known are " + unknown.getKnownPropertyIds())));
            if (cause instanceof JacksonException json)
                return answer(
                        400,
                        "malformed_json",
                        "the body is not what this resource takes: " + json.getOriginalMessage(),
                        List.of(new Problem.Fault(place(json), String.valueOf(json.getOriginalMessage()))));
        }
        return answer(400, "malformed_json", "the body cannot be read", List.of());
    }

    private static String place(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null)
                path.append('[').append(step.getIndex()).append(']');
            else path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
        }
        if (!path.isEmpty()) return path.toString();
        var at = e.getLocation();
        return at == null ? "" : "line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
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
