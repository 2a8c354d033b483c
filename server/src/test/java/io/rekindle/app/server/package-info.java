@NullMarked
package io.rekindle.app.server;

import org.jspecify.annotations.NullMarked;
