/** What a source was agreed to send: plans of JSON Schemas, their versions, and what broke them. */
@NullMarked
package io.rekindle.collect.tracking;

import org.jspecify.annotations.NullMarked;
