package io.rekindle.platform.web;

import io.rekindle.platform.JsonMistake;
import io.rekindle.platform.Problem;
import io.rekindle.platform.ProblemBody;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;

/** Every failure as problem details (RFC 9457) with a stable {@code code}; what is ours is logged, never shown. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Pattern NAMES_A_CLASS = Pattern.compile("[a-z]\\.[a-z]+\\.[A-Za-z]|[A-Z][A-Za-z]+Exception");
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> onProblem(Problem problem) {
        return answer(problem);
    }

    @ExceptionHandler
    ResponseEntity<Object> onIllegalArgument(IllegalArgumentException e) {
        var words = String.valueOf(e.getMessage());
        if (NAMES_A_CLASS.matcher(words).find()) {
            LOG.error("a request failed", e);
            return answer(Problem.invalid("invalid_value", "a value here is not valid"));
        }
        return answer(new Problem(
                Problem.Kind.INVALID,
                "invalid_value",
                words,
                List.of(new Problem.Fault("", "refused_value", "{words}").with("words", words))));
    }

    @ExceptionHandler
    ResponseEntity<Object> onWrongType(MethodArgumentTypeMismatchException e) {
        var fault = new Problem.Fault(e.getName(), "not_of_type", "'{given}' is not a valid {name}")
                .with("given", e.getValue())
                .with("name", e.getName());
        return answer(new Problem(Problem.Kind.INVALID, "invalid_value", fault.message(), List.of(fault)));
    }

    /** The resource checks what it knows to check; what only the database refuses is still the caller's value. */
    @ExceptionHandler
    ResponseEntity<Object> onUnstorable(DataIntegrityViolationException e) {
        if (!(e.getMostSpecificCause() instanceof SQLException sql)
                || sql.getSQLState() == null
                || !sql.getSQLState().startsWith("22")) return onAnything(e);
        LOG.warn("a value was refused by the database, state {}", sql.getSQLState());
        return answer(new Problem(
                Problem.Kind.INVALID,
                "invalid_value",
                "a value is larger, longer or finer than what can be stored here",
                List.of(new Problem.Fault(
                        "", "not_storable", "a value is larger, longer or finer than what can be stored here"))));
    }

    @ExceptionHandler
    ResponseEntity<Object> onForbidden(AccessDeniedException e) {
        return answer(Problem.of(Problem.Kind.FORBIDDEN, "not_allowed", "your role does not allow this"));
    }

    /** A body that is no form of several parts though its type says so. */
    @ExceptionHandler
    ResponseEntity<Object> onNoMultipart(MultipartException e) {
        return createResponseEntity(
                ProblemDetail.forStatusAndDetail(
                        HttpStatus.BAD_REQUEST, "the body is not the multipart form its content type names"),
                new HttpHeaders(),
                HttpStatus.BAD_REQUEST);
    }

    @ExceptionHandler
    ResponseEntity<Object> onAnything(Exception e) {
        if (e instanceof ErrorResponseException known)
            return createResponseEntity(known.getBody(), known.getHeaders(), known.getStatusCode());
        var away = DatabaseAway.behind(e);
        if (away.isPresent()) {
            LOG.warn("a request was not answered: {}", away.get().getMessage());
            return answer(away.get());
        }
        LOG.error("a request failed", e);
        return answer(Problem.of(
                Problem.Kind.INTERNAL,
                "internal_error",
                "something failed on our side; the server's log has the details"));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Problem problem) return onProblem(problem);
            if (cause instanceof JacksonException json) return onProblem(JsonMistake.problem(json));
        }
        return answer(Problem.invalid("malformed_json", "the body is missing or cannot be read; send JSON"));
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return createResponseEntity(body, headers, status);
    }

    private static ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status) {
        if (body instanceof ProblemDetail detail
                && (detail.getProperties() == null || !detail.getProperties().containsKey("code")))
            detail.setProperty("code", "http_" + status.value());
        return new ResponseEntity<>(body, headers, status);
    }

    private static ResponseEntity<Object> answer(Problem problem) {
        return ResponseEntity.status(problem.kind().status())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemBody.of(problem));
    }
}
