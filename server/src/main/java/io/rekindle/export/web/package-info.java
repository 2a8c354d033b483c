/** Webhooks and exports over HTTP. */
@NullMarked
package io.rekindle.export.web;

import org.jspecify.annotations.NullMarked;
