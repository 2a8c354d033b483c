package io.rekindle.platform.web;

import io.rekindle.platform.ManagementApi;
import io.rekindle.platform.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * How much the management API reads of a request: bodies are kept in memory, more than once. Files are uploaded as
 * multipart, which has a limit of its own. Runs after security, before whatever reads a body.
 */
@Component
@Order(0)
class BodyLimit extends OncePerRequestFilter {
    private static final long MOST_BYTES = 16L << 20;
    /** Of somebody who has not signed in: a name and a password. */
    private static final long MOST_OF_STRANGERS = 64L << 10;

    private final JsonMapper json;

    BodyLimit(JsonMapper json) {
        this.json = json;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var type = request.getContentType();
        return !ManagementApi.covers(request) || (type != null && type.startsWith("multipart/"));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            long most = request.getUserPrincipal() == null ? MOST_OF_STRANGERS : MOST_BYTES;
            if (request.getContentLengthLong() > most) throw tooLarge(most);
            chain.doFilter(new LimitedRequest(request, most), response);
        } catch (Problem problem) {
            if (problem.kind() != Problem.Kind.TOO_LARGE || response.isCommitted()) throw problem;
            response.reset();
            ProblemResponse.write(response, json, problem);
        }
    }

    private static Problem tooLarge(long most) {
        return new Problem(
                        Problem.Kind.TOO_LARGE,
                        "body_too_large",
                        "the body is larger than {most}; send less at once",
                        List.of())
                .with("most", most < 1 << 20 ? (most >> 10) + " KB" : (most >> 20) + " MB");
    }

    /** A request whose length was not told is counted while it is read. */
    private static final class LimitedRequest extends HttpServletRequestWrapper {
        private final long most;

        LimitedRequest(HttpServletRequest request, long most) {
            super(request);
            this.most = most;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new LimitedStream(super.getInputStream(), most);
        }
    }

    private static final class LimitedStream extends ServletInputStream {
        private final ServletInputStream all;
        private final long most;
        private long read;

        LimitedStream(ServletInputStream all, long most) {
            this.all = all;
            this.most = most;
        }

        private int counted(int bytes) {
            if (bytes > 0) read += bytes;
            if (read > most) throw tooLarge(most);
            return bytes;
        }

        @Override
        public int read() throws IOException {
            int one = all.read();
            if (one >= 0) counted(1);
            return one;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return counted(all.read(into, from, length));
        }

        @Override
        public boolean isFinished() {
            return all.isFinished();
        }

        @Override
        public boolean isReady() {
            return all.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            all.setReadListener(listener);
        }

        @Override
        public void close() throws IOException {
            all.close();
        }
    }
}
