package io.rekindle.plan;

/** A mail with all values put in. */
public record RenderedMail(String subject, String html, String text) {}
