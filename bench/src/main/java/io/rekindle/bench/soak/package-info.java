/** Whether anything is lost, doubled or confused when server and database are killed again and again. */
@NullMarked
package io.rekindle.bench.soak;

import org.jspecify.annotations.NullMarked;
