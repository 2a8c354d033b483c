package io.rekindle.platform.web;

import io.rekindle.platform.Problem;
import io.rekindle.platform.ProblemBody;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/** Failures that no resource answers, such as a method that an address does not take, as problem details too. */
@RestController
class ErrorResource implements ErrorController {
    @RequestMapping("${server.error.path:/error}")
    ResponseEntity<?> onError(HttpServletRequest request) {
        var away = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable failure
                ? DatabaseAway.behind(failure)
                : Optional.<Problem>empty();
        if (away.isPresent())
            return ResponseEntity.status(away.get().kind().status())
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(asked(ProblemBody.of(away.get()), request));
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? HttpStatus.resolve(code)
                : HttpStatus.NOT_FOUND;
        if (status == null) status = HttpStatus.INTERNAL_SERVER_ERROR;
        var problem = ProblemDetail.forStatusAndDetail(status, detail(status, request));
        problem.setTitle(status.getReasonPhrase());
        problem.setProperty("code", "http_" + status.value());
        asked(problem, request);
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    /** The address that was asked for, not this one. */
    private static ProblemDetail asked(ProblemDetail problem, HttpServletRequest request) {
        if (request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String asked)
            problem.setInstance(UriComponentsBuilder.fromPath(asked).build().toUri());
        return problem;
    }

    private static String detail(HttpStatus status, HttpServletRequest request) {
        return switch (status) {
            case NOT_FOUND -> "there is nothing at this address";
            case METHOD_NOT_ALLOWED -> "this address does not take %s".formatted(request.getMethod());
            default ->
                status.is5xxServerError()
                        ? "something failed on our side; the server's log has the details"
                        : "the request cannot be answered: " + status.getReasonPhrase();
        };
    }
}
