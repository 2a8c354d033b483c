package io.rekindle.collect.intake;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes calls where other clients send them: Jitsu's to {@code /api/s/<call>}, and Segment's Java client to
 * {@code /v1//v1/import/} when it was given an address that has a path already. Before the firewall, which lets no
 * {@code //} in; only these very spellings pass.
 */
final class OtherSpellings extends OncePerRequestFilter {
    private static final Pattern PATH = Pattern.compile("(?:/v1//v1|/api/s)/([a-z]{1,10})/?");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var path = PATH.matcher(request.getRequestURI());
        if (path.matches()) request.getRequestDispatcher("/v1/" + path.group(1)).forward(request, response);
        else chain.doFilter(request, response);
    }
}
