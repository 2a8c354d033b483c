@NullMarked
package io.rekindle.app.analyze;

import org.jspecify.annotations.NullMarked;
